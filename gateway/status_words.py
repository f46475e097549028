"""What answers of HTTP are called (RFC 9110 section 15), under every Python alike: its own words changed with 3.13."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

_TITLES: Final[Mapping[int, str]] = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
    HTTPStatus.REQUEST_URI_TOO_LONG: "URI Too Long",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "Range Not Satisfiable",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
}


def title(status: int) -> str:
    """Return it in words, as a problem's title (RFC 9457)."""
    return _TITLES.get(status) or HTTPStatus(status).phrase


def code(status: int) -> str:
    """Return it in lower case with underscores, as a problem's code where there is none of our own."""
    return title(status).lower().replace(" ", "_").replace("-", "_")

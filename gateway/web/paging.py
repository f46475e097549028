"""Pages of a list: how many, from where, and what tells of the next one (RFC 8288). No list tells how long it is."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.web.problems import BadRequestError
from schemas.documents import Json

USUAL = 100
MOST = 200
"""Items of one page."""

_NUMBER = re.compile(r"[1-9][0-9]{0,2}")


def one(asked: QueryParams, name: str) -> str | None:
    """Return the one value of a parameter, None where it is not given. Raises BadRequestError where it is repeated."""
    values = asked.getlist(name)
    if len(values) > 1:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, name, "repeated")
    return values[0] if values else None


def limit(asked: QueryParams) -> int:
    """Return how many items a page may hold. Raises BadRequestError."""
    text = one(asked, "limit")
    if text is None:
        return USUAL
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if not 1 <= number <= MOST:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "limit", "range")
    return number


def page(request: Request, name: str, items: Sequence[Json], following: str | None) -> JSONResponse:
    """Answer with a page; where another follows, with its cursor and a link to it, relative to this one."""
    if following is None:
        return JSONResponse({name: items})
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != "after"]
    link = f'<{request.scope["path"]}?{urlencode([*asked, ("after", following)])}>; rel="next"'
    return JSONResponse({name: items, "next": following}, headers={"Link": link})

"""What is said about the description itself."""

from collections.abc import Mapping
from typing import Final

from gateway.reference.answers import JSON
from gateway.reference.model import Answer, Body, Operation
from gateway.reference.shapes import TEXT, record
from gateway.web.problem_types import ProblemType

_HAVE_IT: Final = Answer("You have it already.", headers=("ETag",))
_NO_TAG: Final = {400: (ProblemType.BAD_REQUEST,)}


def _page(*problems: ProblemType) -> Operation:
    return Operation(
        {200: Answer("A page for people.", {"text/html": Body({"type": "string"})}, ("ETag",)), 304: _HAVE_IT},
        parameters=("IfNoneMatch",),
        problems={**_NO_TAG, **({404: problems} if problems else {})},
    )


OPERATIONS: Final[Mapping[str, Operation]] = {
    "getDescription": Operation(
        {
            200: Answer(
                "This document.",
                {JSON: Body(record({"openapi": TEXT}), {"begins like this": {"openapi": "3.1.0"}})},
                ("ETag",),
            ),
            304: _HAVE_IT,
        },
        parameters=("IfNoneMatch",),
        problems=_NO_TAG,
    ),
    "readReference": _page(),
    "readAboutProblem": _page(ProblemType.NOT_FOUND),
}

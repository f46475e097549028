"""The log: its signed head, and its exact lines, a page at a time."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.admin.answers import BadRequestError, answer
from gateway.admin.operations import Operations

LARGEST_PAGE = 10_000
"""Leaves in one answer."""

_LONGEST = 15  # digits of a number of leaves


def router(operations: Operations) -> APIRouter:
    """Make the routes. Plain functions: they read a lot, and run beside the event loop."""
    routes = APIRouter()

    @routes.get("/livez")
    async def live() -> JSONResponse:
        return answer({"status": "live"})

    @routes.get("/status")
    def status() -> JSONResponse:
        operations.ready()
        return answer({"status": "ready", "version": operations.version, "entries": operations.log.head().size})

    @routes.get("/log/head")
    def head() -> JSONResponse:
        now = operations.log.head()
        return answer(
            {
                "entries": now.size,
                "root": now.root.hex(),
                "checkpoint": operations.tracking.checkpoint(now),
                "cosigned": operations.anchoring.book.cosigned(),
                "vkey": operations.tracking.verifier_key(),
            }
        )

    @routes.get("/log/leaves")
    def leaves(request: Request) -> Response:
        since, until = _number(request, "since"), _number(request, "until")
        if not 0 <= until - since <= LARGEST_PAGE:
            raise BadRequestError("until", "range")
        lines = b"".join(leaf + b"\n" for leaf in operations.log.leaves(until, since))
        return Response(lines, HTTPStatus.OK, media_type="application/jsonl")

    return routes


def _number(request: Request, name: str) -> int:
    written = request.query_params.get(name, "")
    if not (written.isascii() and written.isdecimal() and len(written) <= _LONGEST):
        raise BadRequestError(name, "number")
    return int(written)

"""The keys that sign access tokens: which count, and the change from one to the next."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer, members
from gateway.admin.operations import Operations
from gateway.admin.rehearsal import WritesNothing, is_dry
from gateway.core.rotation.signing_keys import SigningState
from schemas.documents import Document


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/signing-keys")
    signing = operations.signing

    @routes.get("")
    def listed() -> JSONResponse:
        return answer(_told(operations, signing.signing.book.state()))

    @routes.post("/rotate")
    async def rotate(request: Request) -> JSONResponse:
        leaked = (await members(request, operations.largest_body, "leaked")).get("leaked", False)
        if not isinstance(leaked, bool):
            raise BadRequestError("/leaked", "type")
        if is_dry(request):
            await replace(signing.signing, recorder=WritesNothing()).rotate(leaked=leaked)
        return answer(_told(operations, await signing.rotate(leaked=leaked)))

    return routes


def _told(operations: Operations, state: SigningState) -> Document:
    kid = operations.signing.keys.kid
    return {
        "current": kid(state.number),
        "since": None if state.since is None else state.since.isoformat(timespec="seconds"),
        "next": kid(state.following),
        "previous": None if state.previous is None else kid(state.previous),
    }

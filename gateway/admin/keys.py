"""The gateway's own keys at the operator's desk: how old they are, a new epoch, data keys wrapped anew. Never a key."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer, members, text
from gateway.admin.operations import Operations
from gateway.admin.rehearsal import is_dry
from gateway.core.crypto.keys import Ring
from gateway.core.parties.agency_keys import endings
from gateway.core.rotation.key_keeping import ROTATED, KeysRefusedError
from schemas.documents import Json

AT_ONCE = 500
"""Data keys wrapped anew in one commit: a few milliseconds in which no new person can be recorded."""


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes, keys = APIRouter(), operations.keys

    @routes.get("/keys")
    def show() -> JSONResponse:
        since, ring = keys.ring.since(), keys.ring
        rings: dict[str, Json] = {
            one.value: {
                "epoch": ring.epoch(one),
                "held": [*ring.epochs(one)],
                "since": since[one].isoformat() if one in since else None,
            }
            for one in Ring
        }
        ends: list[Json] = [
            {"agency": one.agency, "key": one.key, "last_day": one.last_day.isoformat()}
            for one in endings(operations.registry.books.agency_documents())
        ]
        wrapped: dict[str, Json] = {str(epoch): count for epoch, count in sorted(keys.wrapped.under().items())}
        public: list[Json] = [
            {
                "epoch": epoch,
                "log": operations.tracking.verifier_key(epoch),
                "messages": ring.message_public_key(epoch).hex(),
            }
            for epoch in ring.epochs(Ring.LEDGER)
        ]
        return answer({"rings": rings, "data_keys": wrapped, "agencies": ends, "public": public})

    @routes.post("/keys/rotate")
    async def rotate(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "ring")
        ring = _ring(text(given, "ring"))
        if is_dry(request):
            if ring not in ROTATED:
                raise KeysRefusedError("ring_stays")
            return answer({"dry_run": True, "ring": ring.value})
        return answer({"ring": ring.value, "epoch": await keys.rotate(ring)})

    @routes.post("/keys/rewrap")
    async def rewrap(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "after")
        if is_dry(request):
            return answer({"dry_run": True, "left": keys.left()})
        found = await run_in_threadpool(keys.rewrap, _person(given.get("after")), AT_ONCE)
        return answer({"done": found.done, "last": found.last.hex(), "left": found.left})

    return routes


def _ring(name: str) -> Ring:
    try:
        return Ring(name)
    except ValueError:
        raise BadRequestError("/ring", "unknown_code") from None


def _person(given: Json) -> bytes:
    """Return where to go on: the random id of the person that was the last."""
    try:
        return bytes.fromhex(given) if isinstance(given, str) else b""
    except ValueError:
        raise BadRequestError("/after", "pattern") from None

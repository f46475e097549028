"""The signed state of the log, and its hashes as tiles (C2SP tlog-tiles).

Leaves are exported by the operator for the data-protection officer, never over this door: a hash tells nothing of them.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from consent.errors import UnreadableRecordError
from consent.tiles import Tile, tile_at
from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.web.door import Door
from gateway.web.problems import answer, problem


def router(door: Door) -> APIRouter:
    """Make the route."""
    routes = APIRouter(prefix="/v1/ledger", tags=["ledger"])

    @routes.get(
        "/checkpoint", operation_id="getCheckpoint", summary="The log's signed checkpoint (C2SP tlog-checkpoint)"
    )
    async def checkpoint(request: Request) -> JSONResponse:
        """A signed note (C2SP tlog-checkpoint).

        Size and root of the log. Keep some of them, and the log cannot be rewritten.
        """

        async def work(caller: Caller) -> JSONResponse:
            if not_fresh := await door.read(caller):
                return not_fresh
            tracking = door.tracking
            return answer(
                {"checkpoint": tracking.checkpoint(tracking.log.head()), "cosigned": tracking.anchors.cosigned()}
            )

        return await door.answered(request, Scope.READ_LEDGER, work)

    @routes.get("/tile/{path:path}", operation_id="getTile", summary="Hashes of the log (C2SP tlog-tiles)")
    async def tile(request: Request, path: str) -> Response:
        """For whoever checks the log by itself: a full tile never changes, a partial one (`.p/N`) only grows."""

        async def work(caller: Caller) -> Response:
            if not_fresh := await door.read(caller):
                return not_fresh
            wanted = _tile(path)
            hashes = door.tracking.log.hashes(wanted.height, wanted.first, wanted.width) if wanted else []
            if wanted is None or len(hashes) < wanted.width:
                return problem(404, "not_found")
            return Response(b"".join(hashes), media_type="application/octet-stream")

        return await door.answered(request, Scope.READ_LEDGER, work)

    return routes


def _tile(path: str) -> Tile | None:
    try:
        return tile_at(f"tile/{path}")
    except UnreadableRecordError:
        return None

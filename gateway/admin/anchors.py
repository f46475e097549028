"""The log as others read it: its tiles, and what witnesses and authorities said of it."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from consent.errors import UnreadableRecordError
from consent.tiles import ENTRIES, Tile, bundle, tile_at
from gateway.admin.answers import BadRequestError, answer
from gateway.admin.operations import Operations
from gateway.core.encoding import base64url
from schemas.documents import Document

_BYTES = "application/octet-stream"


def router(operations: Operations) -> APIRouter:
    """Make the routes. Plain functions, where they read: they run beside the event loop."""
    routes = APIRouter()

    @routes.get("/log/anchors")
    def anchors() -> JSONResponse:
        return answer(_anchors(operations))

    @routes.post("/log/anchor")
    async def anchor() -> JSONResponse:
        return answer({"asked": {**await operations.anchoring.now()}, **_anchors(operations)})

    @routes.get("/log/tile")
    def tile(request: Request) -> Response:
        wanted, entries = _tile(request)
        if entries:
            leaves = [*operations.log.leaves(wanted.first + wanted.width, wanted.first)]
            return Response(bundle(leaves), media_type=_BYTES)
        hashes = operations.log.hashes(wanted.height, wanted.first, wanted.width)
        return Response(b"".join(hashes), media_type=_BYTES)

    return routes


def _anchors(operations: Operations) -> Document:
    """What was said outside: who saw what when, the newest cosigned checkpoint, and the newest time stamps."""
    anchoring = operations.anchoring
    seen = anchoring.book.newest()
    return {
        "disclosures": "go_on" if anchoring.outside.holds() else "stopped",
        "seen": {name: {"entries": seen[name].size, "at": seen[name].at.isoformat()} for name in sorted(seen)},
        "cosigned": anchoring.book.cosigned(),
        "time_stamps": [
            {"by": row.by, "checkpoint": row.note, "answer": base64url(row.content)}
            for row in anchoring.book.time_stamps()
        ],
    }


def _tile(request: Request) -> tuple[Tile, bool]:
    """Return the tile that is asked for, and whether its entries are. Raises BadRequestError."""
    path = request.query_params.get("tile", "")
    entries = path.startswith(f"tile/{ENTRIES}/")
    try:
        return tile_at(path.replace(f"/{ENTRIES}/", "/0/", 1) if entries else path), entries
    except UnreadableRecordError:
        raise BadRequestError("tile", "path") from None

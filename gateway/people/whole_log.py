"""The whole log, for officers of no agency to take away and check on a machine of their own (A-01).

Codes and keyed commitments, about nobody; it names agencies and times, so that somebody took it is an entry of it. What
a page says proves nothing: the file, a checkpoint kept from before and the log's key do, with Python alone.
"""

import base64
from collections.abc import Iterator
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gateway.core.histories import READS
from gateway.core.officers import OfficerRefusedError
from gateway.core.tracking import Leaves
from gateway.people.door import PeopleDoor
from gateway.people.guard import form, guarded
from gateway.people.pages import page

_AT_ONCE: Final = 10_000
"""Entries read at once, beside the event loop."""
_LONGEST: Final = 15
"""Digits of a number of entries."""
_NAMES: Final = {"Content-Disposition": 'attachment; filename="log.jsonl"'}


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/log")
    async def state(request: Request) -> Response:
        seat = await door.seat(request)
        seat.officer.require_apart(READS)
        head, tracking = door.leaves.head(), door.tracking
        checkpoint = tracking.checkpoint(head)
        seen = sorted(tracking.anchors.newest().items())
        return page(
            "log",
            seat=seat,
            head=head,
            key=tracking.verifier_key(),
            checkpoint=checkpoint,
            kept=base64.b64encode(checkpoint.encode()).decode(),
            seen=[(name, one.size, one.at.strftime("%Y-%m-%d %H:%M")) for name, one in seen],
        )

    @routes.post("/people/log/entries")
    async def entries(request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        seat.officer.require_apart(READS)
        size = _number(given.one("size"))
        if size > door.leaves.head().size:
            raise OfficerRefusedError("unknown")
        await door.signing.looked_up(seat.officer)
        return StreamingResponse(_lines(door.leaves, size), headers=_NAMES, media_type="application/x-ndjson")

    return routes


def _lines(leaves: Leaves, size: int) -> Iterator[bytes]:
    """Yield the exact entries, one a line, many at once: each step is one in a thread of its own."""
    for start in range(0, size, _AT_ONCE):
        yield b"".join(leaf + b"\n" for leaf in leaves.leaves(min(start + _AT_ONCE, size), start))


def _number(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) <= _LONGEST):
        raise OfficerRefusedError("form_unreadable")
    return int(written)

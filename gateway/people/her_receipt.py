"""Her receipt on the screen of whoever sits with her, or printed for her to take where that is safe (C-18)."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.consents.desk import Actor
from gateway.core.consents.her_receipt import HerReceipts, NotSafe
from gateway.core.consents.her_receipt_forms import HerReceipt, as_html
from gateway.core.officers import OfficerRefusedError
from gateway.people.consents import agency_of_reference
from gateway.people.door import PeopleDoor
from gateway.people.guard import form, guarded
from gateway.people.officers import RECORDS
from gateway.people.pages import page, paper

_LONGEST: Final = 64


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)
    receipts = HerReceipts(door.papers)

    @routes.get("/people/paper")
    async def asking(request: Request) -> Response:
        seat = await door.seat(request)
        seat.officer.require(RECORDS)
        return page("paper", seat=seat, agency=seat.officer.agency)

    @routes.post("/people/paper")
    async def making(request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        consent, taken = given.one("consent"), given.one("taken")
        if not 0 < len(consent) <= _LONGEST or taken not in {"", "yes"}:
            raise OfficerRefusedError("form_unreadable")
        actor = Actor(agency_of_reference(seat, given), None, seat.officer.id)
        outcome = await (receipts.handed_out if taken else receipts.shown)(actor, consent)
        if isinstance(outcome, NotSafe):
            raise OfficerRefusedError("not_safe_to_give")
        if not isinstance(outcome, HerReceipt):
            raise OfficerRefusedError("unknown")
        return paper(as_html(outcome), outcome.language)

    return routes

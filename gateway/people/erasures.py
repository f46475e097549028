"""Erasing a person for good, decided by a data-protection officer with the passkey shown for exactly that (A-03, A-04).

Her reference is in bodies only (P-02). Nobody is erased while a court order stands in her case, or while a broken glass
waits for somebody to judge it who neither asked for it nor approved it (E-01).
"""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.desk import UnknownPerson
from gateway.core.erasure_items import Erased, ErasureAnswer, Held, Hold
from gateway.core.officer_signing import Seat
from gateway.core.officers import Action, Approval, OfficerRefusedError, Role
from gateway.people.acts import Act, Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, guarded
from gateway.people.pages import page

_LONGEST: Final = 80
_WARNING: Final = "Nothing brings her back: what stops stops, past recipients are told, her key is destroyed."


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/erasures")
    async def asking(request: Request) -> Response:
        seat = await door.seat(request)
        seat.officer.require(frozenset({Role.DPO}))
        return page("erase", seat=seat, agency=seat.officer.agency)

    return routes


def erase(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Erase whom an agency that recorded her names so."""
    agency, reference = seat.officer.agency or given.one("agency"), given.one("person_ref")
    if not agency or not 0 < len(reference) <= _LONGEST:
        raise OfficerRefusedError("form_unreadable")
    subject = door.erasures.subject(seat.officer, agency, reference)
    covered = door.erasures.covered(seat.officer, agency, reference)
    if isinstance(covered, Hold):
        raise OfficerRefusedError(covered)

    async def perform(approval: Approval) -> Done:
        return _done(await door.erasures.decided(approval, agency, reference))

    covers, consents = covered
    facts = [("Agency", agency), ("Reference", reference), ("Covers", covers), ("Consents on record", str(consents))]
    hidden = [("agency", agency), ("person_ref", reference)]
    return Act("Erase a person", Action.ERASE_PERSON, subject, facts, hidden, perform, _WARNING, looks=True)


def _done(outcome: ErasureAnswer | UnknownPerson) -> Done:
    """Say what came of it; recipients are named to the agency that sent, not here (M-04)."""
    match outcome:
        case Erased(answer=told):
            said = f"Stopped before it left: {told['stopped']}. May have left: {told['may_have_left']}."
            notices = f"Past recipients that are told, until each has acknowledged: {told['notices']}."
            return Done("She is erased", (said, notices, f"This covers {told['covers']}."))
        case Held(why=why):
            raise OfficerRefusedError(why)
        case _:
            raise OfficerRefusedError("unknown")

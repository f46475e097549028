"""Erasing a person for good, decided by a data-protection officer with the passkey shown for exactly that (A-03, A-04).

Her reference is in bodies only (P-02). Nobody is erased while a court order stands in her case, or while a broken glass
waits for somebody to judge it who neither asked for it nor approved it (E-01). What agencies asked for and that waits
is listed for officers of no agency only: whoever asked is not told (ADR 0150).
"""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.consents.desk import UnknownPerson
from gateway.core.erasure.erasures_asked import AskedErasures
from gateway.core.erasure.holds import Hold
from gateway.core.erasure.items import Erased, ErasureAnswer, Held
from gateway.core.erasure.ports import Asked
from gateway.core.officer.signing import Seat
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
        offered = await door.offered(seat)
        return page("erase", seat=seat, agency=seat.officer.agency, waiting=_waiting(door, seat), agencies=offered)

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


def release(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Say that no court order keeps somebody any more whose erasure waits for that."""
    asked = AskedErasures(door.erasures)
    found = asked.ordered(seat.officer, given.one("request"))

    async def perform(approval: Approval) -> Done:
        await asked.release(approval, found.id)
        return Done("She will be erased", ("The gateway does it by itself, within minutes.",))

    hidden = [("request", found.id)]
    facts = _facts(found, Hold.LEGAL_HOLD)
    return Act("The court order has ended", Action.RELEASE_ERASURE, found.id, facts, hidden, perform, _WARNING)


def _waiting(door: PeopleDoor, seat: Seat) -> list[tuple[str, bool, Sequence[tuple[str, str]]]]:
    """Return what waits, for an officer of no agency: its number, whether for a court order, and what may be read."""
    if seat.officer.agency is not None:
        return []
    found = AskedErasures(door.erasures).waiting(seat.officer)
    return [(one.id, hold is Hold.LEGAL_HOLD, _facts(one, hold)) for one, hold in found]


def _facts(one: Asked, hold: Hold) -> Sequence[tuple[str, str]]:
    """Say who asked and what it waits for; nothing leads to her any more, from here either."""
    asked_at = one.at.strftime("%Y-%m-%d %H:%M UTC")
    return (("Number", one.id), ("Agency that asked", one.agency), ("Asked at", asked_at), ("Waits", hold.sentence))


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

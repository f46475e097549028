"""Lifting a lock on probing, for a data-protection officer of no agency, with the passkey shown for exactly that.

The reference of the person is in bodies only (P-02).
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.officer.signing import Seat
from gateway.core.officers import Action, Approval, OfficerRefusedError
from gateway.core.oversight.probing_releases import DECIDES, Found, ReleaseReason
from gateway.people.acts import Act, Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, guarded
from gateway.people.history_lines import Names
from gateway.people.pages import page

LATELY: Final = timedelta(days=30)
MOST: Final = 100
"""Locks that are listed; with more than that, it is the log that is read."""
_LONGEST: Final = 80
_WARNING: Final = "You say that you know who tried these recipients, and that it was not to find out where she is."


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/probing")
    async def asking(request: Request) -> Response:
        seat = await door.seat(request)
        seat.officer.require_apart(DECIDES)
        found = await asyncio.to_thread(lambda: [*lately(door)])
        offered = await door.offered(seat)
        return page("probing", seat=seat, reasons=list(ReleaseReason), locks=found, most=MOST, agencies=offered)

    return routes


def lately(door: PeopleDoor) -> Iterator[tuple[str, str]]:
    """Return whom an officer has to ask, and about when: agency and moment of each lock that nobody lifted."""
    names, now = Names(door.desk.directory, {}), door.signing.clock.now()
    for lock in door.locks.newest(now - LATELY, now, MOST):
        yield names.of(lock.agency), f"{lock.at:%Y-%m-%d %H:%M}"


def release(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Lift the lock on what an agency tried under one of its references."""
    agency, reference = given.one("agency"), given.one("person_ref")
    if not agency or not 0 < len(reference) <= _LONGEST:
        raise OfficerRefusedError("form_unreadable")
    try:
        reason = ReleaseReason(given.one("reason"))
    except ValueError:
        raise OfficerRefusedError("form_unreadable") from None
    found = door.probing.examined(seat.officer, agency, reference)

    async def perform(approval: Approval) -> Done:
        await door.probing.release(approval, agency, reference, reason)
        return Done("The lock is lifted", ("What was tried until now counts no more.",))

    shown = [("Agency", agency), ("Reference", reference), *facts(found), ("Why", reason.sentence)]
    hidden = [("agency", agency), ("person_ref", reference), ("reason", reason.value)]
    subject = door.probing.subject(agency, reference, reason)
    return Act("Lift the lock", Action.RELEASE_PROBING, subject, shown, hidden, perform, _WARNING, looks=True)


def facts(found: Found) -> Sequence[tuple[str, str]]:
    """Say what is locked, and whom they tried lately."""
    return (
        ("Locked under this reference, which the agency is told", "yes" if found.locked else "no"),
        ("Locked under all her references, which nobody is told", "yes" if found.locked_under_her else "no"),
        ("Recipients that were tried lately", ", ".join(sorted(found.recipients)) or "none"),
    )

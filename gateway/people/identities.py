"""Who a recipient's pseudonym is: asked by one officer, agreed to by another, shown once."""

from collections.abc import Sequence

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.officer.signing import Seat
from gateway.core.officers import Action, Approval, OfficerRefusedError
from gateway.core.oversight.reidentifying import ASKS, ReidentificationReason, subject
from gateway.core.records.officer_records import ReidentificationRow
from gateway.people.acts import Act, Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, guarded
from gateway.people.pages import page

_LONGEST = 80


def router(door: PeopleDoor) -> APIRouter:
    """Make the route."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/identities")
    async def asking(request: Request) -> Response:
        seat = await door.seat(request)
        asks, reasons, offered = seat.officer.has(ASKS), list(ReidentificationReason), await door.offered(seat)
        return page("identities", seat=seat, asks=asks, reasons=reasons, agencies=offered)

    return routes


def ask(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Ask who a pseudonym is."""
    recipient, pseudonym, reason = (given.one(name) for name in ("recipient", "pseudonym", "reason"))
    if not 0 < len(pseudonym) <= _LONGEST:
        raise OfficerRefusedError("form_unreadable")
    wanted = door.reidentifying.wanted(seat.officer, recipient, pseudonym, reason)

    async def perform(approval: Approval) -> Done:
        number = await door.reidentifying.ask(approval, wanted)
        told = "A second person has to agree within a day. Give her or him this number."
        return Done("You have asked", (told, number))

    hidden = [("recipient", recipient), ("pseudonym", pseudonym), ("reason", reason)]
    warning = "It is written down that you asked. Once you are told who she is, she can see that you were."
    return Act("Ask who this is", Action.ASK_IDENTITY, subject(wanted), facts(wanted), hidden, perform, warning)


def agree(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Agree, as a second person, that another officer is shown who a pseudonym is."""
    row = door.reidentifying.waiting(seat.officer, given.one("request")).row

    async def perform(approval: Approval) -> Done:
        await door.reidentifying.agree(approval)
        return Done("You have agreed", ("Whoever asked is shown the answer once, within a day of asking.",))

    heading, warning = "Agree to tell who this is", "You say that this reason is good enough to end her being unknown."
    return Act(heading, Action.AGREE_IDENTITY, row.id, facts(row), [("request", row.id)], perform, warning)


def show(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Be shown who it is, once."""
    row = door.reidentifying.agreed(seat.officer, given.one("request")).row

    async def perform(approval: Approval) -> Done:
        shown = await door.reidentifying.show(approval)
        if shown.alarmed:
            structlog.get_logger().warning("reidentification_rate_alarm")
        known = "; ".join(f"{agency}: {reference}" for agency, reference in shown.references)
        return Done("This is shown once", ("Under these references the agencies know her.",), known or "none")

    heading, warning = "Be shown who this is", "It is shown once, and kept nowhere."
    return Act(heading, Action.SHOW_IDENTITY, row.id, facts(row), [("request", row.id)], perform, warning)


def facts(row: ReidentificationRow) -> Sequence[tuple[str, str]]:
    """Say what is asked: an agency and a reason; not the pseudonym."""
    return (
        ("Whose pseudonym", row.recipient),
        ("Why", next(one.sentence for one in ReidentificationReason if one == row.reason)),
        ("Who asks", row.author),
    )

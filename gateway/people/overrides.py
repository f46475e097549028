"""Breaking the glass, for the second person: approve it, stop it, judge it afterwards (E-01).

What waits for an approval is not listed: whoever is asked for one is told its number by whoever asked. What waits to be
judged is, for data-protection officers of no agency.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from consent.facts import Override
from gateway.core.cases.overrides import REVIEWS, judged
from gateway.core.officer.signing import Seat
from gateway.core.officers import Action, Approval, OfficerRefusedError
from gateway.people.acts import Act, Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, form, guarded
from gateway.people.pages import page
from schemas.case_codes import OverrideFinding

_WARNINGS: Final = {
    Action.APPROVE_OVERRIDE: "You say that a life is in danger now, and that waiting for her word would cost it.",
    Action.STOP_OVERRIDE: "What has not left will not leave.",
    Action.REVIEW_OVERRIDE: "Your finding stays on record and ends the review.",
}


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/overrides")
    async def asking(request: Request) -> Response:
        seat = await door.seat(request)
        return page("overrides", seat=seat, found=None, facts=(), findings=(), unjudged=_unjudged(door, seat))

    @routes.post("/people/overrides")
    async def showing(request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        found = door.overrides.shown(seat.officer, given.one("override"))
        await door.signing.looked_up(seat.officer)
        said, findings = facts(found), list(OverrideFinding)
        return page("overrides", seat=seat, found=found, facts=said, findings=findings, unjudged=())

    return routes


def _unjudged(door: PeopleDoor, seat: Seat) -> Sequence[tuple[str, str, bool]]:
    """Return which overrides this officer has to judge, by when, and whether that is over."""
    if seat.officer.agency is not None or not seat.officer.has(REVIEWS):
        return ()
    return [(one.override, _when(one.due), one.is_late) for one in door.overrides.unjudged(seat.officer)]


def facts(found: Override) -> Sequence[tuple[str, str]]:
    """Say what an override is: codes, agencies and times; nothing about her, and not why."""
    return (
        ("Override", found.id),
        ("Ground", found.ground.sentence),
        ("Who asked", found.author),
        ("Who would receive", found.recipient),
        ("Asked at", _when(found.requested_at)),
        ("Ends at", _when(found.ends)),
        ("Approved", "no" if found.approver is None else "yes"),
        ("Stopped", "no" if found.stopped_at is None else _when(found.stopped_at)),
        ("Finding", "none yet" if found.finding is None else found.finding.sentence),
    )


def _when(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def approve(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Approve, as a second person, an override that waits for one."""

    async def perform(approval: Approval) -> Done:
        ruled = await door.overrides.approve(approval)
        if ruled.alarmed:  # E-04
            structlog.get_logger().warning("override_rate_alarm")
        return Done("The override is approved", ("It ends by itself. A data-protection officer will judge it.",))

    return _act(door, seat, given, "Approve an override", Action.APPROVE_OVERRIDE, perform)


def stop(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Stop an override before its time."""

    async def perform(approval: Approval) -> Done:
        ruled = await door.overrides.stop(approval)
        gone = len(ruled.in_flight.may_have_left)
        return Done("The override is stopped", (f"Messages that may have left already: {gone}.",))

    return _act(door, seat, given, "Stop an override", Action.STOP_OVERRIDE, perform)


def review(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Say, as a data-protection officer, whether it was needed."""
    try:
        finding = OverrideFinding(given.one("finding"))
    except ValueError:
        raise OfficerRefusedError("form_unreadable") from None

    async def perform(approval: Approval) -> Done:
        await door.overrides.review(approval, given.one("override"), finding)
        return Done("The review is done", (finding.sentence,))

    return _act(door, seat, given, "Review an override", Action.REVIEW_OVERRIDE, perform, finding)


def _act(
    door: PeopleDoor,
    seat: Seat,
    given: Form,
    heading: str,
    action: Action,
    perform: Callable[[Approval], Awaitable[Done]],
    finding: OverrideFinding | None = None,
) -> Act:
    found = door.overrides.shown(seat.officer, given.one("override"))
    more = (("Finding", finding.sentence),) if finding else ()
    hidden = [("override", found.id), *((("finding", finding.value),) if finding else ())]
    subject = judged(found.id, finding) if finding else found.id
    return Act(heading, action, subject, (*facts(found), *more), hidden, perform, _WARNINGS[action])

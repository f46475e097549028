"""What waits for a second person: consents that their taker could gain by, or that an enforcing agency took (C-19)."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from consent.records import Consent
from gateway.core.consents.desk_items import Changed
from gateway.core.officer.signing import Seat
from gateway.core.officers import SECONDS, Action, Approval, OfficerRefusedError
from gateway.people.acts import Act, Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, guarded
from gateway.people.pages import page


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/approvals")
    async def approvals(request: Request) -> Response:
        seat = await door.seat(request)
        seat.officer.require(SECONDS)
        await door.signing.looked_up(seat.officer)
        return page("approvals", seat=seat, waiting=_cards(door, seat))

    return routes


def confirm(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Confirm, as a second person, a consent that waits for one (C-19)."""
    consent = door.seconding.examined(seat.officer, given.one("consent"))

    async def perform(approval: Approval) -> Done:
        outcome = await door.seconding.confirm(approval)
        if not isinstance(outcome, Changed):
            raise OfficerRefusedError("unknown")
        return Done("The consent is confirmed", ("It counts from now on.",))

    warning = "You say that she agreed freely and understood. You did not take the consent, and gain nothing by it."
    hidden = [("consent", consent.id)]
    return Act("Confirm a consent", Action.CONFIRM_CONSENT, consent.id, facts(consent), hidden, perform, warning)


def facts(consent: Consent) -> Sequence[tuple[str, str]]:
    """Say what a consent permits: codes, agencies and days; no name and no reference."""
    return (
        ("Consent", consent.id),
        ("Who would send", consent.discloser),
        ("Who would receive", consent.recipient),
        ("Decision", consent.decision.value),
        ("Purposes", ", ".join(sorted(consent.purposes))),
        ("What may be sent", ", ".join(sorted(consent.categories))),
        ("Withheld", ", ".join(sorted({entry.category.value for entry in consent.restrictions})) or "nothing"),
        ("Given by", consent.given_by.value),
        ("State", consent.state.value),
        ("From", consent.begins.date().isoformat()),
        ("Until", consent.ends.date().isoformat()),
    )


def _cards(door: PeopleDoor, seat: Seat) -> list[tuple[str, Sequence[tuple[str, str]]]]:
    """Return what this officer may confirm."""
    return [(consent.id, facts(consent)) for consent in door.seconding.waiting_for(seat.officer)]

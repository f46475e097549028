"""The register of breaches, for a data-protection officer of no agency; each step with a passkey of its own (A-05).

Codes, ids and moments. What was in a referral that a breach concerns is read from the log: agencies, purpose and kinds
of data, and nobody's name.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.officer.signing import Seat
from gateway.core.officers import Action, Approval, OfficerRefusedError
from gateway.core.oversight.breaches import Breach, Noticed, Sent, followed
from gateway.people.acts import Act, Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, form, guarded
from gateway.people.pages import page
from schemas.breach_codes import BreachKind, BreachStep, SafeWay, WhyNotTold

_RECORDING: Final = "What is written down stays. It says what happened to the data, and to nobody what was in it."
_FOLLOWING: Final = "You say that this was done. It stays on record, and others rely on it."
_SHOWN: Final = ("at", "type", "sender", "recipient", "purpose", "categories", "ground")
"""What is shown of an entry of the log."""


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/breaches")
    async def register(request: Request) -> Response:
        seat = await door.seat(request)
        entries = [(one.id, facts(door, one)) for one in door.breaches.listed(seat.officer)]
        return page("breaches", seat=seat, entries=entries, kinds=list(BreachKind))

    @routes.post("/people/breaches")
    async def entry(request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        found = door.breaches.shown(seat.officer, given.one("breach"))
        await door.signing.looked_up(seat.officer)
        sent = [_sent(one) for one in door.breaches.sent(seat.officer, found)]
        untold = sorted(found.noticed.agencies - found.agencies_told)
        ways, whys, shown, steps = list(SafeWay), list(WhyNotTold), facts(door, found), _steps(found)
        return page(
            "breach", seat=seat, found=found, facts=shown, sent=sent, steps=steps, ways=ways, whys=whys, untold=untold
        )

    return routes


def record(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Write a breach down."""
    noticed = door.breaches.checked(seat.officer, _noticed(given))

    async def perform(approval: Approval) -> Done:
        breach = await door.breaches.record(approval, noticed)
        due = f"The authority and whom it concerns are to be told until {_when(noticed.at + door.breaches.within)}."
        return Done(
            "It is written down", (due, "The register shows what is owed, and what the log says was sent."), breach
        )

    shown = [*_concerning(noticed), ("Noticed", _when(noticed.at))]
    hidden = [(name, given.one(name)) for name in ("kind", "noticed", "agencies", "referrals")]
    return Act("Write a breach down", Action.RECORD_BREACH, noticed.subject, shown, hidden, perform, _RECORDING)


def follow(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Write down what was done about a breach."""
    said = given.one("said")
    try:
        step = BreachStep(given.one("step"))
    except ValueError:
        raise OfficerRefusedError("form_unreadable") from None
    found = door.breaches.follows(seat.officer, given.one("breach"), step, said)

    async def perform(approval: Approval) -> Done:
        await door.breaches.follow(approval, found.id, step, said)
        return Done("It is written down", (step.sentence,))

    shown = [*facts(door, found), ("What was done", step.sentence), *((("How, whom or why", said),) if said else ())]
    hidden = [("breach", found.id), ("step", step.value), ("said", said)]
    subject = followed(found.id, step, said)
    return Act("Follow a breach up", Action.FOLLOW_BREACH, subject, shown, hidden, perform, _FOLLOWING)


def facts(door: PeopleDoor, found: Breach) -> Sequence[tuple[str, str]]:
    """Say what an entry is, who was told, and what is owed until when."""
    done = [(step.step.sentence, f"{_when(step.at)}, by {step.officer}{_said(step.terms)}") for step in found.steps]
    late = " (this is over)" if door.breaches.is_late(found) else ""
    return (
        ("Number", found.id),
        *_concerning(found.noticed),
        ("Noticed", _when(found.noticed.at)),
        ("To be told until", _when(door.breaches.due(found)) + late),
        ("Still to be told", ", ".join(found.owes) or "nobody"),
        *done,
    )


def _concerning(noticed: Noticed) -> Sequence[tuple[str, str]]:
    return (
        ("What happened", noticed.kind.sentence),
        ("Agencies", ", ".join(sorted(noticed.agencies)) or "none named"),
        ("Referrals", ", ".join(sorted(noticed.referrals)) or "none named"),
    )


def _said(terms: object) -> str:
    """Say with a step what it says beside that it was done; the first one's terms stand above already."""
    values = [*terms.values()] if isinstance(terms, dict) and len(terms) == 1 else []
    return "".join(f": {value}" for value in values)


def _steps(found: Breach) -> Sequence[str]:
    """Return which things are still to be done, for the forms of the page."""
    owes = {*found.owes}
    return [*(owes & {"authority", "persons"}), *(["closed"] if not owes and not found.is_closed else [])]


def _sent(one: Sent) -> Sequence[tuple[str, str]]:
    shown = ((name, one.leaf.get(name)) for name in _SHOWN)
    texts = ((name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)) for name, value in shown)
    return (("referral", one.referral), *((name, text) for name, text in texts if text != str(None)))


def _noticed(given: Form) -> Noticed:
    try:
        kind, at = BreachKind(given.one("kind")), datetime.fromisoformat(given.one("noticed"))
    except ValueError:
        raise OfficerRefusedError("form_unreadable") from None
    named = (frozenset(given.one(name).split()) for name in ("agencies", "referrals"))
    return Noticed(kind, at.replace(tzinfo=at.tzinfo or UTC), *named)


def _when(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")

"""What agencies record about people in the journeys, and the people who approve."""

from datetime import datetime, timedelta

from journeys.in_process import Line

from gateway.core.heads import Head
from gateway.core.officers import Action, Approval, Officer, Role, officer_head
from gateway.demo import messages
from gateway.demo.client import Answer, System
from gateway.demo.messages import Wish, routing, written
from schemas.documents import Document, Json
from schemas.vocabulary import Purpose


def fact(system: System, person_ref: str, kind: str, terms: Json = None) -> Answer:
    """Record one fact about a person over HTTP."""
    event: dict[str, Json] = {kind: True if terms is None else terms}
    document: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": person_ref, "event": event}
    return system.post("/v1/case-events", written(document))


def recorded(system: System, person_ref: str, kind: str, terms: Json = None) -> Answer:
    """Record one fact that is recorded."""
    answer = fact(system, person_ref, kind, terms)
    assert answer.status == 201, answer.body
    return answer


def says(line: Line, system: System, wish: Wish, **changes: Json) -> str:
    """Record a consent over HTTP, and confirm it where it waits for a second person."""
    answer = system.post("/v1/consents", written({**messages.consent(wish, line.clock.now()), **changes}))
    assert answer.status == 201, answer.body
    if answer.body["active"] is False and changes.get("state") != "refused":  # A no waits for nobody.
        line.world.confirm(answer.text("consent"))
    return answer.text("consent")


def refer(system: System, document: Document, to: str, purpose: Purpose, ground: str = "") -> Answer:
    """Send a referral in the gateway's own format."""
    headers = {**routing(to, purpose), **({"GX-Ground": ground} if ground else {})}
    return system.post("/v1/referrals", written(document), headers)


def later(line: Line, by: timedelta, *more: System) -> None:
    """Let time pass; tokens run out meanwhile, so everybody signs in again."""
    line.clock.ahead += by
    for system in (*line.world.systems.values(), *more):
        system.sign_in()


def shown(line: Line, action: Action, name: str, officer: str, role: Role) -> Approval:
    """Return the approval of somebody who showed a passkey just now (signing in has tests of its own)."""
    head = Head(officer_head(officer), 0)
    return Approval(Officer(officer, None, frozenset({role})), action, name, line.clock.now(), head)


def text(moment: datetime) -> str:
    """Write a moment as documents do."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def reasons(answer: Answer) -> set[tuple[Json, Json]]:
    """Return what the sender was told: (code, rule) each."""
    return {(reason["code"], reason["rule"]) for reason in answer.objects("reasons")}

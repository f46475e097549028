"""What an agency records about a case, and an officer's word on it, over the line of tests/line.py."""

from datetime import datetime, timedelta

from builders import PERSON_REF, POLICE, SHELTER
from fakes import run
from line import HILL, Line, a_line

from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.core.officers import Action, Approval, Officer, Role, officer_head
from schemas.documents import Json

DPO = "0FF1CERDP00000000000000000"
ORDER: dict[str, Json] = {
    "kind": "court_order",
    "recipient": SHELTER,
    "categories": ["name"],
    "person_told": "yes",
    "reference": "Court of the harbour, order 12",
}


def agreed_twice() -> Line:
    """Somebody who agreed to be referred to two shelters."""
    line = a_line()
    for shelter in (SHELTER, HILL):
        line.says(recipient=shelter)
    return line


def referred_twice() -> Line:
    """One shelter fetched a referral; what was referred to the other still waits."""
    line = agreed_twice()
    for shelter in (SHELTER, HILL):
        line.told(recipient=shelter)
    line.fetch()
    return line


def recorded(line: Line, kind: str, terms: Json) -> str:
    """Let the police record something about her; the number of what was recorded."""
    document: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": PERSON_REF, "event": {kind: terms}}
    outcome = run(line.cases.record(Actor(POLICE, line.caller()), document, line.key()))
    assert isinstance(outcome, Recorded)
    return str(outcome.answer["event"])


def an_override(now: datetime) -> dict[str, Json]:
    """Return what an agency that would break the glass for six hours has to say (E-01)."""
    return {
        "ground": "danger_to_life",
        "recipient": SHELTER,
        "purpose": "emergency",
        "ends": (now + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "necessity": "She called and says that she will be killed tonight.",
    }


def broken(line: Line) -> str:
    """Break the glass for her; nobody has judged it."""
    name = recorded(line, "override_requested", an_override(line.clock.now()))
    run(line.overrides.approve(line.approval(name, Action.APPROVE_OVERRIDE)))
    return name


def approved(line: Line, subject: str, action: Action, agency: str | None = None) -> Approval:
    """What a step-up of a data-protection officer would have made."""
    officer = Officer(DPO, agency, frozenset({Role.DPO}))
    return Approval(officer, action, subject, line.clock.now(), line.book.head(officer_head(DPO)))

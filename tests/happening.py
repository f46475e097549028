"""Events of a consent that is on record, said by the agency that recorded it, with every detail a yes needs."""

from builders import POLICE
from fakes import run
from line import ADVOCATE, Line

from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.core.consents.life_cycle import EventAnswer, LifeCycle, Standing
from schemas.documents import Document, Json

INFORMED: dict[str, Json] = {
    "text": {"version": "2031-02", "sha256": "6f" * 32, "language": "ro"},
    "person_languages": ["ro", "ru"],
    "interpreter": {"none_needed": True},
    "information_confirmed": True,
    "mechanism": "oral",
    "taken_by": {"agency": ADVOCATE, "name": "Anca Pop"},
    "given_by": "self",
    "taken_at": "2031-03-14T12:00:00Z",
}
WHO: dict[str, Json] = {key: INFORMED[key] for key in ("mechanism", "taken_by", "taken_at")}


def happens(line: Line, consent: str, kind: str, agency: str = POLICE, key: str = "", **said: Json) -> EventAnswer:
    document: Document = {"schema": "consent_event/1.0", "type": kind, **said}
    return run(LifeCycle(line.desk).happened(Actor(agency, line.caller(agency)), consent, document, key or line.key()))


def told(outcome: EventAnswer) -> Document:
    assert isinstance(outcome, Recorded)
    return outcome.answer


def standing(line: Line, consent: str) -> Standing:
    found = LifeCycle(line.desk).one(POLICE, consent)
    assert isinstance(found, Standing)
    return found

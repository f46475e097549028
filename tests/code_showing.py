"""Agencies that make and show codes, on the line of tests/line.py."""

from builders import PERSON_REF, POLICE, a_consent_document
from fakes import run
from line import BAY, HILL, Line
from rings import a_key_ring

from gateway.core.answers import Recorded, Repeated
from gateway.core.consents.codes import made
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import Changed
from gateway.core.consents.introductions import UseAnswer
from gateway.core.records.code_rows import CodeKind
from schemas.documents import Document, Json

ALONE, LINKED = "what is known under this record", "everything linked to this record"
THEIR_REF = "H-77"


def told(outcome: object) -> Document:
    assert isinstance(outcome, Recorded | Repeated)
    return outcome.answer


def code(line: Line, agency: str = POLICE, person_ref: str = PERSON_REF, key: str = "") -> str:
    """Let an agency that knows her make a code."""
    find = line.introductions.bound_to(agency, person_ref)
    return str(told(run(line.introductions.introduce(line.caller(agency), find, key or line.key())))["code"])


def binds(line: Line, shown: str, agency: str = HILL, person_ref: str = THEIR_REF, key: str = "") -> UseAnswer:
    return run(line.introductions.bind(line.caller(agency), person_ref, shown, key or line.key()))


def links(line: Line, shown: str, agency: str, person_ref: str, key: str = "") -> UseAnswer:
    return run(line.introductions.link(line.caller(agency), person_ref, shown, key or line.key()))


def withdraws(line: Line, agency: str, person_ref: str) -> Changed | UnknownPerson:
    outcome = run(line.desk.withdraw(Actor(agency, line.caller(agency)), person_ref, None))
    assert isinstance(outcome, Changed | UnknownPerson)
    return outcome


def two_records(line: Line) -> tuple[str, str]:
    """Police and hill shelter know one woman independently; each has her yes to a shelter of its own choice."""
    theirs = line.says(HILL, discloser=HILL, recipient=BAY, person_ref=THEIR_REF)
    return line.says(), theirs


def linked(
    line: Line,
    shown: str = "",
    near: tuple[str, str] = (POLICE, PERSON_REF),
    far: tuple[str, str] = (HILL, THEIR_REF),
) -> None:
    """Let both sides confirm."""
    shown = shown or code(line, *near)
    links(line, shown, *far)
    assert told(links(line, shown, *near))["linked"] is True


def document(**changes: Json) -> dict[str, Json]:
    return a_consent_document(**changes)


def recorded_code(line: Line, actor: Actor, changes: dict[str, Json]) -> str:
    """Record her yes and return the code of her receipt."""
    return str(told(run(line.desk.record(actor, document(**changes), line.key())))["withdrawal_code"])


def made_up(number: int) -> str:
    """Return a well-formed code that nobody was given."""
    return made(a_key_ring("somebody else's"), CodeKind.RECEIPT, str(number).encode())

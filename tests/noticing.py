"""Two shelters hold what was referred to them, and what they are told when she takes it back."""

from datetime import timedelta

from builders import SHELTER
from fakes import run
from line import BAY, HILL, Line, a_line

from gateway.core.consents.desk_items import Changed
from gateway.core.dispatch import Delivered
from gateway.core.records.notice_records import Notice
from schemas.documents import Json
from schemas.notice_codes import NoticeState, ObjectionGround

REVOCATION: dict[str, Json] = {"schema": "revocation/1.0", "reference": "CASE-2031/114"}
ERASED, OBJECTED = NoticeState.ERASED, NoticeState.OBJECTED


def two_told() -> Line:
    """She said yes to two shelters, and both fetched what was referred to them; a third one's still waits."""
    line = a_line()
    for shelter in (SHELTER, HILL, BAY):
        line.says(recipient=shelter)
        line.told(recipient=shelter)
    line.fetch(SHELTER)
    line.fetch(HILL)
    return line


def message_of(line: Line, shelter: str = SHELTER) -> str:
    """Return the id of the message about what was referred to a shelter."""
    [found] = [kept.parcel.id for kept in line.book.parcels.values() if kept.parcel.recipient == shelter]
    return found


def acknowledged(line: Line, name: str, agency: str = SHELTER) -> object:
    """Say for an agency that a message arrived."""
    return run(line.answering.acknowledge(line.caller(agency), name, line.key()))


def answered(
    line: Line, name: str, state: NoticeState = ERASED, ground: ObjectionGround | None = None, agency: str = SHELTER
) -> object:
    """Answer a notice for an agency."""
    return run(line.answering.answer_notice(line.caller(agency), name, state, ground, line.key()))


def took_back(line: Line, consent: str | None = None) -> Changed:
    """Have her take a consent back."""
    outcome = line.takes_back(consent)
    assert isinstance(outcome, Changed)
    return outcome


def fetched(line: Line, agency: str = SHELTER) -> Delivered:
    """Fetch the one notice, when its jitter is over."""
    line.clock.advance(timedelta(minutes=31))
    [got] = line.fetch(agency)
    return got


def standing(line: Line, shelter: str = SHELTER) -> Notice:
    """Return the one notice a shelter is owed."""
    [found] = [one for one in line.book.notices.values() if one.recipient == shelter]
    return found

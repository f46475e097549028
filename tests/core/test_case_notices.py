"""What becomes of her case is told to those who already have something of hers (A-03, C-10, C-11)."""

import pytest
from builders import PERSON_REF, POLICE, SHELTER
from fakes import run
from line import HILL, Line, a_line

from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from schemas.documents import Document, Json
from schemas.notice_codes import NoticeKind
from schemas.vocabulary import ReferralState


@pytest.fixture
def line() -> Line:
    """One shelter fetched a referral; what was referred to the other still waits."""
    line = a_line()
    for shelter in (SHELTER, HILL):
        line.says(recipient=shelter)
        line.told(recipient=shelter)
    line.fetch()
    return line


def happens(line: Line, kind: str, terms: Json = True) -> Document:  # noqa: FBT002 - as the schema writes a bare fact
    document: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": PERSON_REF, "event": {kind: terms}}
    outcome = run(line.cases.record(Actor(POLICE, line.caller()), document, line.key()))
    assert isinstance(outcome, Recorded)
    return outcome.answer


def told(line: Line) -> list[tuple[str, NoticeKind]]:
    return [(one.recipient, one.kind) for one in line.book.notices.values()]


def test_a_03_a_restriction_of_processing_asks_past_recipients_to_stop(line: Line) -> None:
    assert happens(line, "processing_restricted")["notices"] == 1
    assert told(line) == [(SHELTER, NoticeKind.RESTRICTION)]
    assert line.told()["outcome"] == "refused"


def test_a_03_it_is_asked_again_only_when_it_was_answered(line: Line) -> None:
    happens(line, "processing_restricted")
    happens(line, "processing_released")
    assert happens(line, "processing_restricted")["notices"] == 0
    assert len(told(line)) == 1


def test_c_11_who_leaves_the_mechanism_is_told_as_taken_back(line: Line) -> None:
    assert happens(line, "nrm_withdrawn")["notices"] == 1
    assert told(line) == [(SHELTER, NoticeKind.WITHDRAWAL)]
    assert {row.state for row in line.book.referrals.values()} == {ReferralState.REVOKED}


def test_what_concerns_nothing_they_have_is_told_to_nobody(line: Line) -> None:
    assert happens(line, "restriction_set", {"category": "name", "recipient": SHELTER})["notices"] == 0
    assert told(line) == []

"""The deadline for telling the child-protection authority: counted, listed, and an alarm when it passes (K-07)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import HOUR, PERSON_REF, POLICE, SHELTER, a_referral, an_agency, an_agreement
from fakes import run
from line import Line, a_line

from consent.policy import Clocks, Policy
from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.core.recipient_answers import Told
from schemas.documents import Document, Json
from schemas.profiles import compiled
from schemas.validation import satisfies
from schemas.vocabulary import FunctionClass, Purpose

CHILDREN = "city-children"
DAY = 24 * HOUR
CONTACT: Json = {"agency": CHILDREN}
PROTECTION = compiled("profile/child_protection/child_protection/1.0").categories


@pytest.fixture
def line() -> Line:
    line = a_line()
    line.directory.put(an_agency(CHILDREN, FunctionClass.CHILD_PROTECTION))
    purpose = Purpose.CHILD_PROTECTION
    line.directory.agree(an_agreement(id="children", recipient=CHILDREN, purpose=purpose, categories=PROTECTION))
    return line


def fact(line: Line, kind: str, terms: Json, agency: str = POLICE, reference: str = PERSON_REF) -> None:
    document: Document = {"schema": "case_event/1.0", "person_ref": reference, "event": {kind: terms}}
    outcome = run(line.cases.record(Actor(agency, line.caller(agency)), document, line.key()))
    assert isinstance(outcome, Recorded)


def tells(line: Line) -> None:
    """Refer the child to the authority, which fetches it and says that it has it."""
    told = line.told(a_referral(), recipient=CHILDREN, purpose=Purpose.CHILD_PROTECTION)
    assert told["outcome"] == "permitted", told
    [message] = line.fetch(CHILDREN)
    outcome = run(line.answering.acknowledge(line.caller(CHILDREN), message.message, line.key()))
    assert isinstance(outcome, Told)


def watched(line: Line) -> tuple[str, ...]:
    return run(line.children.watch())


def test_k_07_a_deadline_that_passes_rings_once(line: Line) -> None:
    fact(line, "local_contact_recorded", CONTACT)
    line.clock.advance(DAY - timedelta(microseconds=1))
    assert watched(line) == ()
    line.clock.advance(timedelta(microseconds=1))
    assert watched(line) == (POLICE,)
    assert watched(line) == ()
    [leaf] = line.leaves("child.")
    assert satisfies(leaf, "ledger/1.0")
    assert leaf["sender"] == POLICE


def test_k_07_told_in_time_nothing_rings(line: Line) -> None:
    fact(line, "local_contact_recorded", CONTACT)
    tells(line)
    line.clock.advance(2 * DAY)
    assert watched(line) == ()
    assert line.children.listed() == ()


def test_k_07_sent_and_not_received_is_not_told(line: Line) -> None:
    fact(line, "local_contact_recorded", CONTACT)
    assert line.told(a_referral(), recipient=CHILDREN, purpose=Purpose.CHILD_PROTECTION)["outcome"] == "permitted"
    line.clock.advance(DAY)
    assert watched(line) == (POLICE,)


def test_k_07_the_hours_are_the_countrys() -> None:
    line = a_line(policy=replace(Policy(), clocks=Clocks(child_notification_hours=48)))
    line.directory.put(an_agency(CHILDREN, FunctionClass.CHILD_PROTECTION))
    fact(line, "local_contact_recorded", CONTACT)
    line.clock.advance(DAY)
    assert watched(line) == ()
    line.clock.advance(DAY)
    assert watched(line) == (POLICE,)


def test_k_07_the_authority_that_recorded_her_need_not_be_told(line: Line) -> None:
    fact(line, "age_determined", {"status": "child"}, CHILDREN, "C-1")
    line.clock.advance(2 * DAY)
    assert watched(line) == ()


def test_k_07_of_an_adult_nobody_is_told(line: Line) -> None:
    line.directory.put(an_agency("deciders", FunctionClass.COMPETENT_AUTHORITY))
    fact(line, "age_determined", {"status": "adult"}, "deciders", "D-1")
    fact(line, "age_determined", {"status": "disputed"}, "deciders", "D-2")
    line.clock.advance(2 * DAY)
    assert watched(line) == ("deciders",)
    fact(line, "age_determined", {"status": "adult"}, "deciders", "D-2")
    assert line.children.listed("deciders") == ()


def test_k_07_on_her_eighteenth_birthday_the_clock_stops(line: Line) -> None:
    line.directory.put(an_agency("deciders", FunctionClass.COMPETENT_AUTHORITY))
    fact(line, "age_determined", {"status": "child", "adult_on": "2031-03-16"}, "deciders", "D-1")
    assert len(line.children.listed("deciders")) == 1
    line.clock.advance(2 * DAY)
    assert line.children.listed("deciders") == ()
    assert watched(line) == ()


def test_k_07_an_agency_is_told_of_its_own_children_by_its_own_reference(line: Line) -> None:
    fact(line, "local_contact_recorded", CONTACT)
    fact(line, "child_heard", {"informed": "yes", "views": "agrees"}, SHELTER, "S-1")
    line.clock.advance(DAY)
    [mine] = line.children.listed(POLICE)
    assert line.children.shown(mine, POLICE) == {
        "person_ref": PERSON_REF,
        "agency": POLICE,
        "since": "2031-03-14",
        "due": "2031-03-15T12:00:00Z",
        "overdue": True,
    }
    assert len(line.children.listed()) == 2
    assert all("person_ref" not in line.children.coded(child) for child in line.children.listed())
    assert line.children.listed("hill-shelter") == ()


def test_k_07_nobody_watched_for_a_week_and_no_alarm_is_missed(line: Line) -> None:
    fact(line, "local_contact_recorded", CONTACT)
    line.clock.advance(8 * DAY)
    assert watched(line) == (POLICE,)

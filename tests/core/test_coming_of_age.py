"""Those who are responsible for a child are told before she turns 18, once, and nothing of hers with it (K-06)."""

import json
from datetime import date, timedelta

import pytest
from builders import NOON, PERSON_REF, POLICE, SHELTER, an_agency
from fakes import run
from line import Line, a_line
from structlog.testing import capture_logs

from consent.policy import Clocks, Policy
from gateway.core.answers import Recorded
from gateway.core.cases import coming_of_age
from gateway.core.cases.coming_of_age import COMING, ComingOfAge
from gateway.core.consents.desk import Actor
from gateway.core.erasure.items import Erased
from gateway.courier.duties import Birthdays
from schemas.documents import Document, Json
from schemas.validation import satisfies
from schemas.vocabulary import FunctionClass

CITY, WARDS = "city-children", "ward-service"
NOTICE = Policy().clocks.birthday_notice_days
TODAY = NOON.date()


def a_child(line: Line, adult_on: date | None, reference: str = PERSON_REF, status: str = "child") -> None:
    """Let the authority record how old somebody is."""
    day: dict[str, Json] = {} if adult_on is None else {"adult_on": adult_on.isoformat()}
    happened(line, {"age_determined": {"status": status, **day}}, reference)


def happened(line: Line, event: dict[str, Json], reference: str = PERSON_REF) -> None:
    document: Document = {"schema": "case_event/1.0", "person_ref": reference, "event": event}
    assert isinstance(run(line.cases.record(Actor(CITY, line.caller(CITY)), document, line.key())), Recorded)


def a_world(policy: Policy) -> Line:
    """A line with an authority for children and a guardianship service beside everybody else."""
    line = a_line(policy=policy)
    line.directory.put(an_agency(CITY, FunctionClass.CHILD_PROTECTION))
    line.directory.put(an_agency(WARDS, FunctionClass.GUARDIAN_SERVICE))
    return line


@pytest.fixture
def line() -> Line:
    """Somebody whom a guardian looks after."""
    line = a_world(Policy())
    happened(line, {"guardian_recorded": {"guardian": WARDS, "conflict": "none"}})
    return line


def coming(line: Line) -> ComingOfAge:
    return ComingOfAge(line.desk, line.children.book)


def told(line: Line) -> tuple[str, ...]:
    return run(coming(line).watch())[0]


def test_k_06_who_recorded_her_age_and_her_guardian_are_told_once(line: Line) -> None:
    a_child(line, TODAY + timedelta(days=NOTICE))
    assert told(line) == (CITY, WARDS)
    assert told(line) == ()
    [leaf] = line.leaves(COMING)
    assert (leaf["sender"], leaf["recipient"]) == (CITY, WARDS)
    assert satisfies(leaf, "ledger/1.0")


@pytest.mark.parametrize("days", [NOTICE + 1, None], ids=["not yet", "nobody knows"])
def test_k_06_nobody_is_told_too_early_or_of_a_day_nobody_knows(line: Line, days: int | None) -> None:
    a_child(line, None if days is None else TODAY + timedelta(days=days))
    assert told(line) == ()
    assert line.leaves(COMING) == []


@pytest.mark.parametrize("later", [9, 10], ids=["on the day", "afterwards"])
def test_k_06_nobody_is_told_when_it_is_too_late(line: Line, later: int) -> None:
    a_child(line, TODAY + timedelta(days=9))
    line.clock.advance(timedelta(days=later))
    assert told(line) == ()


def test_k_06_the_day_before_is_still_before() -> None:
    line = a_world(Policy(clocks=Clocks(birthday_notice_days=1)))
    a_child(line, TODAY + timedelta(days=1))
    assert told(line) == (CITY,)


def test_k_06_who_was_found_to_be_an_adult_is_nobodys_child(line: Line) -> None:
    a_child(line, TODAY + timedelta(days=9))
    a_child(line, None, status="adult")
    assert told(line) == ()


def test_k_06_another_day_is_told_anew(line: Line) -> None:
    a_child(line, TODAY + timedelta(days=9))
    assert told(line)
    a_child(line, TODAY + timedelta(days=40))
    assert told(line) == (CITY, WARDS)


@pytest.mark.parametrize(
    "event",
    [
        {"guardian_barred": {"guardian": WARDS}},
        {"guardian_recorded": {"guardian": WARDS, "conflict": "under_investigation"}},
    ],
    ids=["barred", "in conflict"],
)
def test_k_05_a_guardian_who_may_not_act_for_her_is_told_nothing(line: Line, event: dict[str, Json]) -> None:
    a_child(line, TODAY + timedelta(days=9))
    happened(line, event)
    assert told(line) == (CITY,)
    assert "recipient" not in line.leaves(COMING)[0]
    assert coming(line).listed(WARDS) == ()


def test_p_02_nothing_of_hers_is_in_what_is_told(line: Line) -> None:
    day = TODAY + timedelta(days=9)
    a_child(line, day)
    with capture_logs() as logged:
        assert run(Birthdays(coming(line)).round()) is False
    assert [(one["code"], one["agency"]) for one in logged] == [("K-06", CITY), ("K-06", WARDS)]
    said = json.dumps([logged, line.leaves(COMING), [*line.book.heads]])
    assert not any(hers in said for hers in (PERSON_REF, day.isoformat(), "within_days"))


def test_each_responsible_agency_lists_her_and_nobody_else_does(line: Line) -> None:
    a_child(line, TODAY + timedelta(days=9))
    a_child(line, TODAY + timedelta(days=4), "P-2")
    mine = [coming(line).shown(one, CITY) for one in coming(line).listed(CITY)]
    assert mine == [{"person_ref": "P-2", "within_days": 4}, {"person_ref": PERSON_REF, "within_days": 9}]
    assert [coming(line).shown(one, WARDS) for one in coming(line).listed(WARDS)] == [{"person_ref": None}]
    for other in (POLICE, SHELTER):
        assert coming(line).listed(other) == ()


def test_every_child_is_looked_at_a_few_at_a_time_once_a_day(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coming_of_age, "AT_ONCE", 2)
    for number in range(5):
        a_child(line, TODAY + timedelta(days=9), f"P-{number}")
    duty = Birthdays(coming(line))
    rounds = [run(duty.round()) for _ in range(4)]
    assert rounds in ([True, True, False, False], [True, True, True, False])
    assert len(line.leaves(COMING)) == 5
    a_child(line, TODAY + timedelta(days=9), "P-9")
    assert run(duty.round()) is False
    line.clock.advance(timedelta(days=1))
    while run(duty.round()):
        pass
    assert len(line.leaves(COMING)) == 6


def test_a_04_an_erasure_takes_along_that_she_was_told_of(line: Line) -> None:
    a_child(line, TODAY + timedelta(days=9))
    told(line)
    assert any(head.startswith(COMING) for head in line.book.heads)
    assert isinstance(run(line.erasures.erase(Actor(CITY, line.caller(CITY)), PERSON_REF)), Erased)
    assert not any(head.startswith(COMING) for head in line.book.heads)

"""The insider who tries every shelter in turn: the one that answers is where she is (DESIGN section 5)."""

from dataclasses import replace

import pytest
from builders import DAY, HOUR, SHELTER, a_referral, a_subject, an_agency, an_agreement
from fakes import run
from line import BAY, HILL, NORTH, Line, a_line

from consent.policy import Policy
from gateway.core.answers import Confirmed, Recorded
from gateway.core.errors import GatewayError
from schemas.documents import Document
from schemas.validation import satisfies
from schemas.vocabulary import FunctionClass

EAST = "east-shelter"
TRIED = (HILL, BAY, NORTH)
"""Three shelters she did not agree to."""


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    """She agreed to one shelter only."""
    line = a_line(remembers=request.param)
    line.says()
    return line


def code(answer: Document) -> str:
    reasons = answer.get("reasons")
    return str(reasons[0]["code"]) if isinstance(reasons, list) else str(answer["outcome"])


def tried(line: Line, *recipients: str) -> list[str]:
    return [code(line.told(recipient=recipient)) for recipient in recipients]


def test_after_three_distinct_refusals_the_fourth_is_locked_though_she_agreed_to_it(line: Line) -> None:
    assert tried(line, *TRIED) == ["not_permitted"] * 3
    assert tried(line, SHELTER) == ["probing_locked"]
    assert not line.book.parcels


def test_up_to_two_refusals_the_right_one_is_permitted(line: Line) -> None:
    assert tried(line, HILL, BAY, SHELTER) == ["not_permitted", "not_permitted", "permitted"]


def test_once_locked_every_recipient_is_locked_also_those_tried_before(line: Line) -> None:
    tried(line, *TRIED, SHELTER)
    assert tried(line, SHELTER, *TRIED) == ["probing_locked"] * 4


def test_the_lock_is_one_leaf_that_alarms_and_every_refusal_after_it_is_a_leaf(line: Line) -> None:
    tried(line, *TRIED, SHELTER, SHELTER, HILL)
    [lock] = line.leaves("probe.")
    assert (lock["type"], lock["sender"]) == ("probe.locked", "harbour-police")
    assert satisfies(lock, "ledger/1.0")
    assert len(line.leaves("decision.refused")) == 6
    assert len(line.book.locks) == 2, "her reference, and her record"


def test_the_same_recipient_again_is_not_a_new_one(line: Line) -> None:
    assert tried(line, HILL, HILL, HILL, HILL, BAY, BAY, HILL, SHELTER)[-1] == "permitted"
    assert not line.leaves("probe.")


def test_a_recipient_tried_already_may_be_tried_again_on_the_brink(line: Line) -> None:
    assert tried(line, *TRIED, HILL) == ["not_permitted"] * 4
    assert not line.book.locks


def test_people_nobody_knows_are_counted_alike(line: Line) -> None:
    stranger = a_referral(subject=a_subject(person_ref="P-9"))
    codes = [code(line.told(stranger, recipient=one)) for one in (*TRIED, SHELTER)]
    assert codes == ["not_permitted"] * 3 + ["probing_locked"]


def test_each_person_and_each_client_is_counted_apart(line: Line) -> None:
    tried(line, *TRIED)
    stranger = a_referral(subject=a_subject(person_ref="P-9"))
    assert code(line.told(stranger, recipient=SHELTER)) == "not_permitted"
    other = replace(line.caller(), client_id="the second client of the police")
    outcome = run(line.exchange.accept(replace(line.asked(), caller=other)))
    assert isinstance(outcome, Recorded)
    assert code(outcome.answer) == "permitted"


def test_refusals_that_say_nothing_about_her_are_not_counted(line: Line) -> None:
    wanting = a_referral(needs=[])
    del wanting["needs"]
    for recipient in (*TRIED, "nobody", "border-command"):
        assert code(line.told(wanting, recipient=recipient)) in {"document_lacks_required", "no_agreement"}
    assert tried(line, SHELTER) == ["permitted"]


def test_permits_are_not_counted(line: Line) -> None:
    for recipient in TRIED:
        line.says(recipient=recipient)
    assert tried(line, *TRIED, SHELTER) == ["permitted"] * 4


def test_after_a_day_refusals_are_forgotten(line: Line) -> None:
    tried(line, *TRIED)
    line.clock.advance(DAY - HOUR)
    assert tried(line, EAST) == ["no_agreement"]
    line.clock.advance(HOUR)
    assert tried(line, SHELTER) == ["permitted"]


def test_a_refusal_within_the_day_renews_the_count_of_that_recipient(line: Line) -> None:
    tried(line, HILL)
    line.clock.advance(DAY - HOUR)
    tried(line, *TRIED)
    line.clock.advance(2 * HOUR)
    assert tried(line, SHELTER) == ["probing_locked"]


def test_a_lock_is_not_forgotten_with_the_day(line: Line) -> None:
    tried(line, *TRIED, SHELTER)
    line.clock.advance(30 * DAY)
    assert tried(line, SHELTER) == ["probing_locked"]


def test_a_country_may_lock_earlier() -> None:
    line = a_line(policy=Policy(probing_recipients=1))
    line.says()
    assert tried(line, HILL, SHELTER) == ["not_permitted", "probing_locked"]


def shelters(line: Line, count: int) -> list[str]:
    """Register that many shelters more, and agree with each."""
    names = [f"shelter-{number:02d}" for number in range(count)]
    for name in names:
        line.directory.put(an_agency(name, FunctionClass.SHELTER))
        line.directory.agree(an_agreement(id=f"with-{name}", recipient=name))
    return names


def side_by_side(line: Line, recipients: list[str]) -> list[str]:
    """Try recipients at one moment: all prepared on the same records, confirmed in batches."""
    asked = [line.asked(recipient=recipient) for recipient in recipients]
    found: list[Confirmed | GatewayError] = line.recorder.together([line.exchange.accept(one) for one in asked])
    assert all(isinstance(outcome, Recorded) for outcome in found), found
    return [code(outcome.answer) for outcome in found if isinstance(outcome, Recorded)]


def test_twenty_at_one_moment_converge_and_three_are_looked_at(line: Line) -> None:
    codes = side_by_side(line, shelters(line, 20))
    assert sorted(codes) == ["not_permitted"] * 3 + ["probing_locked"] * 17
    assert len(line.leaves("decision.refused")) == 20
    assert len(line.leaves("probe.")) == 1
    assert len(line.book.strikes) == 6


def test_hers_among_twenty_at_one_moment_is_not_found_unless_it_was_tried_first(line: Line) -> None:
    others = shelters(line, 20)
    assert side_by_side(line, [*others, SHELTER])[-1] == "probing_locked"
    assert not line.book.parcels


def test_hers_tried_first_among_twenty_is_permitted_and_the_others_still_lock(line: Line) -> None:
    codes = side_by_side(line, [SHELTER, *shelters(line, 20)])
    assert codes[0] == "permitted"
    assert sorted(codes[1:]) == ["not_permitted"] * 3 + ["probing_locked"] * 17


def test_forty_refusals_of_one_recipient_at_one_moment_are_all_answered(line: Line) -> None:
    assert side_by_side(line, [HILL] * 40) == ["not_permitted"] * 40
    assert not line.book.locks

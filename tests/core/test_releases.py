"""Statistics leave the circle once, with everybody's approval, of people who agreed to be counted (P-04, P-06)."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import DAY, NOON, POLICE, SHELTER
from fakes import run
from line import ADVOCATE, HILL, Line, a_line
from rings import bytes_from

from gateway.core.answers import Recorded, Repeated
from gateway.core.consents.desk import Actor
from gateway.core.recipient_answers import Unknown
from gateway.core.statistics.releases import Counted, ReleaseRefusedError, tabled
from schemas.documents import Json
from schemas.validation import satisfies
from schemas.vocabulary import Purpose, ReferralState

COUNT_ME: dict[str, Json] = {"decision": "reporting", "purposes": ["statistics"], "recipient": HILL}


@pytest.fixture
def line() -> Line:
    """A line on which the police referred somebody who agreed to be counted, last quarter."""
    line = a_line()
    line.says()
    line.says(**COUNT_ME)
    line.told()
    line.clock.advance(20 * DAY)
    return line


def proposed(line: Line) -> str:
    outcome = run(line.releases.propose("2031-Q1", line.key()))
    assert isinstance(outcome, Recorded)
    assert outcome.answer["missing"] == [POLICE]
    return str(outcome.answer["release"])


def approves(line: Line, release: str, agency: str = POLICE) -> object:
    return run(line.releases.approve(Actor(agency, line.caller(agency)), release, line.key()))


def test_p_06_nothing_is_made_before_everybody_approved(line: Line) -> None:
    release = proposed(line)
    with pytest.raises(ReleaseRefusedError) as refused:
        run(line.releases.make(release))
    assert refused.value.code == "approval_missing"
    assert line.leaves("statistics.released") == []
    assert isinstance(approves(line, release), Recorded)
    assert run(line.releases.make(release))["quarter"] == "2031-Q1"
    kinds = [leaf["type"] for leaf in line.leaves("statistics.")]
    assert kinds == ["statistics.proposed", "statistics.approved", "statistics.released"]
    assert all(satisfies(leaf, "ledger/1.0") for leaf in line.leaves("statistics."))


def test_p_06_another_agencys_approval_counts_for_nothing(line: Line) -> None:
    release = proposed(line)
    for agency in (SHELTER, ADVOCATE):
        assert isinstance(approves(line, release, agency), Unknown)
    assert isinstance(approves(line, "0" * 26), Unknown)
    with pytest.raises(ReleaseRefusedError):
        run(line.releases.make(release))


def test_p_06_who_contributes_is_asked_and_nobody_else(line: Line) -> None:
    release = proposed(line)
    assert [one.id for one in line.releases.waiting(POLICE)] == [release]
    assert line.releases.waiting(SHELTER) == ()
    approves(line, release)
    assert line.releases.waiting(POLICE) == ()


def test_p_04_a_release_is_made_once_and_told_the_same_for_ever(line: Line) -> None:
    release = proposed(line)
    approves(line, release)
    first = run(line.releases.make(release))
    line.takes_back()
    assert run(line.releases.make(release)) == first
    assert len(line.leaves("statistics.released")) == 1
    assert isinstance(approves(line, release), Unknown), "it is too late for an approval"


@pytest.mark.parametrize(("does", "people"), [(Line.takes_back, []), (Line.key, [1])], ids=["no", "nothing"])
def test_c_13_whoever_takes_her_yes_back_while_a_release_is_made_is_not_in_it(
    line: Line, does: Callable[[Line], object], people: list[int]
) -> None:
    everybody_is_shown = replace(line.desk, policy=replace(line.desk.policy, notice_crowd=1))
    release = proposed(line)
    approves(line, release)
    line.recorder.meanwhile(lambda: does(line))
    made = run(replace(line.releases, desk=everybody_is_shown).make(release))
    assert [cell["people"] for cell in made["cells"]] == people


def test_p_04_one_person_is_not_shown(line: Line) -> None:
    release = proposed(line)
    approves(line, release)
    assert run(line.releases.make(release))["cells"] == []


@pytest.mark.parametrize("quarter", ["2031-Q2", "2031-Q3", "2032-Q1"])
def test_a_quarter_that_is_not_over_is_not_released(line: Line, quarter: str) -> None:
    with pytest.raises(ReleaseRefusedError) as refused:
        run(line.releases.propose(quarter, line.key()))
    assert refused.value.code == "quarter_not_over"


def test_c_13_whoever_did_not_agree_to_be_counted_is_not() -> None:
    line = a_line()
    line.says()
    line.told()
    line.clock.advance(20 * DAY)
    with pytest.raises(ReleaseRefusedError) as refused:
        run(line.releases.propose("2031-Q1", line.key()))
    assert refused.value.code == "nobody_to_count"


@pytest.mark.parametrize("state", ["refused", "requested"])
def test_c_13_a_newer_no_counts(state: str) -> None:
    line = a_line()
    line.says()
    line.says(**COUNT_ME)
    line.says(**COUNT_ME, state=state)
    line.told()
    line.clock.advance(20 * DAY)
    with pytest.raises(ReleaseRefusedError):
        run(line.releases.propose("2031-Q1", line.key()))


def test_a_repeated_proposal_is_one(line: Line) -> None:
    first, again = (run(line.releases.propose("2031-Q1", "the-same-key")) for _ in range(2))
    assert isinstance(again, Repeated)
    assert isinstance(first, Recorded)
    assert first.answer == again.answer


def counted(number: int, state: ReferralState = ReferralState.ACCEPTED, hours: int = 0) -> Counted:
    at = NOON + hours * (DAY / 24)
    return Counted(bytes_from(f"person {number}", 16), POLICE, Purpose.ACCOMMODATION, state, at)


def test_p_04_each_person_stands_in_one_cell_by_her_newest_referral() -> None:
    hers = {bytes_from(f"person {number}", 16): [counted(number)] for number in range(12)}
    hers = {person: [*one, Counted(person, POLICE, *_later())] for person, one in hers.items()}
    told = tabled("2031-Q1", hers, 11)
    cells = {(cell["purpose"], cell["state"]): cell["people"] for cell in told["cells"]}
    assert all(number == 12 for number in cells.values())
    assert ("assistance.health", "completed") in cells
    assert ("assistance.accommodation", "accepted") not in cells


def _later() -> tuple[Purpose, ReferralState, object]:
    return Purpose.HEALTH, ReferralState.COMPLETED, NOON + DAY


def test_p_03_a_release_names_no_agency_and_no_person() -> None:
    hers = {bytes_from(f"person {number}", 16): [counted(number)] for number in range(30)}
    written = json.dumps(tabled("2031-Q1", hers, 11))
    assert POLICE not in written
    assert not any(person.hex() in written for person in hers)

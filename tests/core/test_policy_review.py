"""What a proposed policy changes, in words, and which past decisions would have come out otherwise."""

import json
from dataclasses import replace

import pytest
from builders import NOON, POLICE, SHELTER, a_party
from line import HILL, Line, a_line

from consent.disclosure import Party
from consent.policy import Policy
from gateway.core.oversight.policy_review import a_question, differences, replayed, tried, written
from schemas.vocabulary import FunctionClass, Purpose

PARTIES = {
    POLICE: a_party(),
    SHELTER: a_party(SHELTER, FunctionClass.SHELTER),
    HILL: a_party(HILL, FunctionClass.SHELTER),
}
CLOSED = replace(Policy(), pending_purposes=Policy().pending_purposes | {Purpose.ACCOMMODATION})


@pytest.fixture
def line() -> Line:
    return a_line()


def leaves(line: Line) -> list[bytes]:
    return [leaf.content for leaf in line.book.leaves]


def party(agency: str) -> Party | None:
    return PARTIES.get(agency)


def test_no_change_is_no_difference() -> None:
    assert differences(Policy(), Policy()) == ()


def test_each_choice_that_changes_is_said() -> None:
    changed = replace(CLOSED, default_consent_days=30)
    assert differences(Policy(), changed) == (
        "default consent days: 90 becomes 30",
        "pending purposes: assistance.accommodation is added",
    )
    assert "pending purposes: assistance.accommodation is taken away" in differences(changed, Policy())


def test_a_route_that_closes_would_have_stopped_what_went(line: Line) -> None:
    line.says()
    line.told()
    line.told()
    replay = replayed(leaves(line), party, Policy(), CLOSED)
    [stopped] = replay.would_stop
    assert (stopped.sender, stopped.recipient, stopped.purpose, stopped.count) == (
        POLICE, SHELTER, "assistance.accommodation", 2,
    )  # fmt: skip
    assert stopped.reason == "route_not_yet_enforced"
    assert (replay.decided, replay.left_out, replay.would_pass) == (2, 0, ())


def test_a_route_that_opens_would_have_let_pass_what_was_refused() -> None:
    line = a_line(policy=CLOSED)
    line.says()
    assert line.told()["outcome"] == "refused"
    [opened] = replayed(leaves(line), party, CLOSED, Policy()).would_pass
    assert (opened.recipient, opened.reason, opened.count) == (SHELTER, None, 1)


def test_c_01_what_was_refused_on_her_record_is_not_decided_again(line: Line) -> None:
    line.says()
    line.told(recipient=HILL)
    replay = replayed(leaves(line), party, Policy(), CLOSED)
    assert (replay.decided, replay.left_out, replay.would_pass, replay.would_stop) == (0, 1, (), ())


def test_agencies_nobody_knows_any_more_are_left_out(line: Line) -> None:
    line.says()
    line.told()
    assert replayed(leaves(line), lambda _: None, Policy(), CLOSED).left_out == 1


def test_a_replay_of_the_same_policy_changes_nothing_and_is_written(line: Line) -> None:
    line.says()
    line.told()
    replay = replayed(leaves(line), party, Policy(), Policy())
    assert json.loads(json.dumps(written(replay))) == {
        "decided_again": 1, "left_out": 0, "would_newly_pass": [], "would_newly_stop": [], "would_carry_otherwise": [],
    }  # fmt: skip


def test_a_disclosure_is_tried_without_anybody() -> None:
    assert tried(a_question(PARTIES[POLICE], PARTIES[SHELTER], Purpose.ACCOMMODATION), Policy(), NOON) == ()
    [closed] = tried(a_question(PARTIES[POLICE], PARTIES[SHELTER], Purpose.ACCOMMODATION), CLOSED, NOON)
    assert closed.value == "route_not_yet_enforced"


@pytest.mark.parametrize("purpose", Purpose)
def test_f_01_nothing_is_permitted_to_immigration_enforcement(purpose: Purpose) -> None:
    enforcers = a_party("border-command", FunctionClass.IMMIGRATION_ENFORCEMENT)
    assert tried(a_question(PARTIES[POLICE], enforcers, purpose), Policy(), NOON)

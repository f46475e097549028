"""Breaking the glass: a second person, a time box, a review, and an alarm when it becomes a habit (E-01, E-04)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import DAY, HOUR, NOON, PERSON_REF, POLICE, SHELTER
from case_facts import an_override, recorded
from fakes import run
from line import KEYS, Line, a_line

from consent.facts import Override
from consent.policy import Policy
from gateway.core.cases.override_items import Ruled
from gateway.core.cases.overrides import judged
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.officers import (
    APPROVAL_HOLDS,
    Action,
    Approval,
    Officer,
    OfficerRefusedError,
    Role,
    officer_head,
)
from schemas.case_codes import CaseEventType, OverrideFinding
from schemas.validation import satisfies

SECOND, REVIEWER, NIGHT = f"{0:026}", f"{1:026}", f"{2:026}"
"""Officers: a second person, who reviews, and one of the police."""
CLINIC = "hill-clinic"
NOBODY_ASKED = "0VN0B0DYASKED0000000000000"


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    """The police asked to break the glass, and nobody has approved."""
    line = a_line(remembers=request.param)
    line.says()
    ask(line)
    return line


def ask(line: Line) -> str:
    """Let the police ask; return the override's number."""
    return recorded(line, "override_requested", an_override(line.clock.now()))


def the_first(line: Line) -> str:
    """Return the number of the one that the police asked for at the beginning."""
    asked = (row.event for row in line.book.case_events if row.event.type is CaseEventType.OVERRIDE_REQUESTED)
    return str(next(asked).terms["override"])


def approval(
    line: Line, action: Action, officer: str = SECOND, *roles: Role, agency: str | None = None, subject: str = ""
) -> Approval:
    """Return what a step-up would have made; by default for the first override."""
    made = Officer(officer, agency, frozenset(roles or (Role.SECOND_APPROVER,)))
    head = line.book.head(officer_head(officer))
    return Approval(made, action, subject or the_first(line), line.clock.now(), head)


def approve(line: Line, name: str = "") -> Ruled:
    return run(line.overrides.approve(approval(line, Action.APPROVE_OVERRIDE, subject=name)))


def review(
    line: Line,
    officer: str = REVIEWER,
    role: Role = Role.DPO,
    shown: OverrideFinding = OverrideFinding.JUSTIFIED,
    said: OverrideFinding = OverrideFinding.JUSTIFIED,
) -> Ruled:
    name = the_first(line)
    asked = approval(line, Action.REVIEW_OVERRIDE, officer, role, subject=judged(name, shown))
    return run(line.overrides.review(asked, name, said))


def standing(line: Line) -> Override:
    known = line.people.known(blind_person_ref(KEYS, POLICE, PERSON_REF))
    assert known is not None
    line.people.forget((known.head.id,))
    known = line.people.known(blind_person_ref(KEYS, POLICE, PERSON_REF))
    assert known is not None
    found = known.case.override(the_first(line))
    assert found is not None
    return found


class TestApproving:
    def test_e_01_a_second_person_approves_and_the_log_says_that_it_began(self, line: Line) -> None:
        approve(line)
        assert standing(line).approver == f"officer:{SECOND}"
        [leaf] = line.leaves("case.override_approved")
        assert satisfies(leaf, "ledger/1.0")
        assert (leaf["recipient"], leaf["officer"]) == (SHELTER, SECOND)

    @pytest.mark.parametrize("action", [Action.STOP_OVERRIDE, Action.CONFIRM_CONSENT])
    def test_e_01_a_passkey_shown_for_something_else_approves_nothing(self, line: Line, action: Action) -> None:
        with pytest.raises(OfficerRefusedError):
            run(line.overrides.approve(approval(line, action)))
        assert standing(line).approver is None

    @pytest.mark.parametrize("role", [Role.CASEWORKER, Role.OPERATOR, Role.GUARDIAN])
    def test_e_01_the_second_person_is_one_who_may_be(self, line: Line, role: Role) -> None:
        with pytest.raises(OfficerRefusedError):
            run(line.overrides.approve(approval(line, Action.APPROVE_OVERRIDE, SECOND, role)))
        assert standing(line).approver is None

    def test_e_01_an_officer_of_the_agency_whose_system_asked_is_no_second_person(self, line: Line) -> None:
        own = approval(line, Action.APPROVE_OVERRIDE, NIGHT, agency=POLICE)
        with pytest.raises(OfficerRefusedError) as caught:
            run(line.overrides.approve(own))
        assert caught.value.code == "second_person_needed"

    def test_e_01_an_officer_of_the_agency_that_would_receive_is_no_second_person(self, line: Line) -> None:
        theirs = approval(line, Action.APPROVE_OVERRIDE, agency=SHELTER)
        with pytest.raises(OfficerRefusedError, match="same_side"):
            run(line.overrides.approve(theirs))
        assert standing(line).approver is None

    def test_e_01_an_officer_of_an_agency_that_has_no_part_in_it_is_a_second_person(self, line: Line) -> None:
        run(line.overrides.approve(approval(line, Action.APPROVE_OVERRIDE, agency=CLINIC)))
        assert standing(line).approver == f"officer:{SECOND}"

    def test_e_01_an_approval_is_good_for_one_override_once(self, line: Line) -> None:
        approve(line)
        with pytest.raises(OfficerRefusedError):
            approve(line)
        with pytest.raises(OfficerRefusedError):
            approve(line, NOBODY_ASKED)
        assert len(line.leaves("case.override_approved")) == 1

    def test_e_01_an_approval_that_waited_too_long_holds_no_more(self, line: Line) -> None:
        shown = approval(line, Action.APPROVE_OVERRIDE)
        line.clock.advance(APPROVAL_HOLDS)
        with pytest.raises(OfficerRefusedError):
            run(line.overrides.approve(shown))
        assert standing(line).approver is None

    def test_e_01_who_is_revoked_meanwhile_approves_nothing(self, line: Line) -> None:
        shown = approval(line, Action.APPROVE_OVERRIDE)
        line.recorder.meanwhile(lambda: line.book.bumped(officer_head(SECOND)))
        with pytest.raises(OfficerRefusedError):
            run(line.overrides.approve(shown))
        assert standing(line).approver is None

    def test_e_01_what_was_stopped_or_is_over_is_not_approved(self, line: Line) -> None:
        run(line.overrides.stop(approval(line, Action.STOP_OVERRIDE)))
        with pytest.raises(OfficerRefusedError):
            approve(line)
        later = ask(line)
        line.clock.advance(6 * HOUR)
        with pytest.raises(OfficerRefusedError):
            approve(line, later)


class TestStopping:
    def test_e_01_it_is_stopped_once_with_a_leaf(self, line: Line) -> None:
        approve(line)
        run(line.overrides.stop(approval(line, Action.STOP_OVERRIDE, REVIEWER, Role.ADVOCATE)))
        assert standing(line).stopped_at == NOON
        assert len(line.leaves("case.override_stopped")) == 1
        with pytest.raises(OfficerRefusedError):
            run(line.overrides.stop(approval(line, Action.STOP_OVERRIDE)))

    def test_e_01_the_parcel_that_rests_on_it_stops_with_it(self, line: Line) -> None:
        approve(line)
        line.told()
        [(message, kept)] = line.book.parcels.items()
        line.book.parcels[message] = replace(kept, parcel=replace(kept.parcel, rests_on=the_first(line)))
        ruled = run(line.overrides.stop(approval(line, Action.STOP_OVERRIDE)))
        assert [gone.message for gone in ruled.in_flight.stopped] == [message]


class TestReviewing:
    def test_e_01_a_data_protection_officer_judges_it(self, line: Line) -> None:
        approve(line)
        review(line)
        assert standing(line).finding is OverrideFinding.JUSTIFIED
        with pytest.raises(OfficerRefusedError):
            review(line)

    def test_e_01_nobody_judges_what_he_approved_or_what_nobody_approved(self, line: Line) -> None:
        with pytest.raises(OfficerRefusedError):
            review(line)
        approve(line)
        with pytest.raises(OfficerRefusedError):
            review(line, SECOND)

    def test_e_01_nobody_judges_what_his_own_agency_was_given(self, line: Line) -> None:
        approve(line)
        subject = judged(the_first(line), OverrideFinding.JUSTIFIED)
        theirs = approval(line, Action.REVIEW_OVERRIDE, REVIEWER, Role.DPO, agency=SHELTER, subject=subject)
        with pytest.raises(OfficerRefusedError, match="same_side"):
            run(line.overrides.review(theirs, the_first(line), OverrideFinding.JUSTIFIED))
        assert standing(line).finding is None

    def test_e_01_only_a_data_protection_officer_does(self, line: Line) -> None:
        approve(line)
        with pytest.raises(OfficerRefusedError):
            review(line, role=Role.SECOND_APPROVER)

    def test_e_01_the_passkey_is_shown_for_one_finding_and_no_other(self, line: Line) -> None:
        approve(line)
        with pytest.raises(OfficerRefusedError):
            review(line, shown=OverrideFinding.NOT_JUSTIFIED)
        assert standing(line).finding is None


class TestWatching:
    def test_e_01_the_end_of_the_time_box_is_told_once(self, line: Line) -> None:
        approve(line)
        assert run_watch(line) == ()
        assert not line.leaves("override.")
        line.clock.advance(6 * HOUR)
        run_watch(line)
        run_watch(line)
        assert [leaf["type"] for leaf in line.leaves("override.")] == ["override.ended"]

    def test_e_01_a_missing_review_is_told_once(self, line: Line) -> None:
        approve(line)
        line.clock.advance(timedelta(hours=Policy().clocks.override_review_hours))
        assert run_watch(line) == (the_first(line),)
        assert run_watch(line) == ()
        [leaf] = line.leaves("override.review_overdue")
        assert satisfies(leaf, "ledger/1.0")
        assert leaf["sender"] == POLICE

    def test_e_01_what_was_reviewed_or_never_approved_is_not_late(self, line: Line) -> None:
        ask(line)
        approve(line)
        review(line)
        line.clock.advance(timedelta(hours=Policy().clocks.override_review_hours))
        assert run_watch(line) == ()
        assert not line.leaves("override.review_overdue")

    def test_e_04_the_agency_that_breaks_the_glass_too_often_is_an_alarm(self, line: Line) -> None:
        names = [ask(line) for _ in range(Policy().overrides_a_day + 1)]
        alarmed = [approve(line, name).alarmed for name in names]
        assert alarmed == [False] * Policy().overrides_a_day + [True]
        [leaf] = line.leaves("override.rate_alarm")
        assert satisfies(leaf, "ledger/1.0")
        assert leaf["sender"] == POLICE

    def test_e_04_what_was_approved_more_than_a_day_ago_does_not_count(self, line: Line) -> None:
        for _ in range(Policy().overrides_a_day):
            approve(line, ask(line))
        line.clock.advance(DAY + timedelta(minutes=1))
        assert not approve(line, ask(line)).alarmed


def run_watch(line: Line) -> tuple[str, ...]:
    return run(line.overrides.watch())

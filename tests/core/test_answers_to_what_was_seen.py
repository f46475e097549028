"""Answers in formats without a receipt: nothing is recorded about another state than the one the recipient saw."""

import pytest
from builders import SHELTER
from fakes import run
from line import HILL, Line, a_line

from gateway.core.recipient_answers import NotNow, Outcome, Told, Unknown
from schemas.answer_codes import ServiceOutcome
from schemas.vocabulary import ReferralState

SUBMITTED, RECEIVED, ACCEPTED, INFO_REQUESTED, COMPLETED = (
    ReferralState(name) for name in ("submitted", "received", "accepted", "info_requested", "completed")
)


@pytest.fixture
def line() -> Line:
    """A line on which the shelter was handed one message."""
    made = a_line()
    made.says()
    made.accept()
    made.fetch()
    return made


def said(line: Line, state: ReferralState, seen: ReferralState | None, agency: str = SHELTER) -> Outcome:
    caller, message = line.caller(agency), line.parcel.id
    outcome = ServiceOutcome.UNKNOWN if state is COMPLETED else None
    return run(line.answering.answer(caller, message, state, outcome, line.key(), seen))


def test_an_answer_to_what_was_handed_out_acknowledges_it(line: Line) -> None:
    assert said(line, ACCEPTED, SUBMITTED) == Told()
    assert [leaf["type"] for leaf in line.leaves("disclosure.")][-2:] == [
        "disclosure.delivered",
        "disclosure.answered",
    ]
    assert line.parcel.payload == b""


def test_a_step_that_is_not_allowed_acknowledges_nothing(line: Line) -> None:
    assert said(line, COMPLETED, SUBMITTED) == NotNow()
    assert line.leaves("disclosure.delivered") == []
    assert line.parcel.payload != b""


def test_of_two_answers_to_one_state_the_second_is_refused(line: Line) -> None:
    assert said(line, ACCEPTED, SUBMITTED) == Told()
    assert said(line, INFO_REQUESTED, SUBMITTED) == NotNow()
    assert said(line, INFO_REQUESTED, ACCEPTED) == Told(), "the canary: the step itself is allowed"


def test_without_a_state_that_was_seen_a_message_is_acknowledged_first(line: Line) -> None:
    assert said(line, ACCEPTED, None) == Unknown()
    assert line.leaves("disclosure.delivered") == []


def test_after_her_withdrawal_it_is_too_late(line: Line) -> None:
    line.takes_back()
    assert said(line, ACCEPTED, SUBMITTED) == NotNow()


def test_nobody_else_answers_it(line: Line) -> None:
    assert said(line, ACCEPTED, SUBMITTED, HILL) == Unknown()
    assert line.leaves("disclosure.delivered") == []


def test_what_was_seen_received_is_not_acknowledged_again(line: Line) -> None:
    assert said(line, ACCEPTED, RECEIVED) == Unknown()
    assert line.leaves("disclosure.delivered") == []

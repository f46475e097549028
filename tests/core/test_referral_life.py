"""The table of what a recipient may say about a referral, and when (M-03, M-05)."""

import pytest

from gateway.core.referral_life import ANSWERS, OVER, STEPS, WITH_ITS_RECIPIENT, may_follow, says_what_came
from schemas.answer_codes import ServiceOutcome
from schemas.vocabulary import ReferralState, RejectionReason


def test_every_state_has_a_row() -> None:
    assert STEPS.keys() == set(ReferralState)


def test_a_referral_is_on_its_way_with_its_recipient_or_over_and_never_two_of_them() -> None:
    assert sorted([ReferralState.SUBMITTED, *WITH_ITS_RECIPIENT, *OVER]) == sorted(ReferralState)


@pytest.mark.parametrize("over", sorted(OVER))
def test_m_03_nothing_follows_what_is_over(over: ReferralState) -> None:
    assert not any(may_follow(over, said) for said in ReferralState)


def test_m_05_work_begins_with_a_yes() -> None:
    begins = {now for now in ReferralState if may_follow(now, ReferralState.IN_PROGRESS)}
    ends = {now for now in ReferralState if may_follow(now, ReferralState.COMPLETED)}
    assert begins == {ReferralState.ACCEPTED}
    assert ends == {ReferralState.ACCEPTED, ReferralState.IN_PROGRESS}


def test_what_is_the_senders_or_the_gateways_to_say_a_recipient_never_says() -> None:
    assert ANSWERS.isdisjoint({ReferralState.SUBMITTED, ReferralState.RECEIVED, ReferralState.REVOKED})


def test_every_state_but_the_first_can_be_reached() -> None:
    assert ANSWERS | {ReferralState.SUBMITTED, ReferralState.RECEIVED, ReferralState.REVOKED} == set(ReferralState)


@pytest.mark.parametrize("state", ReferralState)
def test_m_06_completed_says_what_came_of_it_and_nothing_else_does(state: ReferralState) -> None:
    completed = state is ReferralState.COMPLETED
    assert says_what_came(state, ServiceOutcome.UNKNOWN) is completed
    assert says_what_came(state, None) is not completed
    assert says_what_came(state, RejectionReason.NO_CAPACITY) is not completed

"""What a recipient may say about a referral, and when: the table of legal steps (FORMATS 1.2, M-03, M-05).

A recipient first takes a referral on or declines it (M-05). Whatever is over stays over: nothing more is handed out for
it, nothing more is said about it, and what is left of it in the gateway is wiped (M-03). Submitted, received and
revoked are the sender's or the gateway's own to set, and no recipient says them here; failed and cancelled are set by
both.
"""

from collections.abc import Mapping

from schemas.answer_codes import AnswerCode, ServiceOutcome
from schemas.vocabulary import ReferralState

_NOTHING: frozenset[ReferralState] = frozenset()

STEPS: Mapping[ReferralState, frozenset[ReferralState]] = {
    ReferralState.SUBMITTED: _NOTHING,
    ReferralState.RECEIVED: frozenset(
        {ReferralState.ACCEPTED, ReferralState.REJECTED, ReferralState.INFO_REQUESTED, ReferralState.FAILED}
    ),
    ReferralState.INFO_REQUESTED: frozenset(
        {ReferralState.ACCEPTED, ReferralState.REJECTED, ReferralState.CANCELLED, ReferralState.FAILED}
    ),
    ReferralState.ACCEPTED: frozenset(
        {
            ReferralState.IN_PROGRESS,
            ReferralState.INFO_REQUESTED,
            ReferralState.COMPLETED,
            ReferralState.CANCELLED,
            ReferralState.FAILED,
        }
    ),
    ReferralState.IN_PROGRESS: frozenset(
        {ReferralState.INFO_REQUESTED, ReferralState.COMPLETED, ReferralState.CANCELLED, ReferralState.FAILED}
    ),
    ReferralState.REJECTED: _NOTHING,
    ReferralState.COMPLETED: _NOTHING,
    ReferralState.CANCELLED: _NOTHING,
    ReferralState.FAILED: _NOTHING,
    ReferralState.REVOKED: _NOTHING,
}
"""From each state, the states a recipient may move a referral to; a test holds that every state has a row."""

WITH_ITS_RECIPIENT = frozenset(state for state, steps in STEPS.items() if steps)
"""States in which the recipient has more to say."""

ANSWERS = frozenset(state for steps in STEPS.values() for state in steps)
"""Everything a recipient may ever say."""

OVER = frozenset(
    {
        ReferralState.REJECTED,
        ReferralState.COMPLETED,
        ReferralState.CANCELLED,
        ReferralState.FAILED,
        ReferralState.REVOKED,
    }
)
"""States in which access through the gateway has ended (M-03)."""


def says_what_came(state: ReferralState, reason: AnswerCode | None) -> bool:
    """Say whether an answer says what came of it where it says `completed`, and only there (M-06)."""
    return (state is ReferralState.COMPLETED) is isinstance(reason, ServiceOutcome)


def may_follow(now: ReferralState, said: ReferralState) -> bool:
    """Say whether a recipient may say that of a referral in this state."""
    return said in STEPS[now]

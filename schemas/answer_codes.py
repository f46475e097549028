"""The code that goes with what a recipient answers; never clinical or legal detail (M-06). Standard library only."""

from typing import TypeAlias

from schemas.vocabulary import Coded, RejectionReason


class ServiceOutcome(Coded):
    """What came of a referral that its recipient calls completed; never clinical or legal detail (M-06)."""

    PROVIDED = "service_provided", "She got what she was referred for."
    PARTLY_PROVIDED = "service_partly_provided", "She got a part of it."
    PROVIDED_ELSEWHERE = "service_provided_elsewhere", "She gets it from somebody else."
    REFERRED_ON = "referred_on", "The recipient referred her on."
    NOT_PROVIDED = "service_not_provided", "It is over, and she did not get it."
    UNKNOWN = "unknown", "The recipient's format has no word for it."


AnswerCode: TypeAlias = RejectionReason | ServiceOutcome
"""The code that goes with an answer: why it was declined or ended, or what came of it. No value is in both lists."""


def answer_code(value: str) -> AnswerCode:
    """Return the code of that value. Raises ValueError for one in neither list."""
    return ServiceOutcome(value) if value in _OUTCOMES else RejectionReason(value)


_OUTCOMES = frozenset(outcome.value for outcome in ServiceOutcome)

"""Code lists of the question for room, which is asked before anything about a person is told (M-05).

Standard library only, like `schemas.vocabulary`, whose rules hold here too: a value is never renamed.
"""

from schemas.vocabulary import Coded


class AgeGroup(Coded):
    """As much of an age as a question may say; who is not known to be an adult is a child (K-01)."""

    ADULT = "adult", "An adult."
    CHILD = "child", "A child, or somebody who may be one."


class RoomAnswer(Coded):
    """What became of a question; the first three are what a recipient may say."""

    YES = "yes", "There is room."
    NO = "no", "There is none."
    WAIT = "wait", "There will be room, from a day that is named."
    TAKEN = "taken", "A referral was sent on it; it serves no other."

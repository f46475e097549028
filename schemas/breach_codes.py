"""The closed code lists of the register of breaches (A-05; GDPR 33 and 34).

Standard library only, like `schemas.vocabulary`; the same rules hold: a value is stored, signed and never renamed.
"""

from schemas.vocabulary import Coded


class BreachKind(Coded):
    """What happened to the data."""

    WRONG_RECIPIENT = "wrong_recipient", "It came to somebody it was not meant for."
    READ_BY_OTHERS = "read_by_others", "Somebody read it who was not entitled to."
    USED_OTHERWISE = "used_otherwise", "A recipient used it for something else, or passed it on (M-11)."
    LOST_OR_STOLEN = "lost_or_stolen", "A device, a disk or a paper is gone."
    KEY_EXPOSED = "key_exposed", "A key or a credential may be in other hands."
    GLASS_BROKEN = "glass_broken", "The glass was broken, and a review found that it was not needed (E-01)."
    ALTERED = "altered", "It was changed by somebody who may not."
    OUT_OF_REACH = "out_of_reach", "It could not be had when it was needed."


class BreachStep(Coded):
    """What can happen to an entry of the register."""

    RECORDED = "recorded", "It was noticed, and written down."
    AUTHORITY_TOLD = "authority_told", "The supervisory authority was told (GDPR 33)."
    AUTHORITY_NOT_NEEDED = "authority_not_needed", "A risk to anybody is unlikely: the authority need not be told."
    AGENCY_TOLD = "agency_told", "An agency it concerns was told."
    PERSONS_TOLD = "persons_told", "Everybody it concerns was told, on a way that is safe for her (GDPR 34)."
    PERSONS_NOT_NEEDED = "persons_not_needed", "Those it concerns need not be told, or must not."
    CLOSED = "closed", "Nothing is left to do."


class SafeWay(Coded):
    """How somebody may be told that her data was breached; nothing else is safe (A-05, M-07)."""

    IN_PERSON = "in_person", "In person, alone."
    HER_ADVOCATE = "her_advocate", "By her advocate or her guardian."
    CHANNEL_SHE_NAMED = "channel_she_named", "On a channel of which she said that it is safe."


class WhyNotTold(Coded):
    """Why those it concerns are not told (GDPR 34(3))."""

    NO_HIGH_RISK = "no_high_risk", "A high risk to anybody is unlikely."
    UNREADABLE = "unreadable", "It was sealed, and whoever has it cannot read it."
    AVERTED = "averted", "What was done since makes a high risk unlikely."
    NO_SAFE_WAY = "no_safe_way", "There is no safe way to reach her yet; telling her would put her in danger."

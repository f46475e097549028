"""Code lists that only the documents about consents use. Standard library only; a value is never renamed."""

from schemas.vocabulary import Coded


class InterpreterRelation(Coded):
    """What the interpreter is to her (C-07). Whoever came with her interprets for nobody."""

    PROFESSIONAL = "professional", "A trained interpreter."
    MEDIATOR = "mediator", "A cultural mediator."
    STAFF = "staff", "Staff of the agency that speaks her language."
    VOLUNTEER = "volunteer", "A volunteer of an organisation."
    RELATIVE = "relative", "A relative: may not interpret."
    FRIEND = "friend", "A friend or partner: may not interpret."
    COMPANION = "companion", "Somebody who came with her: may not interpret."
    OTHER = "other", "Somebody else: may not interpret."


class InvalidationReason(Coded):
    """Why a consent was never one."""

    RECORDED_IN_ERROR = "recorded_in_error", "It was written down by mistake."
    WRONG_PERSON = "wrong_person", "It is about somebody else."
    NOT_INFORMED = "not_informed", "She was not told what she agreed to."
    UNDER_PRESSURE = "under_pressure", "She was not free to say no."

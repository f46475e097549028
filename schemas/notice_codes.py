"""Code lists of notices: what past recipients are told, and what they may answer (C-10, A-03).

Standard library only, like `schemas.vocabulary`, whose rules hold here too: a value is never renamed.
"""

from schemas.vocabulary import Coded


class NoticeKind(Coded):
    """What became of something a recipient received; never why."""

    WITHDRAWAL = "withdrawal", "It was taken back, by her or by the agency that sent it."
    ERASURE = "erasure", "It is to be erased."
    RECTIFICATION = "rectification", "It was wrong and has been corrected."
    RESTRICTION = "restriction", "It is not to be used for the time being."
    NARROWING = "narrowing", "She agrees to less of it than before, or for less long."


class NoticeAsk(Coded):
    """What a notice asks of its recipient."""

    ERASE = "erase", "Stop using it and erase it."
    CORRECT = "correct", "Put the corrected version in its place."
    STOP = "stop", "Keep it and do not use it."
    ERASE_PART = "erase_part", "Erase the kinds of data it names, and use the rest no longer than it says."


class NoticeState(Coded):
    """How far a notice has come; the last four are what the recipient answers."""

    QUEUED = "queued", "Waiting to be fetched."
    SENDING = "sending", "Handed out under a lease."
    ACKNOWLEDGED = "acknowledged", "The recipient has it."
    ERASED = "erased", "The recipient erased what it had."
    CORRECTED = "corrected", "The recipient put the corrected version in its place."
    STOPPED = "stopped", "The recipient no longer uses it."
    OBJECTED = "objected", "The recipient keeps it on a legal ground that it names."


class ObjectionGround(Coded):
    """Why a recipient may lawfully keep what it is asked to erase (GDPR article 17(3)), or has it from elsewhere."""

    LEGAL_OBLIGATION = "legal_obligation", "A law or an official task obliges it to keep it (article 17(3)(b))."
    PUBLIC_HEALTH = "public_health", "Public interest in public health (article 17(3)(c))."
    ARCHIVING = "archiving", "Archiving or statistics in the public interest (article 17(3)(d))."
    LEGAL_CLAIMS = "legal_claims", "Legal claims, its own or hers (article 17(3)(e))."
    OWN_RECORD = "own_record", "It holds the same from a source of its own."

"""What keeps a person from being erased, and an exchange of hers from ending: a court, or a glass not judged yet."""

from gateway.core.known import KnownPerson
from schemas.case_codes import InstrumentKind
from schemas.vocabulary import Coded


class Hold(Coded):
    """Why nobody may be erased yet."""

    LEGAL_HOLD = "legal_hold", "A court order stands in her case."
    REVIEW_PENDING = "review_pending", "The glass was broken for her and nobody has judged it yet (E-01)."


def hold_on(person: KnownPerson) -> Hold | None:
    """Return what stands in the way: a court order, or a broken glass that a second person has yet to judge (E-01)."""
    if is_ordered(person):
        return Hold.LEGAL_HOLD
    broken = (override for override in person.case.overrides if override.approver is not None)
    return Hold.REVIEW_PENDING if any(override.finding is None for override in broken) else None


def is_ordered(person: KnownPerson) -> bool:
    """Say whether a court order stands in her case."""
    return any(instrument.kind is InstrumentKind.COURT_ORDER for instrument in person.case.instruments)

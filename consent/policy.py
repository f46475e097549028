"""The national choices the decision rests on, as plain data. The shipped default is the most protective one."""

import hashlib
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import lru_cache

from schemas.canonical import canonical
from schemas.vocabulary import Coded, FunctionClass, Purpose


class ConsentDecision(Coded):
    """The four decisions a person takes separately; none implies another (C-13)."""

    REFERRAL = "referral", "To be referred for identification or protection status."
    SUPPORT = "support", "To be helped."
    COOPERATION = "cooperation", "To co-operate with an investigation."
    REPORTING = "reporting", "To be counted without being identifiable."


DECISION_OF: dict[Purpose, ConsentDecision] = {
    Purpose.IDENTIFICATION: ConsentDecision.REFERRAL,
    Purpose.RESIDENCE_STATUS: ConsentDecision.REFERRAL,
    Purpose.ASYLUM: ConsentDecision.REFERRAL,
    Purpose.CROSS_BORDER: ConsentDecision.REFERRAL,
    Purpose.CHILD_PROTECTION: ConsentDecision.REFERRAL,
    Purpose.GUARDIANSHIP: ConsentDecision.REFERRAL,
    Purpose.LEGAL_OBLIGATION: ConsentDecision.REFERRAL,
    Purpose.EMERGENCY: ConsentDecision.REFERRAL,
    Purpose.ACCOMMODATION: ConsentDecision.SUPPORT,
    Purpose.HEALTH: ConsentDecision.SUPPORT,
    Purpose.PSYCHOLOGICAL: ConsentDecision.SUPPORT,
    Purpose.LEGAL: ConsentDecision.SUPPORT,
    Purpose.MATERIAL: ConsentDecision.SUPPORT,
    Purpose.EDUCATION_EMPLOYMENT: ConsentDecision.SUPPORT,
    Purpose.INTERPRETATION: ConsentDecision.SUPPORT,
    Purpose.COMPENSATION: ConsentDecision.SUPPORT,
    Purpose.VOLUNTARY_RETURN: ConsentDecision.SUPPORT,
    Purpose.INVESTIGATION: ConsentDecision.COOPERATION,
    Purpose.WITNESS_PROTECTION: ConsentDecision.COOPERATION,
    Purpose.STATISTICS: ConsentDecision.REPORTING,
}
"""Which of the four decisions a purpose belongs to (C-13); a test holds that every purpose has one."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One country's choices; `digest` goes into every ledger leaf.

    `pending_purposes` are routes whose rules are not built yet; they refuse (DESIGN section 5). `override_hours` is the
    longest a broken glass stays broken (E-01); `notice_crowd` is how many people a notice without identity must fit
    (P-05); `reflection_days` are counted from reasonable grounds (F-04).
    """

    country: str = "XX"
    default_consent_days: int = 90
    address_recipients: frozenset[FunctionClass] = frozenset(
        {
            FunctionClass.POLICE,
            FunctionClass.CHILD_PROTECTION,
            FunctionClass.GUARDIAN_SERVICE,
            FunctionClass.COMPETENT_AUTHORITY,
        }
    )
    unidentified_purposes: frozenset[Purpose] = frozenset({Purpose.STATISTICS, Purpose.LEGAL_OBLIGATION})
    enforcing: frozenset[FunctionClass] = frozenset(
        {
            FunctionClass.IMMIGRATION_ENFORCEMENT,
            FunctionClass.POLICE,
            FunctionClass.PROSECUTION,
        }
    )
    pending_purposes: frozenset[Purpose] = frozenset({Purpose.STATISTICS})
    override_hours: int = 24
    notice_crowd: int = 11
    reflection_days: int = 30
    probing_recipients: int = 3
    probing_window_hours: int = 24
    delivery_jitter_minutes: int = 30
    notice_answer_hours: int = 72

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hex; goes into every leaf."""
        return _digest(self)

    @property
    def default_consent(self) -> timedelta:
        """How long a consent lasts that names no end (C-08)."""
        return timedelta(days=self.default_consent_days)

    def canonical_bytes(self) -> bytes:
        """Return the bytes whose SHA-256 is this policy's digest; sets are sorted."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return canonical(
            {name: sorted(value) if isinstance(value, frozenset) else value for name, value in plain.items()}
        )


@lru_cache(maxsize=8)
def _digest(policy: Policy) -> str:
    return hashlib.sha256(policy.canonical_bytes()).hexdigest()

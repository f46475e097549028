"""The national choices the decision rests on, as plain data: one reviewed country profile (schema country_profile/1.0).

The shipped default is the most protective one, and lies beside this file as `protective.json`. What a profile cannot
choose stands in code: that nothing reaches immigration enforcement (F-01), that a child is whoever is under 18 (K-01),
that a reflection period lasts at least thirty days (F-04).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeVar

from consent.errors import PolicyError
from schemas.canonical import canonical
from schemas.documents import Document, Json
from schemas.vocabulary import Coded, FunctionClass, LegalBasis, Purpose

_Code = TypeVar("_Code", bound=StrEnum)


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
class Clocks:
    """How long something may take before somebody is alarmed."""

    override_review_hours: int = 72
    """Until a broken glass must have been reviewed (E-01)."""

    child_notification_hours: int = 24
    """Until the child-protection authority must have been told (K-07)."""

    birthday_notice_days: int = 60
    """How long before a child's 18th birthday somebody is told of it (K-06)."""

    breach_hours: int = 72
    """Until a breach must have been notified (A-05)."""

    capacity_hours: int = 24
    """How long a question for room waits for an answer, and how long the answer holds (M-05)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One country's choices; `digest` goes into every ledger leaf.

    `recipients` are the kinds of agency that may receive anything and `purposes` what for; `pending_purposes` are
    routes whose rules are not built yet, which no profile can open (DESIGN section 5). `override_hours` is the longest
    a broken glass stays broken (E-01), and `overrides_a_day` how many of one agency raise no alarm (E-04);
    `notice_crowd` is how many people a notice without identity must fit (P-05), and the least number of people that is
    published (P-04); `reflection_days` are counted from reasonable grounds (F-04); `retention_days` caps what agencies
    agree (A-04); a recipient that has not answered a notice after `notice_answer_hours` is late (C-10).
    """

    country: str = "XX"
    recipients: frozenset[FunctionClass] = frozenset(FunctionClass) - {FunctionClass.IMMIGRATION_ENFORCEMENT}
    purposes: frozenset[Purpose] = frozenset(Purpose)
    legal_bases: frozenset[LegalBasis] = frozenset(LegalBasis)
    languages: frozenset[str] = frozenset({"en"})
    default_consent_days: int = 90
    retention_days: int = 365
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
    pending_purposes: frozenset[Purpose] = frozenset()
    override_hours: int = 24
    overrides_a_day: int = 3
    notice_crowd: int = 11
    reflection_days: int = 30
    probing_recipients: int = 3
    probing_window_hours: int = 24
    delivery_jitter_minutes: int = 30
    notice_answer_hours: int = 72
    clocks: Clocks = Clocks()

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
        return canonical({field.name: _plain(getattr(self, field.name)) for field in fields(self)})


def policy_of(document: Document) -> Policy:
    """Read a country profile that satisfies schema country_profile/1.0.

    Raises PolicyError for one that does not, and for one that would protect less than the code guarantees.
    """
    try:
        policy = _read(document)
    except (KeyError, TypeError, ValueError):
        # Not chained: a profile is no personal datum, but an error of ours never quotes what it was given.
        raise PolicyError("the country profile does not have the form of its schema") from None
    if FunctionClass.IMMIGRATION_ENFORCEMENT in policy.recipients | policy.address_recipients:
        raise PolicyError("the country profile lets immigration enforcement receive")  # F-01
    if FunctionClass.IMMIGRATION_ENFORCEMENT not in policy.enforcing:
        raise PolicyError("the country profile does not call immigration enforcement enforcing")  # C-19
    if not policy.unidentified_purposes >= {Purpose.STATISTICS, Purpose.LEGAL_OBLIGATION}:
        raise PolicyError("the country profile lets prose go where nobody may be identified")  # M-09
    if any(getattr(policy, name) < least for name, least in _LEAST.items()):
        raise PolicyError("the country profile goes below what no country may go below")  # F-04, P-05
    if any(getattr(policy, name) > most for name, most in _MOST.items()):
        raise PolicyError("the country profile goes above what no country may go above")  # C-08, E-01
    return policy


_LEAST = {
    "reflection_days": 30,
    "notice_crowd": 10,
    "delivery_jitter_minutes": 0,
    "default_consent_days": 1,
    "retention_days": 1,
    "override_hours": 1,
    "overrides_a_day": 1,
    "probing_recipients": 1,
    "probing_window_hours": 1,
    "notice_answer_hours": 1,
}
_MOST = {"default_consent_days": 365, "override_hours": 72, "probing_recipients": 10, "retention_days": 3650}


@cache
def protective() -> Policy:
    """Return the shipped profile, the most protective one. A test holds that it is what `Policy()` says."""
    return policy_of(json.loads(files("consent").joinpath("protective.json").read_text("ascii")))


def _read(document: Document) -> Policy:
    if document["schema"] != "country_profile/1.0":
        raise ValueError
    probing, clocks, ages = (_object(document[name]) for name in ("probing", "clocks", "ages"))
    if _number(ages["adult"]) != 18:  # noqa: PLR2004 - the Convention on the Rights of the Child, article 1
        raise ValueError
    return Policy(
        country=_text(document["country"]),
        recipients=_codes(FunctionClass, document["recipients"]),
        purposes=_codes(Purpose, document["purposes"]),
        legal_bases=_codes(LegalBasis, document["legal_bases"]),
        languages=frozenset(_texts(document["languages"])),
        default_consent_days=_number(document["default_consent_days"]),
        retention_days=_number(document["retention_days"]),
        address_recipients=_codes(FunctionClass, document["address_recipients"]),
        unidentified_purposes=_codes(Purpose, document["unidentified_purposes"]),
        enforcing=_codes(FunctionClass, document["enforcing"]),
        override_hours=_number(document["override_hours"]),
        overrides_a_day=_number(document["overrides_a_day"]),
        notice_crowd=_number(document["notice_crowd"]),
        reflection_days=_number(document["reflection_days"]),
        probing_recipients=_number(probing["recipients"]),
        probing_window_hours=_number(probing["window_hours"]),
        delivery_jitter_minutes=_number(document["delivery_jitter_minutes"]),
        notice_answer_hours=_number(clocks["notice_answer_hours"]),
        clocks=Clocks(**{field.name: _number(clocks[field.name]) for field in fields(Clocks)}),
    )


def _object(value: Json) -> Document:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _texts(value: Json) -> Iterable[str]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return map(_text, value)


def _codes(codes: type[_Code], value: Json) -> frozenset[_Code]:
    return frozenset(map(codes, _texts(value)))


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _plain(value: object) -> Json:
    match value:
        case frozenset():
            return sorted(map(str, value))
        case Clocks():
            return {field.name: getattr(value, field.name) for field in fields(Clocks)}
        case int() | str():
            return value
        case _:
            raise TypeError


@lru_cache(maxsize=8)
def _digest(policy: Policy) -> str:
    return hashlib.sha256(policy.canonical_bytes()).hexdigest()

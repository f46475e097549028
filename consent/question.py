"""What every rule is asked, and what a rule that says yes answers. No rule is given more than this."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from consent.case import Case
from consent.disclosure import Disclosure, Party
from consent.policy import Policy
from consent.records import Agreement, Consent
from schemas.documents import CompiledProfile
from schemas.vocabulary import DataCategory, Ground

PROSE = frozenset({DataCategory.FREE_TEXT, DataCategory.NARRATIVE, DataCategory.ATTACHMENT})
"""What somebody has to agree to by name: no duty and no instrument of law stands in for that word (M-09)."""


@dataclass(frozen=True, slots=True)
class Question:
    """One disclosure on a route that exists, about a person who is known, at one moment.

    `crowd` says for sets of categories how many people would look alike by them (P-05).
    """

    asked: Disclosure
    recipient: Party
    profile: CompiledProfile
    agreement: Agreement
    consents: tuple[Consent, ...]
    case: Case
    crowd: Mapping[frozenset[DataCategory], int]
    policy: Policy
    at: datetime


@dataclass(frozen=True, slots=True)
class Support:
    """What a disclosure may rest on: the ground, the record that ends it when it ends, what it covers and until when.

    `rests_on` is the id of a consent, an override or a case event. `consent` stands with grounds that are one.
    """

    ground: Ground
    rests_on: str
    categories: frozenset[DataCategory]
    until: datetime
    consent: Consent | None = None

"""What one-time codes leave behind, as rows: keyed digests, ids and times. Nobody's name stands beside a code."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from schemas.vocabulary import Coded


class CodeKind(Coded):
    """What a code is for; a code of one kind is none of the other."""

    INTRODUCTION = "introduction", "She or her advocate hands it to an agency that meets her."
    RECEIPT = "receipt", "It stands on her receipt: who has it may take the consent back."


class CodeUse(Coded):
    """What a code was used for."""

    BOUND = "bound", "An agency bound its own reference to the person."
    CONFIRMED = "confirmed", "An agency confirmed that two records are one person."


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code: its keyed digest, and the record it leads to. `expires` is None where it lasts as the record does."""

    digest: bytes
    kind: CodeKind
    person: bytes
    consent: str | None
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class CodeUseRow:
    """One use of a code, by an agency, for one of its records."""

    digest: bytes
    person: bytes
    use: CodeUse
    agency: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class TryRow:
    """One wrong code, counted against a client until `expires`."""

    client: str
    kind: CodeKind
    expires: datetime


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Two records are one person. Written in both directions, never changed."""

    person: bytes
    other: bytes
    at: datetime


CodeInsert: TypeAlias = CodeRow | CodeUseRow | TryRow | LinkRow

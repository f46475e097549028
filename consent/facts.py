"""The facts a case is made of: one small frozen record for each kind. Folded by `consent.case`, read by the rules."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.case_codes import (
    AgeDetermination,
    BestInterests,
    ChildViews,
    GuardianConflict,
    Informed,
    InstrumentKind,
    OverrideFinding,
    OverrideGround,
    PersonTold,
    Safeguard,
    VictimStatus,
)
from schemas.vocabulary import DataCategory, Purpose, Urgency


@dataclass(frozen=True, slots=True)
class Restriction:
    """She wants this category withheld from this recipient, or from everybody when `recipient` is None (C-15)."""

    category: DataCategory
    recipient: str | None = None

    def binds(self, recipient: str) -> bool:
        """Say whether this restriction speaks of that recipient."""
        return self.recipient is None or self.recipient == recipient


@dataclass(frozen=True, slots=True)
class Stated:
    """To which agency she said that she wants something withheld (C-15)."""

    by: str
    restriction: Restriction


@dataclass(frozen=True, slots=True)
class Lift:
    """From this moment on she no longer wants exactly this withheld, as far as she told that agency (C-15)."""

    by: str
    restriction: Restriction
    at: datetime


@dataclass(frozen=True, slots=True)
class Age:
    """The newest age determination (K-01). `adult_on` is the day a child turns 18, where it is known (K-06)."""

    event: str
    status: AgeDetermination
    adult_on: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Guardian:
    """The newest guardian on record, and what stands between that guardian and the child (K-05)."""

    event: str
    agency: str
    conflict: GuardianConflict
    since: datetime


@dataclass(frozen=True, slots=True)
class Basis:
    """Why telling one recipient for one purpose serves the child best (K-03)."""

    event: str
    recipient: str
    purpose: Purpose
    basis: BestInterests
    at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """The local child-protection contact (K-04)."""

    event: str
    agency: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What the child was told and what she thinks of it (K-02)."""

    event: str
    informed: Informed
    views: ChildViews
    at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """What a competent body said her status is; carried, never decided here (A-06)."""

    event: str
    status: VictimStatus
    deciding_body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Transfer:
    """What makes telling one focal point in one other country lawful, and by when it must answer (A-09)."""

    event: str
    country: str
    safeguard: Safeguard
    recipient: str
    priority: Urgency
    respond_by: date


@dataclass(frozen=True, slots=True)
class Instrument:
    """A court order or a duty in statute: for one recipient, about its categories only (E-03)."""

    event: str
    kind: InstrumentKind
    recipient: str
    categories: frozenset[DataCategory]
    person_told: PersonTold
    at: datetime


@dataclass(frozen=True, slots=True)
class Override:
    """Breaking the glass: asked for by one person, approved by a second, for one recipient, inside a time box (E-01).

    `approver` is None until somebody other than the author approves.
    """

    id: str
    ground: OverrideGround
    recipient: str
    purpose: Purpose
    author: str
    requested_at: datetime
    ends: datetime
    approver: str | None = None
    stopped_at: datetime | None = None
    finding: OverrideFinding | None = None

"""What is on record about one person and one route: consents folded from their events, restrictions, agreements.

Events are append-only (C-17); a consent's state at any past moment is the fold of the events up to it. Nothing here
reads a clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from consent.case import EMPTY, Case
from consent.errors import UnreadableRecordError
from consent.facts import Restriction
from consent.policy import ConsentDecision
from schemas.vocabulary import Coded, ConsentState, DataCategory, FunctionClass, GivenBy, Purpose


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent as it stands: one discloser, one recipient, named purposes and categories (C-01, C-03).

    `decided_at` is when she last spoke; `ends` is always set, by default from the policy (C-08). `confirmed` is False
    while a consent taken by the agency it benefits, or by an enforcing agency, waits for a second person (C-19).
    """

    id: str
    version: int
    discloser: str
    recipient: str
    decision: ConsentDecision
    purposes: frozenset[Purpose]
    categories: frozenset[DataCategory]
    restrictions: tuple[Restriction, ...]
    state: ConsentState
    decided_at: datetime
    begins: datetime
    ends: datetime
    given_by: GivenBy
    confirmed: bool

    @property
    def is_yes(self) -> bool:
        """Whether she said yes; only given and renewed are (C-02)."""
        return self.state in {ConsentState.GIVEN, ConsentState.RENEWED}


class ConsentEventType(Coded):
    """What can happen to a consent once it is recorded."""

    RECORDED = "recorded", "It was written down."
    CONFIRMED = "confirmed", "A second person confirmed it."
    WITHDRAWN = "withdrawn", "She took it back."
    REVOKED = "revoked", "Somebody else ended it."
    INVALIDATED = "invalidated", "It turned out to be an error."


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One thing that happened to a consent. `recorded` is the consent as first written and present on RECORDED only."""

    type: ConsentEventType
    at: datetime
    recorded: Consent | None = None


def folded(events: Iterable[ConsentEvent], at: datetime) -> Consent | None:
    """Return the consent as it stood at `at`, or None before it was recorded (C-17).

    Raises UnreadableRecordError when the first event does not record it: an unreadable history permits nothing.
    """
    consent: Consent | None = None
    for event in events:
        if event.at > at:
            break
        consent = _after(consent, event)
    return consent


def standing(events: Iterable[ConsentEvent]) -> Consent:
    """Return the consent as all of its events leave it: what a decision rests on now.

    No moment is asked for: what is committed has happened, and a withdrawal counts at once (C-09) even where the clock
    of the node that wrote it runs ahead of ours. Raises UnreadableRecordError like `folded`, and for no event at all.
    """
    consent: Consent | None = None
    for event in events:
        consent = _after(consent, event)
    if consent is None:
        raise UnreadableRecordError("a consent's history begins with its recording")
    return consent


def _after(consent: Consent | None, event: ConsentEvent) -> Consent:
    if event.type is ConsentEventType.RECORDED:
        if event.recorded is None or consent is not None:
            raise UnreadableRecordError("a consent is recorded exactly once")
        return event.recorded
    if consent is None:
        raise UnreadableRecordError("a consent's history begins with its recording")
    # Never older than the word it ends: the clocks of two nodes differ, and the newest word is the one that counts.
    spoken = max(event.at, consent.decided_at)
    later = replace(consent, version=consent.version + 1, decided_at=spoken)
    match event.type:
        case ConsentEventType.CONFIRMED:
            return replace(later, confirmed=True, decided_at=consent.decided_at)
        case ConsentEventType.WITHDRAWN:
            return replace(later, state=ConsentState.WITHDRAWN)
        case ConsentEventType.REVOKED:
            return replace(later, state=ConsentState.REVOKED)
        case ConsentEventType.INVALIDATED:
            return replace(later, state=ConsentState.INVALIDATED)
        case _:
            assert_never(event.type)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A data-sharing agreement in force between two agencies for one purpose (M-02)."""

    id: str
    version: int
    sender: str
    recipient: str
    purpose: Purpose
    categories: frozenset[DataCategory]
    begins: datetime
    ends: datetime
    retention_days: int

    def in_force(self, at: datetime) -> bool:
        """Say whether it is in force at that moment."""
        return self.begins <= at < self.ends


@dataclass(frozen=True, slots=True)
class Records:
    """Everything the decision may look at. `consents` is None when no person is known under the sender's reference.

    `locked` says that this sender has tried too many recipients for this person reference. `case` is everything known
    beside her consents.
    """

    agreement: Agreement | None
    consents: tuple[Consent, ...] | None
    locked: bool = False
    case: Case = EMPTY

    def restrictions(self) -> tuple[Restriction, ...]:
        """Return every restriction she ever stated, whatever became of the consent it stands in (C-15).

        Only a consent recorded in error says nothing, and what she lifted after she last spoke about it.
        """
        spoken = (consent for consent in self.consents or () if consent.state is not ConsentState.INVALIDATED)
        stated = ((entry, consent.decided_at) for consent in spoken for entry in consent.restrictions)
        return (*(entry for entry, at in stated if not self._lifted(entry, at)), *self.case.restrictions)

    def _lifted(self, restriction: Restriction, stated_at: datetime) -> bool:
        return any(lift.restriction == restriction and lift.at > stated_at for lift in self.case.lifts)


def needs_second_person(
    recipient: str, taken_by: str, taker: FunctionClass, enforcing: frozenset[FunctionClass]
) -> bool:
    """Say whether a consent is inactive until somebody else confirms it.

    It benefits its taker, or an enforcer took it (C-19).
    """
    return recipient == taken_by or taker in enforcing

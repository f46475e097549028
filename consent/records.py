"""What is on record about one person and one route: consents folded from their events, restrictions, agreements.

Events are append-only (C-17); a consent's state at any past moment is the fold of the events up to it. Nothing here
reads a clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias, assert_never

from consent.case import EMPTY, Case
from consent.errors import UnreadableRecordError
from consent.facts import Restriction
from consent.policy import ConsentDecision
from schemas.vocabulary import SAID_YES, Coded, ConsentState, DataCategory, FunctionClass, GivenBy, LegalBasis, Purpose


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
        return self.state in SAID_YES


class ConsentEventType(Coded):
    """What can happen to a consent once it is recorded."""

    RECORDED = "recorded", "It was written down."
    CONFIRMED = "confirmed", "A second person confirmed it."
    DEFERRED = "deferred", "She was asked, and will decide later."
    GIVEN = "given", "She said yes to what she had been asked."
    REFUSED = "refused", "She said no to what she had been asked."
    NARROWED = "narrowed", "She agrees to less than before."
    RENEWED = "renewed", "She was informed anew and said yes again."
    WITHDRAWN = "withdrawn", "She took it back."
    REVOKED = "revoked", "Somebody else ended it."
    INVALIDATED = "invalidated", "It turned out to be an error."


_ASKED = frozenset({ConsentState.REQUESTED, ConsentState.DEFERRED})

_Said: TypeAlias = Literal[
    ConsentEventType.DEFERRED,
    ConsentEventType.GIVEN,
    ConsentEventType.REFUSED,
    ConsentEventType.NARROWED,
    ConsentEventType.RENEWED,
]
"""What she herself may say about a consent that is on record, besides ending it."""

ENDED = frozenset({ConsentState.WITHDRAWN, ConsentState.REVOKED, ConsentState.INVALIDATED})
"""States in which a consent stands no more, whatever is said of it later."""

FOLLOWS: dict[ConsentEventType, frozenset[ConsentState]] = {
    ConsentEventType.DEFERRED: frozenset({ConsentState.REQUESTED}),
    ConsentEventType.GIVEN: _ASKED,
    ConsentEventType.REFUSED: _ASKED,
    ConsentEventType.NARROWED: SAID_YES,
    ConsentEventType.RENEWED: SAID_YES,
}
"""After which states these may happen; what does not fit changes nothing. Endings may follow anything (C-09)."""


@dataclass(frozen=True, slots=True)
class NewTerms:
    """What a later event says anew.

    Narrowing only takes away; a new yes also says until when, who gave it, and whether a second person has to confirm
    it. Nothing here can widen a consent (C-16).
    """

    said_at: datetime
    purposes: frozenset[Purpose] | None = None
    categories: frozenset[DataCategory] | None = None
    restrictions: tuple[Restriction, ...] = ()
    ends: datetime | None = None
    given_by: GivenBy | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One thing that happened to a consent.

    `recorded` is the consent as first written and present on RECORDED only; `terms` are present where something was
    said anew.
    """

    type: ConsentEventType
    at: datetime
    recorded: Consent | None = None
    terms: NewTerms | None = None


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
            return _said(consent, later, event.type, event.terms)


def _said(consent: Consent, later: Consent, kind: _Said, terms: NewTerms | None) -> Consent:
    """Return the consent after she said something anew; what does not fit its state changes nothing (C-02)."""
    if consent.state not in FOLLOWS[kind]:
        return replace(consent, version=later.version)
    match kind:
        case ConsentEventType.DEFERRED:
            return replace(later, state=ConsentState.DEFERRED)
        case ConsentEventType.REFUSED:
            return replace(later, state=ConsentState.REFUSED)
        case ConsentEventType.GIVEN:
            return _yes(later, consent, terms, ConsentState.GIVEN)
        case ConsentEventType.RENEWED:
            return _yes(later, consent, terms, ConsentState.RENEWED)
        case ConsentEventType.NARROWED:
            return _narrowed(later, consent, terms)
        case _:
            assert_never(kind)


def _yes(later: Consent, before: Consent, terms: NewTerms | None, state: ConsentState) -> Consent:
    """A yes to what was asked before, or again: the same recipient, purposes and categories (C-16)."""
    if terms is None or terms.ends is None or terms.given_by is None:
        raise UnreadableRecordError("a yes says until when, and who gave it")
    return replace(
        later,
        state=state,
        decided_at=max(terms.said_at, before.decided_at),
        ends=terms.ends,
        given_by=terms.given_by,
        confirmed=terms.confirmed,
        restrictions=(*before.restrictions, *terms.restrictions),
    )


def _narrowed(later: Consent, before: Consent, terms: NewTerms | None) -> Consent:
    """Less than before, in each respect, whatever the event says (C-16). Not a newer yes: it renews nothing."""
    if terms is None:
        raise UnreadableRecordError("a narrowing says what it takes away")
    return replace(
        later,
        decided_at=before.decided_at,
        purposes=before.purposes if terms.purposes is None else before.purposes & terms.purposes,
        categories=before.categories if terms.categories is None else before.categories & terms.categories,
        restrictions=(*before.restrictions, *terms.restrictions),
        ends=before.ends if terms.ends is None else min(before.ends, terms.ends),
    )


def state_at(consent: Consent, at: datetime) -> ConsentState:
    """Return its state at that moment: expiry is not an event, it is computed (C-08)."""
    return ConsentState.EXPIRED if consent.is_yes and at >= consent.ends else consent.state


@dataclass(frozen=True, slots=True)
class Agreement:
    """A data-sharing agreement in force between two agencies for one purpose (M-02).

    With `capacity_first` the recipient is asked whether it has room before anything about her is told (M-05).
    `legal_bases` are what the agencies rest it on; only a route that is supposed, as in a proof, has none.
    """

    id: str
    version: int
    sender: str
    recipient: str
    purpose: Purpose
    categories: frozenset[DataCategory]
    begins: datetime
    ends: datetime
    retention_days: int
    capacity_first: bool = False
    legal_bases: frozenset[LegalBasis] = frozenset()

    def in_force(self, at: datetime) -> bool:
        """Say whether it is in force at that moment."""
        return self.begins <= at < self.ends


@dataclass(frozen=True, slots=True)
class Records:
    """Everything the decision may look at. `consents` is None when no person is known under the sender's reference.

    `locked` says that this sender has tried too many recipients for this person reference, `tried` that it has under
    all references of hers together: it is told the first and not the second, which would tell it which of them are one
    person. `case` is everything known beside her consents. `crowd` says, for sets of categories, how many people look
    alike by what was released before and would be released now, she included (P-05); nothing is permitted on a set
    nobody counted.
    """

    agreement: Agreement | None
    consents: tuple[Consent, ...] | None
    locked: bool = False
    case: Case = EMPTY
    crowd: Mapping[frozenset[DataCategory], int] = field(default_factory=dict)
    tried: bool = False

    def restrictions(self) -> tuple[Restriction, ...]:
        """Return every restriction she ever stated, whatever became of the consent it stands in (C-15).

        Only a consent recorded in error says nothing, and what she lifted, at the same agency, after she last spoke
        about it.
        """
        spoken = (consent for consent in self.consents or () if consent.state is not ConsentState.INVALIDATED)
        stated = ((entry, consent) for consent in spoken for entry in consent.restrictions)
        return (*(entry for entry, consent in stated if not self._lifted(entry, consent)), *self.case.restrictions)

    def _lifted(self, restriction: Restriction, stated_in: Consent) -> bool:
        same = (lift for lift in self.case.lifts if (lift.by, lift.restriction) == (stated_in.discloser, restriction))
        return any(lift.at > stated_in.decided_at for lift in same)


def needs_second_person(
    recipient: str, taken_by: str, taker: FunctionClass, enforcing: frozenset[FunctionClass]
) -> bool:
    """Say whether a consent is inactive until somebody else confirms it.

    It benefits its taker, or an enforcer took it (C-19).
    """
    return recipient == taken_by or taker in enforcing

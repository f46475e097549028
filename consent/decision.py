"""Whether one disclosure may be made. The file an auditor reads.

`decide` is a pure function over frozen data: what is asked (`Disclosure`), what is on record (`Records`), the national
choices (`Policy`) and the moment. It never reads a clock, a database or the document itself.

The order is fixed, and it matters for what a sender may learn:

1. the route: may this kind of agency receive anything for this purpose at all (F-01, M-01, M-02), are its rules built;
2. the lock: has this sender been trying one recipient after another for this person;
3. her word: the newest thing she said about this recipient and purpose must be a yes that holds now (C-01 to C-03,
   C-08, C-09, C-19);
4. what is left: profile, agreement, consent and restrictions together must leave what the recipient needs (C-15, M-01,
   M-07, M-09).

Steps 1 and 2 rest on nothing about her and are told in full; 3 and 4 rest on her record and are collapsed for the
sender (`consent.reasons.Audience`). Nothing permits by absence: every rule names what it needs, and anything it does
not know refuses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from consent.disclosure import Disclosure, Party
from consent.policy import DECISION_OF, Policy
from consent.reasons import Reason
from consent.records import Agreement, Consent, Records
from schemas.documents import CompiledProfile
from schemas.vocabulary import AgeStatus, Coded, ConsentState, DataCategory, FunctionClass, Ground

IMPLIED = frozenset({DataCategory.ENVELOPE, DataCategory.PSEUDONYM})
"""Categories every permit covers: structure, and the number that only this recipient sees."""

_PROSE = frozenset({DataCategory.FREE_TEXT, DataCategory.NARRATIVE, DataCategory.ATTACHMENT})


class Obligation(Coded):
    """What the recipient owes; travels with every message (M-11)."""

    PURPOSE_ONLY = "purpose_only", "Use it for the stated purpose only."
    NO_ONWARD_TRANSFER = "no_onward_transfer", "Give it to nobody else; refer her on through the gateway."
    NO_ENFORCEMENT_USE = "no_enforcement_use", "Never use it for immigration enforcement."
    DELETE_AFTER_USE = "delete_after_use", "Delete it when the stated day has passed or she withdraws."


@dataclass(frozen=True, slots=True)
class Permit:
    """A yes: which categories, on what ground, and until when. Made by `decide` and by nothing else.

    `holds_until` is the first moment at which the ground has run out; `use_until` is the day the recipient must stop
    using the data.
    """

    profile: CompiledProfile
    categories: frozenset[DataCategory]
    consent: Consent
    agreement: Agreement
    obligations: tuple[Obligation, ...]
    decided_at: datetime
    holds_until: datetime
    use_until: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no, with at least one reason. Recorded like a permit (A-01)."""

    reasons: tuple[Reason, ...]
    decided_at: datetime


Decision: TypeAlias = Permit | Refusal


@dataclass(frozen=True, slots=True)
class _Route:
    """A route that exists: everything step 1 established."""

    recipient: Party
    profile: CompiledProfile
    agreement: Agreement


def decide(disclosure: Disclosure, records: Records, policy: Policy, at: datetime) -> Decision:
    """Say yes or no to one disclosure at one moment, by the four steps above."""
    route = _route(disclosure, records, policy, at)
    if isinstance(route, Reason):
        return Refusal((route,), at)
    if records.locked:
        return Refusal((Reason.PROBING_LOCKED,), at)
    consent = _her_word(disclosure, route, records, at)
    if isinstance(consent, Reason):
        return Refusal((consent,), at)
    return _what_is_left(route, consent, disclosure, records, policy, at)


# 1. The route.


def _route(disclosure: Disclosure, records: Records, policy: Policy, at: datetime) -> _Route | Reason:
    """Establish the route or the first reason there is none. Looks at no record about her."""
    recipient, profile, agreement = disclosure.recipient, disclosure.profile, records.agreement
    if recipient is None:
        return Reason.NO_AGREEMENT
    if (
        recipient.function is FunctionClass.IMMIGRATION_ENFORCEMENT
    ):  # F-01: even before the agreement, which cannot exist.
        return Reason.NEVER_RECEIVES
    if agreement is None or not _covers(agreement, disclosure, recipient) or not agreement.in_force(at):  # M-02
        return Reason.NO_AGREEMENT
    if profile is None:  # M-01: nothing is listed, so nothing may go.
        return Reason.NO_PROFILE
    for pending in _PENDING:
        if pending(disclosure, recipient, profile, policy):
            return Reason.ROUTE_NOT_YET_ENFORCED
    if (
        profile.required - IMPLIED - agreement.categories
    ):  # M-02: the agencies did not agree on what this purpose needs.
        return Reason.NO_AGREEMENT
    if not disclosure.sufficient:  # M-01
        return Reason.DOCUMENT_LACKS_REQUIRED
    return _Route(recipient, profile, agreement)


def _covers(agreement: Agreement, disclosure: Disclosure, recipient: Party) -> bool:
    return (agreement.sender, agreement.recipient, agreement.purpose) == (
        disclosure.sender.agency,
        recipient.agency,
        disclosure.purpose,
    )


def _not_known_adult(disclosure: Disclosure, _recipient: Party, _profile: CompiledProfile, _policy: Policy) -> bool:
    """K-01 to K-09: children, and everybody whose age is unknown."""
    return disclosure.age is not AgeStatus.ADULT


def _not_by_consent(disclosure: Disclosure, _recipient: Party, _profile: CompiledProfile, _policy: Policy) -> bool:
    """E-01, E-03, P-05: overrides and the duty to notify."""
    return disclosure.ground is not Ground.CONSENT


def _pending_purpose(disclosure: Disclosure, _recipient: Party, _profile: CompiledProfile, policy: Policy) -> bool:
    """Purposes whose own rules come later: co-operation (C-13, C-14), statistics (P-03), children."""
    return disclosure.purpose in policy.pending_purposes


def _across_a_border(disclosure: Disclosure, recipient: Party, _profile: CompiledProfile, _policy: Policy) -> bool:
    """A-09: only through focal points, with safeguards that are not built yet."""
    return disclosure.sender.country != recipient.country


def _status_or_cooperation(disclosure: Disclosure, _recipient: Party, profile: CompiledProfile, policy: Policy) -> bool:
    """C-14, A-06 to A-08, F-04: status and co-operation would travel on this route."""
    return bool(policy.pending_categories & disclosure.carries & profile.categories)


_PENDING: tuple[Callable[[Disclosure, Party, CompiledProfile, Policy], bool], ...] = (
    _not_known_adult,
    _not_by_consent,
    _pending_purpose,
    _across_a_border,
    _status_or_cooperation,
)
"""Routes whose rules are not built yet. Taking one out of here is how a later rule opens its route."""


# 3. Her word.


def _her_word(
    disclosure: Disclosure,
    route: _Route,
    records: Records,
    at: datetime,
) -> Consent | Reason:
    """Return the consent this disclosure may rest on, or why there is none.

    Only what she said to this discloser about this recipient counts (C-03), and only the newest of it: a later no beats
    an earlier yes, and a later, narrower yes is not widened by an earlier one (C-16).
    """
    if records.consents is None:
        return Reason.PERSON_UNKNOWN
    about_recipient = [
        consent
        for consent in records.consents
        if consent.recipient == route.recipient.agency and consent.discloser == disclosure.sender.agency
    ]
    spoken = [
        consent
        for consent in about_recipient
        if disclosure.purpose in consent.purposes and consent.decision is DECISION_OF[disclosure.purpose]  # C-13
    ]
    if not spoken:
        return Reason.PURPOSE_NOT_COVERED if about_recipient else Reason.NO_CONSENT
    newest = max(spoken, key=_newer)
    return _why_not(newest, at) or newest


def _newer(consent: Consent) -> tuple[datetime, bool, int]:
    """Order what she said: later is newer; of two words of one moment a no, and of two yeses the narrower, counts."""
    return consent.decided_at, not consent.is_yes, -len(consent.categories)


def _why_not(consent: Consent, at: datetime) -> Reason | None:
    """Return why this consent does not hold now, or None when it does (C-02, C-08, C-09, C-19)."""
    if reason := _by_state(consent.state):
        return reason
    if at < consent.begins:
        return Reason.CONSENT_NOT_YET_VALID
    if at >= consent.ends:
        return Reason.CONSENT_EXPIRED
    return None if consent.confirmed else Reason.CONSENT_UNCONFIRMED


def _by_state(state: ConsentState) -> Reason | None:
    match state:
        case ConsentState.GIVEN | ConsentState.RENEWED:
            return None
        case ConsentState.REQUESTED | ConsentState.DEFERRED:
            return Reason.CONSENT_NOT_GIVEN
        case ConsentState.REFUSED:
            return Reason.CONSENT_REFUSED
        case ConsentState.WITHDRAWN:
            return Reason.CONSENT_WITHDRAWN
        case ConsentState.REVOKED:
            return Reason.CONSENT_REVOKED
        case ConsentState.EXPIRED:
            return Reason.CONSENT_EXPIRED
        case ConsentState.INVALIDATED:
            return Reason.CONSENT_INVALIDATED
        case ConsentState.UNKNOWN:
            return Reason.CONSENT_UNKNOWN
        case _:
            assert_never(state)


# 4. What is left.


def _what_is_left(
    route: _Route,
    consent: Consent,
    disclosure: Disclosure,
    records: Records,
    policy: Policy,
    at: datetime,
) -> Decision:
    """Intersect profile, agreement and consent, take away what she restricted; can the recipient still act?"""
    agreed = (route.profile.categories & consent.categories & route.agreement.categories) | IMPLIED
    agreed -= _never_for(route.recipient, disclosure, policy)
    restricted = frozenset(
        restriction.category for restriction in records.restrictions() if restriction.binds(route.recipient.agency)
    )
    if (route.profile.required - IMPLIED) & restricted:
        return Refusal((Reason.RESTRICTED,), at)
    allowed = agreed - (restricted - IMPLIED)
    if route.profile.required - allowed:
        return Refusal((Reason.REQUIRED_NOT_COVERED,), at)
    holds_until = min(consent.ends, route.agreement.ends)
    return Permit(
        profile=route.profile,
        categories=allowed,
        consent=consent,
        agreement=route.agreement,
        obligations=tuple(Obligation),
        decided_at=at,
        holds_until=holds_until,
        use_until=min(holds_until, at + timedelta(days=route.agreement.retention_days)),
    )


def _never_for(recipient: Party, disclosure: Disclosure, policy: Policy) -> frozenset[DataCategory]:
    """Categories no consent carries to this recipient or for this purpose (M-07, M-09)."""
    never: frozenset[DataCategory] = frozenset()
    if recipient.function not in policy.address_recipients:
        never |= {DataCategory.ADDRESS}
    if disclosure.purpose in policy.unidentified_purposes:
        never |= _PROSE
    return never

"""Whether one disclosure may be made. The file an auditor reads first; each rule it names is one small function.

`decide` is a pure function over frozen data: what is asked (`Disclosure`), what is on record (`Records`), the national
choices (`Policy`) and the moment. It never reads a clock, a database or the document itself.

The order is fixed, and it matters for what a sender may learn:

1. the route (`consent.route`): may this kind of agency receive anything for this purpose at all (F-01, M-01, M-02);
2. the lock: has this sender been trying one recipient after another under this reference; and under others of the same
   person (`Records.tried`), which nobody but the data-protection officer is told;
3. what stops everything about her: an implicated guardian as recipient, processing she restricted (K-05, A-03);
4. the ground: her own word (`consent.grounds`), for a child the duty to protect her or those who speak for her
   (`consent.children`), or an exception asked for by name (`consent.overrides`); and what a border asks for on top
   (`consent.borders`);
5. what is left: profile, agreement, ground and restrictions together must leave what the recipient needs (C-14, C-15,
   M-01, M-07, M-09, M-10).

Step 1 and the lock under this reference rest on nothing about her and are told in full; everything else rests on her
record and is collapsed for the sender (`consent.reasons.Audience`). Nothing permits by absence: every rule names what
it needs, and anything it does not know refuses. No rule reads her status as a trafficked person: presumed, identified,
refused or unknown, the answer is the same (A-06 to A-08).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from consent.borders import across_a_border
from consent.children import barred_recipient, for_a_child, standing_age
from consent.disclosure import Disclosure
from consent.grounds import her_own_word
from consent.overrides import break_glass, court_order, duty_to_notify, statutory_duty
from consent.policy import DECISION_OF, ConsentDecision, Policy
from consent.question import PROSE, Question, Support
from consent.reasons import Reason
from consent.records import Agreement, Consent, Records
from consent.route import STRUCTURE, Route, route
from schemas.documents import CompiledProfile
from schemas.vocabulary import AgeStatus, Coded, DataCategory, Ground

FOR_NOBODY = frozenset({DataCategory.THIRD_PARTY, DataCategory.CREDIBILITY})
"""What goes to nobody, should a profile list it one day: others speak for their own data, and nothing here records that
they did (M-08); and what somebody thinks of her word is no fact about her (M-10)."""


class Obligation(Coded):
    """What the recipient owes; travels with every message (M-11)."""

    PURPOSE_ONLY = "purpose_only", "Use it for the stated purpose only."
    NO_ONWARD_TRANSFER = "no_onward_transfer", "Give it to nobody else; refer her on through the gateway."
    NO_ENFORCEMENT_USE = "no_enforcement_use", "Never use it for immigration enforcement."
    DELETE_AFTER_USE = "delete_after_use", "Delete it when the stated day has passed or she withdraws."


@dataclass(frozen=True, slots=True)
class Permit:
    """A yes: which categories, on what ground, and until when. Made by `decide` and by nothing else.

    `rests_on` is the id of the record that ends it when it ends: a consent, an override or a case event. `consent`
    stands where that is one. `holds_until` is the first moment at which the ground has run out; `use_until` is the day
    the recipient must stop using the data.
    """

    profile: CompiledProfile
    categories: frozenset[DataCategory]
    ground: Ground
    rests_on: str
    consent: Consent | None
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


def decide(asked: Disclosure, records: Records, policy: Policy, at: datetime) -> Decision:
    """Say yes or no to one disclosure at one moment, by the five steps above.

    Her status is not among what is asked: presumed opens what identified opens (A-07), and a refusal of it closes
    nothing she agreed to (A-08).
    """
    way = route(asked, records.agreement, policy, at)  # 1
    if isinstance(way, Reason):
        return Refusal((way,), at)
    if records.locked:  # 2, under this reference
        return Refusal((Reason.PROBING_LOCKED,), at)
    question = _question(asked, way, records, policy, at)  # 2, under any other
    if isinstance(question, Reason):
        return Refusal((question,), at)
    support = _support(question)  # 3 and 4
    if isinstance(support, Reason):
        return Refusal((support,), at)
    return _what_is_left(question, support, records)  # 5


def _question(asked: Disclosure, way: Route, records: Records, policy: Policy, at: datetime) -> Question | Reason:
    """Put the question that the later steps answer, or say that she is unknown or was tried too often."""
    if records.consents is None:
        return Reason.PERSON_UNKNOWN
    if records.tried:
        return Reason.TRIED_TOO_OFTEN
    return Question(
        asked, way.recipient, way.profile, way.agreement, records.consents, records.case, records.crowd, policy, at
    )


# 3 and 4. What stops everything, and the ground.


def _support(question: Question) -> Support | Reason:
    """Return what the disclosure rests on, or the first reason it rests on nothing."""
    if reason := barred_recipient(question) or _processing_restricted(question):
        return reason
    support = _ground(question)
    if isinstance(support, Reason):
        return support
    return across_a_border(question, support) or support


def _processing_restricted(question: Question) -> Reason | None:
    """A-03: while processing is restricted nothing moves but what saves a life now (E-01)."""
    stopped = question.case.processing_restricted and question.asked.ground is not Ground.BREAK_GLASS
    return Reason.PROCESSING_RESTRICTED if stopped else None


def _ground(question: Question) -> Support | Reason:
    """Exceptions only where they are asked for by name; otherwise her age says whose word it takes (K-01)."""
    ground = question.asked.ground
    match ground:
        case Ground.BREAK_GLASS:
            return break_glass(question)
        case Ground.COURT_ORDER:
            return court_order(question)
        case Ground.STATUTORY_DUTY:
            return statutory_duty(question)
        case Ground.DUTY_TO_NOTIFY:
            return duty_to_notify(question)
        case Ground.CONSENT | Ground.CHILD_PROTECTION | Ground.BEST_INTERESTS:
            age = standing_age(question.asked.age, question.case, question.at.date())
            if age is not AgeStatus.ADULT:
                return for_a_child(question)
            return her_own_word(question) if ground is Ground.CONSENT else Reason.NOT_A_CHILD
        case _:
            assert_never(ground)


# 5. What is left.


def _what_is_left(question: Question, support: Support, records: Records) -> Decision:
    """Intersect profile, agreement and ground, take away what is withheld; can the recipient still act?"""
    profile, agreement, at = question.profile, question.agreement, question.at
    agreed = (profile.categories & support.categories & agreement.categories) | STRUCTURE
    agreed -= _never_for(question)
    restricted = frozenset(
        restriction.category for restriction in records.restrictions() if restriction.binds(question.recipient.agency)
    )
    if (profile.required - STRUCTURE) & restricted:  # C-15: whatever the ground.
        return Refusal((Reason.RESTRICTED,), at)
    allowed = agreed - (restricted - STRUCTURE)
    if profile.required - allowed:
        return Refusal((Reason.REQUIRED_NOT_COVERED,), at)
    holds_until = min(support.until, agreement.ends)
    return Permit(
        profile=profile,
        categories=allowed,
        ground=support.ground,
        rests_on=support.rests_on,
        consent=support.consent,
        agreement=agreement,
        obligations=tuple(Obligation),
        decided_at=at,
        holds_until=holds_until,
        use_until=min(holds_until, at + timedelta(days=min(agreement.retention_days, question.policy.retention_days))),
    )


def _never_for(question: Question) -> frozenset[DataCategory]:
    """Categories no ground carries to this recipient or for this purpose (C-14, M-07 to M-10)."""
    policy, function, purpose = question.policy, question.recipient.function, question.asked.purpose
    never = FOR_NOBODY  # M-08
    # M-07: where she is goes to those who protect her, and to whoever must find her now (E-02).
    if function not in policy.address_recipients and question.asked.ground is not Ground.BREAK_GLASS:
        never |= {DataCategory.ADDRESS}
    if purpose in policy.unidentified_purposes:  # M-09
        never |= PROSE
    if DECISION_OF[purpose] is not ConsentDecision.COOPERATION:  # C-14: help never depends on co-operation.
        never |= {DataCategory.COOPERATION}
    if function in policy.enforcing:  # M-10, F-01: who may arrest her learns nothing of her papers here.
        never |= {DataCategory.IMMIGRATION_STATUS}
    return never

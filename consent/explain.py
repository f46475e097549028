"""Why it was yes or no, in words: every step of the decision in its order, and what would have to change.

Pure, and built on reasons alone, so that a decision of years ago is explained from its log entry. `for_sender` is what
its sender may hear: of everything that rests on her record one and the same sentence, whatever the cause
(`consent.reasons.Audience`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from consent.reasons import Audience, Reason


class Held(StrEnum):
    """What came of one step."""

    YES = "yes"
    NO = "no"
    NOT_LOOKED_AT = "not_looked_at"


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the decision: the rule it comes from, what must hold, whether it held, and who may hear of it."""

    rule: str
    sentence: str
    held: Held
    audience: Audience


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every step, and what would have to change for the answer to be yes; nothing for a yes."""

    steps: tuple[Step, ...]
    would_need: tuple[str, ...]


_STEPS: Sequence[tuple[str, str, frozenset[Reason]]] = (
    ("M-02", "An agreement of the two agencies about this purpose is in force.", frozenset({Reason.NO_AGREEMENT})),
    ("F-01", "The recipient is no immigration enforcement.", frozenset({Reason.NEVER_RECEIVES})),
    ("M-01", "A profile lists what such a recipient may have for this purpose.", frozenset({Reason.NO_PROFILE})),
    ("M-01", "The rules of this route are built.", frozenset({Reason.ROUTE_NOT_YET_ENFORCED})),
    ("M-01", "The document holds what the recipient needs to act.", frozenset({Reason.DOCUMENT_LACKS_REQUIRED})),
    ("M-05", "The recipient has room, where the agreement asks for it first.", frozenset({Reason.NO_ROOM_SAID})),
    ("A-01", "Few enough recipients were tried for this person.", frozenset({Reason.PROBING_LOCKED})),
    ("C-01", "Somebody is known under this reference.", frozenset({Reason.PERSON_UNKNOWN})),
    ("C-01", "She has said something about this recipient.", frozenset({Reason.NO_CONSENT})),
    ("C-16", "What she said is about this purpose.", frozenset({Reason.PURPOSE_NOT_COVERED})),
    (
        "C-02",
        "The newest thing she said is a yes that stands.",
        frozenset(
            {
                *(Reason.CONSENT_NOT_GIVEN, Reason.CONSENT_REFUSED, Reason.CONSENT_WITHDRAWN, Reason.CONSENT_REVOKED),
                *(Reason.CONSENT_INVALIDATED, Reason.CONSENT_UNKNOWN),
            }
        ),
    ),
    ("C-08", "Her yes holds at this moment.", frozenset({Reason.CONSENT_NOT_YET_VALID, Reason.CONSENT_EXPIRED})),
    ("C-19", "A second person confirmed it, where that is needed.", frozenset({Reason.CONSENT_UNCONFIRMED})),
    ("C-15", "She withholds nothing the recipient cannot act without.", frozenset({Reason.RESTRICTED})),
    ("C-01", "What she agreed to is enough for the recipient to act.", frozenset({Reason.REQUIRED_NOT_COVERED})),
    ("M-13", "What would be sent is what was shown.", frozenset({Reason.PREVIEW_DIFFERS})),
    (
        "A-03",
        "What it replaces is a referral that still stands.",
        frozenset({Reason.NOTHING_TO_REPLACE}),
    ),
    ("A-01", "The recipient's system can take it.", frozenset({Reason.RECIPIENT_UNREACHABLE})),
)
"""What the decision asks, in its order, and the reasons for which each step does not hold."""

_BEFORE_HER_RECORD = next(
    at for at, (*_, answers) in enumerate(_STEPS) if any(reason.audience is Audience.RECORD for reason in answers)
)
"""So many steps look at nothing about her."""

_WOULD_NEED: dict[Reason, str] = {
    Reason.NO_AGREEMENT: "An agreement about this route and purpose, signed by both agencies and in force.",
    Reason.NEVER_RECEIVES: "Nothing: no agreement, consent or override opens this route.",
    Reason.NO_PROFILE: "A profile for such a recipient and this purpose.",
    Reason.ROUTE_NOT_YET_ENFORCED: "Nothing that can be recorded: the gateway does not know this route's rules.",
    Reason.DOCUMENT_LACKS_REQUIRED: "A document that holds what the recipient needs.",
    Reason.NO_ROOM_SAID: "A question for room that the recipient answers with yes, named with the referral.",
    Reason.PROBING_LOCKED: "The data-protection officer, to look at what was tried and lift the lock.",
    Reason.PREVIEW_DIFFERS: "A new preview, read to her again, and its digest.",
    Reason.NOTHING_TO_REPLACE: "The newest referral it corrects, or none: a first one replaces nothing.",
    Reason.CONSENT_UNCONFIRMED: "A second person who confirms what she agreed to.",
    Reason.RESTRICTED: "Her own word, that she no longer withholds this from the recipient.",
    Reason.RECIPIENT_UNREACHABLE: "A recipient whose registered key and system can take it.",
}
_HER_CONSENT = "A live consent of hers that names this recipient, this purpose and what the recipient needs."
_CODES_OF_HER_WORD = ("consent_", "no_consent", "person_unknown", "purpose_not_covered", "required_not_covered")


def explained(reasons: Collection[Reason]) -> Explanation:
    """Explain a decision in full: a permit where there are no reasons, else a refusal for them."""
    failed = next((at for at, step in enumerate(_STEPS) if step[2] & set(reasons)), None)
    if failed is None and reasons:
        return _of_another_step(next(iter(reasons)))
    steps = tuple(
        Step(rule, sentence, _held(at, failed), _audience(answers))
        for at, (rule, sentence, answers) in enumerate(_STEPS)
    )
    return Explanation(steps, _would_need(reasons))


def for_sender(reasons: Collection[Reason]) -> Explanation:
    """Explain as far as the sender may hear: of her record one sentence, and of the route no more than `no_agreement`.

    For every reason that rests on her record the explanation is equal, so that it tells nothing the refusal did not.
    """
    if any(reason.audience is Audience.ROUTE for reason in reasons):
        return _told(explained((Reason.NO_AGREEMENT,)))
    if any(reason.audience is Audience.RECORD for reason in reasons):
        before = explained((Reason.PERSON_UNKNOWN,)).steps[:_BEFORE_HER_RECORD]
        return _told(Explanation((*before, _collapsed(Held.NO)), (_HER_CONSENT,)))
    full = explained(reasons)
    before = tuple(step for step in full.steps if step.audience is not Audience.RECORD)
    return _told(Explanation(before if reasons else (*before, _collapsed(Held.YES)), full.would_need))


def _told(explanation: Explanation) -> Explanation:
    """Leave out steps on her record, and the one that would tell a forbidden recipient from an unknown one (F-03)."""
    named = {Reason.NEVER_RECEIVES.rule}
    steps = (step for step in explanation.steps if step.rule not in named)
    told = (step for step in steps if step.audience is not Audience.RECORD or step.sentence == COLLAPSED)
    return replace(explanation, steps=tuple(told))


COLLAPSED = "The gateway holds a ground on which it may make this disclosure."
"""What stands in place of every step that looks at her record."""


def _collapsed(held: Held) -> Step:
    return Step("C-01", COLLAPSED, held, Audience.RECORD)


def _held(at: int, failed: int | None) -> Held:
    if failed is None or at < failed:
        return Held.YES
    return Held.NO if at == failed else Held.NOT_LOOKED_AT


def _audience(answers: Collection[Reason]) -> Audience:
    return next(iter(answers)).audience


def _of_another_step(reason: Reason) -> Explanation:
    """Explain a reason that no step of the usual way answers: what came before it held, as far as it is known."""
    on_record = reason.audience is Audience.RECORD
    before = _STEPS[:_BEFORE_HER_RECORD] if on_record else ()
    held = tuple(Step(rule, sentence, Held.YES, _audience(answers)) for rule, sentence, answers in before)
    return Explanation((*held, Step(reason.rule, reason.sentence, Held.NO, reason.audience)), _would_need((reason,)))


def _would_need(reasons: Collection[Reason]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_need_of(reason) for reason in reasons))


def _need_of(reason: Reason) -> str:
    if reason in _WOULD_NEED:
        return _WOULD_NEED[reason]
    if reason.value.startswith(_CODES_OF_HER_WORD):
        return _HER_CONSENT
    return f"What rule {reason.rule} asks for: {reason.sentence}"

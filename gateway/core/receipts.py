"""What a sender may learn about a decision, by audience.

Codes, sentences and dates; never a value, never a cause in her record.
"""

from collections.abc import Iterable

from consent.decision import Permit, Refusal
from consent.reasons import COLLAPSED_CODE, COLLAPSED_SENTENCE, Audience, Reason
from consent.route import STRUCTURE
from schemas.documents import Document, Json
from schemas.vocabulary import DataCategory, ReferralState


def permitted(
    decision_id: str, permit: Permit, sends: frozenset[DataCategory], carries: frozenset[DataCategory]
) -> Document:
    """Tell what is sent, and which kinds of data stay; never whether profile or person kept them back."""
    return {
        "decision_id": decision_id,
        "outcome": "permitted",
        "state": ReferralState.SUBMITTED,
        "recipient": permit.agreement.recipient,
        "purpose": permit.agreement.purpose,
        "sent": _sorted(sends - STRUCTURE),
        "not_sent": _sorted(carries - sends - STRUCTURE),
        "obligations": list(permit.obligations),
        "use_until": permit.use_until.date().isoformat(),
    }


def refused(decision_id: str, refusal: Refusal) -> Document:
    """Tell why not, as far as the sender may hear it."""
    return {"decision_id": decision_id, "outcome": "refused", "reasons": told(refusal.reasons)}


def told(reasons: Iterable[Reason]) -> list[Json]:
    """Return the reasons as a sender hears them.

    One collapsed entry for all that rest on her record (DESIGN section 5).
    """
    heard: list[Json] = []
    for reason in reasons:
        entry = _heard(reason)
        if entry not in heard:
            heard.append(entry)
    return heard


def _heard(reason: Reason) -> Json:
    match reason.audience:
        case Audience.SENDER:
            return _entry(reason)
        case Audience.ROUTE:  # An unknown and a forbidden recipient look the same.
            return _entry(Reason.NO_AGREEMENT)
        case Audience.RECORD:
            return {"code": COLLAPSED_CODE, "rule": "C-01", "sentence": COLLAPSED_SENTENCE}


def _entry(reason: Reason) -> Json:
    return {"code": reason.value, "rule": reason.rule, "sentence": reason.sentence}


def _sorted(categories: Iterable[DataCategory]) -> list[Json]:
    return [*sorted(categories)]

"""What a disclosure about an adult rests on: her own newest word about this recipient and purpose.

Also read by `consent.children`, for the word of those who speak for a child.
"""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from consent.policy import DECISION_OF
from consent.question import Question, Support
from consent.reasons import Reason
from consent.records import Consent
from schemas.vocabulary import ConsentState, GivenBy, Ground


def her_own_word(question: Question) -> Support | Reason:
    """Return her own live yes, or why there is none (C-01, K-06, K-09: an adult consents as an adult)."""
    consent = newest_word(question, _not_her_own)
    if isinstance(consent, Reason):
        return consent
    return Support(Ground.CONSENT, consent.id, consent.categories, consent.ends, consent)


def _not_her_own(consent: Consent) -> Reason | None:
    """K-06: what a guardian, an authority or a court said for her supports nothing once she is an adult."""
    return None if consent.given_by is GivenBy.SELF else Reason.NOT_HER_OWN_WORD


def newest_word(question: Question, wrong_speaker: Callable[[Consent], Reason | None]) -> Consent | Reason:
    """Return the consent this disclosure may rest on, or why there is none.

    Only what was said to this discloser about this recipient counts (C-03), and only the newest of it: a later no beats
    an earlier yes, and a later, narrower yes is not widened by an earlier one (C-16). A yes of somebody who may not say
    it is passed over (`wrong_speaker` gives the reason); a no counts whoever said it.
    """
    asked = question.asked
    about_recipient = [
        consent
        for consent in question.consents
        if consent.recipient == question.recipient.agency and consent.discloser == asked.sender.agency
    ]
    spoken = [
        consent
        for consent in about_recipient
        if asked.purpose in consent.purposes and consent.decision is DECISION_OF[asked.purpose]  # C-13
    ]
    if not spoken:
        return Reason.PURPOSE_NOT_COVERED if about_recipient else Reason.NO_CONSENT
    heard = [consent for consent in spoken if not (consent.is_yes and wrong_speaker(consent))]
    if not heard:
        return wrong_speaker(max(spoken, key=_newer)) or Reason.NO_CONSENT
    newest = max(heard, key=_newer)
    return _why_not(newest, question.at) or _left(newest, question) or newest


def _newer(consent: Consent) -> tuple[datetime, bool, int]:
    """Order what she said: later is newer; of two words of one moment a no, and of two yeses the narrower, counts."""
    return consent.decided_at, not consent.is_yes, -len(consent.categories)


def _left(consent: Consent, question: Question) -> Reason | None:
    """C-11: leaving the mechanism ends every yes said until then; one said afterwards counts again."""
    left_at = question.case.nrm_withdrawn_at
    return Reason.NRM_WITHDRAWN if left_at is not None and consent.decided_at <= left_at else None


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

"""Children, and everybody who is not known to be an adult (K-01 to K-06, K-08, K-09)."""

from datetime import UTC, date, datetime, time
from typing import assert_never

from consent.case import Case
from consent.grounds import newest_word
from consent.question import PROSE, Question, Support
from consent.reasons import Reason
from consent.records import Consent
from schemas.case_codes import AgeDetermination, GuardianConflict
from schemas.vocabulary import AgeStatus, FunctionClass, GivenBy, Ground, Purpose

AUTHORITIES = frozenset({FunctionClass.CHILD_PROTECTION, FunctionClass.COMPETENT_AUTHORITY})
"""Who is told about a child without anybody's consent (K-02)."""

PROTECTING = frozenset({Purpose.CHILD_PROTECTION, Purpose.GUARDIANSHIP, Purpose.IDENTIFICATION})
"""What for (K-02)."""

_FOREVER = datetime.max.replace(tzinfo=UTC)


def standing_age(stated: AgeStatus, case: Case, on: date) -> AgeStatus:
    """Weigh what the document states against what is on record; everything but adult is the child route (K-01).

    An age determination outweighs any document: only it leads out of the child route, and no document leads an adult
    into it, past her own word. A child whose birthday it names is an adult from that day on (K-06). Unknown and
    disputed are unknown. How old she was when she was exploited plays no part (K-09).
    """
    if case.age is None:
        return AgeStatus.UNKNOWN if stated is AgeStatus.ADULT and case.on_child_route else stated
    match case.age.status:
        case AgeDetermination.ADULT:
            return AgeStatus.ADULT
        case AgeDetermination.CHILD:
            of_age = case.age.adult_on is not None and case.age.adult_on <= on
            return AgeStatus.ADULT if of_age else AgeStatus.CHILD
        case AgeDetermination.UNKNOWN | AgeDetermination.DISPUTED:
            return AgeStatus.UNKNOWN
        case _:
            assert_never(case.age.status)


def for_a_child(question: Question) -> Support | Reason:
    """Return what a disclosure about a child may rest on: the duty to protect her, or those who speak for her.

    The duty waits for nobody's word and carries no prose (K-02, M-09). Who asks by name for the word of those who speak
    for her rests on that where it stands, with the prose it names.
    """
    contact = question.case.contact
    if contact is None:  # K-04
        return Reason.LOCAL_CONTACT_MISSING
    if question.recipient.function not in AUTHORITIES or question.asked.purpose not in PROTECTING:
        return _authorised(question)
    spoken = _authorised(question) if question.asked.ground is Ground.BEST_INTERESTS else None
    if isinstance(spoken, Support):
        return spoken
    told = question.profile.categories - PROSE
    return Support(Ground.CHILD_PROTECTION, contact.event, told, _birthday(question.case))


def _authorised(question: Question) -> Support | Reason:
    """K-03: the word of who speaks for her, and why it serves her best; nothing of it outlives her childhood (K-06)."""
    if question.asked.age is AgeStatus.ADULT:
        return Reason.AGE_IN_QUESTION
    consent = newest_word(question, lambda said: _not_for_her(said, question.case))
    if isinstance(consent, Reason):
        return consent
    wanted = (question.recipient.agency, question.asked.purpose)
    if not any((basis.recipient, basis.purpose) == wanted for basis in question.case.bases):
        return Reason.BEST_INTERESTS_MISSING
    until = min(consent.ends, _birthday(question.case))
    return Support(Ground.BEST_INTERESTS, consent.id, consent.categories, until, consent)


def _not_for_her(consent: Consent, case: Case) -> Reason | None:
    """Return why whoever gave this consent cannot speak for the child, or None (K-03, K-05)."""
    match consent.given_by:
        case GivenBy.SELF:
            return Reason.GUARDIAN_NEEDED
        case GivenBy.GUARDIAN:
            return _why_not_the_guardian(consent, case)
        case GivenBy.AUTHORITY | GivenBy.COURT:
            return None
        case _:
            assert_never(consent.given_by)


def _why_not_the_guardian(consent: Consent, case: Case) -> Reason | None:
    """K-05. A word from before the guardian was recorded may be another guardian's, and does not count."""
    guardian = case.guardian
    if guardian is None or consent.decided_at < guardian.since:
        return Reason.GUARDIAN_NEEDED
    return Reason.GUARDIAN_BARRED if _is_barred(guardian.agency, case) else None


def barred_recipient(question: Question) -> Reason | None:
    """K-05: a guardian who is barred or has a conflict receives nothing, on whatever ground."""
    return Reason.RECIPIENT_BARRED if _is_barred(question.recipient.agency, question.case) else None


def _is_barred(agency: str, case: Case) -> bool:
    guardian = case.guardian
    in_conflict = guardian is not None and guardian.conflict is not GuardianConflict.NONE
    return agency in case.barred or (guardian is not None and in_conflict and guardian.agency == agency)


def _birthday(case: Case) -> datetime:
    """Return the moment at which she comes of age, as far as anybody determined it: only a child's birthday counts."""
    if case.age is None or case.age.adult_on is None or case.age.status is not AgeDetermination.CHILD:
        return _FOREVER
    return datetime.combine(case.age.adult_on, time(), UTC)

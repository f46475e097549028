"""Grounds without her consent: a broken glass, an instrument of law, a notice without identity (E-01 to E-03, P-05).

Each is asked for by name, rests on a record that two people or a court made, and covers a closed list of categories.
"""

from datetime import datetime, timedelta

from consent.children import standing_age
from consent.facts import Instrument, Override
from consent.question import PROSE, Question, Support
from consent.reasons import Reason
from schemas.case_codes import InstrumentKind, OverrideFinding
from schemas.vocabulary import AgeStatus, DataCategory, Ground

RESCUE = frozenset(
    {
        *(DataCategory.NAME, DataCategory.ALIAS, DataCategory.AGE_BAND, DataCategory.SEX, DataCategory.LANGUAGE),
        *(DataCategory.CONTACT, DataCategory.ADDRESS, DataCategory.MEETING_POINT),
        *(DataCategory.NEED, DataCategory.RISK, DataCategory.HEALTH_ACCESS, DataCategory.HEALTH),
    }
)
"""All that breaking the glass may tell: who and where she is, what endangers her. Never what was done to her (E-02)."""

NOTICE = frozenset({DataCategory.EXPLOITATION, DataCategory.EVENT})
"""All that a notice without identity may tell: what kind of crime, in which country and year (P-05)."""


def break_glass(question: Question) -> Support | Reason:
    """Return the override that is open for this recipient and purpose now, or why there is none (E-01)."""
    wanted = (question.recipient.agency, question.asked.purpose)
    mine = [entry for entry in question.case.overrides if (entry.recipient, entry.purpose) == wanted]
    if not mine:
        return Reason.OVERRIDE_MISSING
    closed = [(entry, _why_closed(entry, question)) for entry in mine]
    is_open = [entry for entry, reason in closed if reason is None]
    if not is_open:
        return closed[-1][1] or Reason.OVERRIDE_MISSING
    last = max(is_open, key=lambda entry: _ends(entry, question))
    return Support(Ground.BREAK_GLASS, last.id, RESCUE, _ends(last, question))


def _why_closed(override: Override, question: Question) -> Reason | None:
    if override.approver is None or override.approver == override.author:
        return Reason.OVERRIDE_NOT_APPROVED
    stopped = override.stopped_at is not None or override.finding is OverrideFinding.NOT_JUSTIFIED
    if stopped or question.at >= _ends(override, question):
        return Reason.OVERRIDE_OVER
    return None


def _ends(override: Override, question: Question) -> datetime:
    """Return when it ends: as asked for, and never later than the country allows."""
    return min(override.ends, override.requested_at + timedelta(hours=question.policy.override_hours))


def court_order(question: Question) -> Support | Reason:
    """Return the court order that names this recipient (E-03)."""
    return _instrument(question, InstrumentKind.COURT_ORDER, Ground.COURT_ORDER)


def statutory_duty(question: Question) -> Support | Reason:
    """Return the duty in statute that names this recipient (E-03)."""
    return _instrument(question, InstrumentKind.STATUTORY_DUTY, Ground.STATUTORY_DUTY)


def _instrument(question: Question, kind: InstrumentKind, ground: Ground) -> Support | Reason:
    """The newest of that kind for this recipient counts, and covers its own categories only; never prose (M-09)."""
    mine = [entry for entry in question.case.instruments if _names(entry, kind, question)]
    if not mine:
        return Reason.INSTRUMENT_MISSING
    return Support(ground, mine[-1].event, mine[-1].categories - PROSE, question.agreement.ends)


def _names(instrument: Instrument, kind: InstrumentKind, question: Question) -> bool:
    return instrument.kind is kind and instrument.recipient == question.recipient.agency


def duty_to_notify(question: Question) -> Support | Reason:
    """Return the most that can be told of an adult without telling who she is (P-05).

    As much of the closed list as describes enough people alike, counted over what was already released. Where nobody
    counted, nothing is told. Never about a child: a child is referred (K-02), not counted (K-08).
    """
    if standing_age(question.asked.age, question.case, question.at.date()) is not AgeStatus.ADULT:
        return Reason.NOTICE_OF_A_CHILD
    if DataCategory.PSEUDONYM in question.profile.categories:
        return Reason.NOTICE_TOO_SINGULAR
    enough = [
        told for told, alike in question.crowd.items() if told <= NOTICE and alike >= question.policy.notice_crowd
    ]
    if not enough:
        return Reason.NOTICE_TOO_SINGULAR
    told = max(enough, key=lambda categories: (len(categories), sorted(categories)))
    return Support(Ground.DUTY_TO_NOTIFY, _DUTY, told, question.agreement.ends)


_DUTY = "duty-to-notify"
"""A notice rests on no record about her: it names nobody."""

"""Telling another country (A-09): only a focal point, only with consent to it, only with a safeguard on record."""

from consent.facts import Transfer
from consent.question import Question, Support
from consent.reasons import Reason
from schemas.vocabulary import Purpose


def across_a_border(question: Question, support: Support) -> Reason | None:
    """Return why this may not go abroad, or None where it does not or may (the route saw to the focal point).

    Consent to a focal point for cross-border assistance is consent to its country: it names that recipient and that
    purpose, and no other. No exception without consent reaches over a border.
    """
    abroad = question.asked.sender.country != question.recipient.country
    if not abroad and question.asked.purpose is not Purpose.CROSS_BORDER:
        return None
    if support.consent is None or question.asked.purpose is not Purpose.CROSS_BORDER:
        return Reason.BORDER_NEEDS_CONSENT
    if not any(_leads_there(transfer, question, abroad=abroad) for transfer in question.case.transfers):
        return Reason.SAFEGUARD_MISSING
    return None


def _leads_there(transfer: Transfer, question: Question, *, abroad: bool) -> bool:
    to_it = transfer.recipient == question.recipient.agency
    return to_it and (not abroad or transfer.country == question.recipient.country)

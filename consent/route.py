"""Step 1: whether there is a route at all. Looks at no record about her, so its answers tell nothing about one."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from consent.disclosure import Disclosure, Party
from consent.policy import DECISION_OF, ConsentDecision, Policy
from consent.reasons import Reason
from consent.records import Agreement
from schemas.documents import CompiledProfile
from schemas.vocabulary import DataCategory, FunctionClass, Ground, Purpose

STRUCTURE = frozenset({DataCategory.ENVELOPE, DataCategory.PSEUDONYM})
"""Categories nobody has to name, and every permit covers: structure, and the number that only this recipient sees."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route that exists."""

    recipient: Party
    profile: CompiledProfile
    agreement: Agreement


def route(asked: Disclosure, agreement: Agreement | None, policy: Policy, at: datetime) -> Route | Reason:
    """Establish the route, or the first reason there is none.

    Immigration protection is a recipient like others, by its own minimal profile and with her consent (F-02);
    immigration enforcement is none (F-01).
    """
    recipient, profile = asked.recipient, asked.profile
    if recipient is None:
        return Reason.NO_AGREEMENT
    if recipient.function is FunctionClass.IMMIGRATION_ENFORCEMENT:  # F-01: whatever the ground, whatever the purpose.
        return Reason.NEVER_RECEIVES
    if agreement is None or not _covers(agreement, asked, recipient) or not agreement.in_force(at):  # M-02
        return Reason.NO_AGREEMENT
    if asked.sender.country != recipient.country and recipient.function is not FunctionClass.FOCAL_POINT:
        return Reason.NOT_A_FOCAL_POINT
    if profile is None:  # M-01: nothing is listed, so nothing may go.
        return Reason.NO_PROFILE
    if reason := _not_open(asked, recipient, agreement, policy):
        return reason
    if profile.required - STRUCTURE - agreement.categories:  # M-02: they did not agree on what this purpose needs.
        return Reason.NO_AGREEMENT
    if not asked.sufficient:  # M-01
        return Reason.DOCUMENT_LACKS_REQUIRED
    if agreement.capacity_first and not asked.room and _waits_for_room(asked):  # M-05
        return Reason.NO_ROOM_SAID
    return Route(recipient, profile, agreement)


def _waits_for_room(asked: Disclosure) -> bool:
    """Help can wait until somebody has room for her; protection, rescue and what the law orders wait for nobody."""
    ordered = asked.ground in {Ground.COURT_ORDER, Ground.STATUTORY_DUTY}
    return DECISION_OF[asked.purpose] is ConsentDecision.SUPPORT and not ordered


def _not_open(asked: Disclosure, recipient: Party, agreement: Agreement, policy: Policy) -> Reason | None:
    """Return why the country, the rules built so far or the ground claimed do not open this way."""
    if recipient.function not in policy.recipients or asked.purpose not in policy.purposes:  # F-03
        return Reason.NOT_IN_THIS_COUNTRY
    if not agreement.legal_bases <= policy.legal_bases:  # M-02: agencies may not rest it on what the law there has not.
        return Reason.NOT_IN_THIS_COUNTRY
    if asked.purpose in policy.pending_purposes:
        return Reason.ROUTE_NOT_YET_ENFORCED
    return None if _fits(asked.ground, asked.purpose) else Reason.GROUND_AND_PURPOSE_DIFFER


def _covers(agreement: Agreement, asked: Disclosure, recipient: Party) -> bool:
    return (agreement.sender, agreement.recipient, agreement.purpose) == (
        asked.sender.agency,
        recipient.agency,
        asked.purpose,
    )


def _fits(ground: Ground, purpose: Purpose) -> bool:
    """Say whether the ground claimed and the purpose belong together.

    Breaking the glass uses the emergency profile only (E-01), a duty to notify the profile without a person only
    (P-05), and that profile serves nothing else.
    """
    match ground:
        case Ground.BREAK_GLASS:
            return purpose is Purpose.EMERGENCY
        case Ground.DUTY_TO_NOTIFY:
            return purpose is Purpose.LEGAL_OBLIGATION
        case (
            Ground.CONSENT
            | Ground.COURT_ORDER
            | Ground.STATUTORY_DUTY
            | Ground.CHILD_PROTECTION
            | Ground.BEST_INTERESTS
        ):
            return purpose is not Purpose.LEGAL_OBLIGATION
        case _:
            assert_never(ground)

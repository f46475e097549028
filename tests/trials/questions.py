"""The questions put after every step of a random history: every route, on every ground, whatever the document says.

Left out is what would be the same question again: what the route alone answers with no (it looks at no record, so no
history can change it), and another age where the ground claimed is an exception that does not ask for one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from builders import HOUR, NOON, SHELTER, a_disclosure, a_party, a_profile, an_agreement

from consent.case import Case
from consent.decision import Decision, Permit
from consent.disclosure import Disclosure
from consent.policy import Policy
from consent.reasons import Reason
from consent.records import Consent, Records
from consent.route import route
from schemas.vocabulary import AgeStatus, DataCategory, FunctionClass, Ground, Purpose

Rules: TypeAlias = Callable[[Disclosure, Records, Policy, datetime], Decision]

POLICY = Policy()
ROUTES = (
    (FunctionClass.SHELTER, Purpose.ACCOMMODATION),
    (FunctionClass.CHILD_PROTECTION, Purpose.CHILD_PROTECTION),
    (FunctionClass.POLICE, Purpose.INVESTIGATION),
    (FunctionClass.POLICE, Purpose.EMERGENCY),
    (FunctionClass.POLICE, Purpose.LEGAL_OBLIGATION),
    (FunctionClass.FOCAL_POINT, Purpose.CROSS_BORDER),
)
AGREEMENTS = {
    purpose: an_agreement(purpose=purpose, categories=frozenset(DataCategory), ends=NOON + 9999 * HOUR)
    for _, purpose in ROUTES
}
AGELESS = {Ground.BREAK_GLASS, Ground.COURT_ORDER, Ground.STATUTORY_DUTY}
CROWD = {frozenset({DataCategory.EXPLOITATION}): POLICY.notice_crowd}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, and what was answered."""

    question: Disclosure
    decision: Decision

    @property
    def passes(self) -> frozenset[DataCategory]:
        """What may go."""
        return self.decision.categories if isinstance(self.decision, Permit) else frozenset()


def _questions() -> Iterable[Disclosure]:
    for function, purpose in ROUTES:
        profile = a_profile(function, purpose)
        for country in ("XX", "YY") if function is FunctionClass.FOCAL_POINT else ("XX",):
            recipient = a_party(SHELTER, function, country)
            for ground in Ground:
                for age in [AgeStatus.UNKNOWN] if ground in AGELESS else AgeStatus:
                    yield a_disclosure(recipient=recipient, purpose=purpose, profile=profile, age=age, ground=ground)


def _is_open(asked: Disclosure) -> bool:
    return not isinstance(route(asked, AGREEMENTS[asked.purpose], POLICY, NOON), Reason)


QUESTIONS = tuple(filter(_is_open, _questions()))


def records_of(purpose: Purpose, consents: tuple[Consent, ...], case: Case) -> Records:
    """Return what is on record of her and of that purpose's agreement."""
    return Records(AGREEMENTS[purpose], consents, case=case, crowd=CROWD)


def answers(rules: Rules, consents: tuple[Consent, ...], case: Case, at: datetime) -> list[Asked]:
    """Put every question to these rules."""
    records = {purpose: records_of(purpose, consents, case) for purpose in AGREEMENTS}
    return [Asked(question, rules(question, records[question.purpose], POLICY, at)) for question in QUESTIONS]

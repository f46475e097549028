"""The proof that nothing reaches immigration enforcement (F-01), made whenever a policy or the directory is loaded.

It does not read the rules, it asks them: for every enforcement agency, every purpose, every ground and every kind of
sender it puts the question with everything on record that could ever permit it, and the profile that lists everything.
One yes, and the gateway does not start. A wall between two agencies is worth nothing where both are run by the same
hands; so whoever shares an operator, a client, a key or an endpoint with an enforcement agency is refused as well.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

from consent.case import Case
from consent.decision import Permit, decide
from consent.disclosure import Disclosure, Party
from consent.errors import ReachableEnforcementError
from consent.facts import Age, Basis, Contact, Instrument, Override, Transfer
from consent.policy import DECISION_OF, Policy
from consent.records import Agreement, Consent, Records
from schemas.case_codes import AgeDetermination, BestInterests, InstrumentKind, OverrideGround, PersonTold, Safeguard
from schemas.documents import CompiledProfile
from schemas.vocabulary import (
    AgeStatus,
    ConsentState,
    DataCategory,
    FunctionClass,
    GivenBy,
    Ground,
    Purpose,
    Urgency,
)

_AT = datetime(2000, 1, 1, tzinfo=UTC)
_BEFORE, _AFTER = _AT - timedelta(hours=1), _AT + timedelta(hours=1)
_ALL = frozenset(DataCategory)


@dataclass(frozen=True, slots=True)
class Member:
    """An agency as far as the wall is concerned: what it is for, whose hands run it, what it holds."""

    party: Party
    operator: str
    clients: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    endpoints: frozenset[str] = frozenset()

    @property
    def enforces(self) -> bool:
        """Say whether it enforces immigration law."""
        return self.party.function is FunctionClass.IMMIGRATION_ENFORCEMENT


def unreachable(policy: Policy, agreements: Iterable[Agreement], agencies: Iterable[Member]) -> None:
    """Return if nothing can reach immigration enforcement, else raise ReachableEnforcementError.

    `agreements` are all on record, whether in force or not; `agencies` everybody registered. Where no enforcement
    agency is registered the rules are asked about an invented one all the same.
    """
    members = tuple(agencies)
    enforcement = tuple(member for member in members if member.enforces)
    _no_agreement_leads_there(agreements, enforcement)
    _nobody_shares_hands(members, enforcement)
    senders = {member.party for member in members} or {Party("sender", FunctionClass.SHELTER, policy.country)}
    kinds = {(party.function, party.country): party for party in senders}
    invented = Party("enforcement", FunctionClass.IMMIGRATION_ENFORCEMENT, policy.country)
    for sender, recipient in product(kinds.values(), (*(member.party for member in enforcement), invented)):
        _no_question_is_answered_yes(policy, sender, recipient)


def _no_agreement_leads_there(agreements: Iterable[Agreement], enforcement: Iterable[Member]) -> None:
    named = {member.party.agency for member in enforcement}
    for agreement in agreements:
        if agreement.recipient in named:
            raise ReachableEnforcementError("an agreement names enforcement as its recipient", agreement.recipient)


def _nobody_shares_hands(members: Iterable[Member], enforcement: tuple[Member, ...]) -> None:
    """Refuse whoever stands beside an enforcement agency. Two that both enforce may share what they like."""
    for member, wall in product(members, enforcement):
        if not member.enforces and any(_shared(member, wall)):
            raise ReachableEnforcementError(
                "an agency shares operator, client, key or endpoint with an enforcement agency", member.party.agency
            )


def _shared(one: Member, other: Member) -> Iterator[bool]:
    yield one.operator == other.operator
    yield bool(one.clients & other.clients)
    yield bool(one.keys & other.keys)
    yield bool(one.endpoints & other.endpoints)


def _no_question_is_answered_yes(policy: Policy, sender: Party, recipient: Party) -> None:
    for purpose in Purpose:
        questions = tuple(_questions(sender, recipient, purpose))
        for adult in (True, False):
            held = everything_for(questions[0], policy, adult=adult)  # The same whatever the ground and the age.
            if any(isinstance(decide(asked, held, policy, _AT), Permit) for asked in questions):
                raise ReachableEnforcementError("a rule lets an enforcement agency receive", recipient.agency)


def _questions(sender: Party, recipient: Party, purpose: Purpose) -> Iterator[Disclosure]:
    profile = _profile(purpose)
    for ground, age in product(Ground, AgeStatus):
        yield Disclosure(sender, recipient, purpose, profile, _ALL, sufficient=True, age=age, ground=ground)


def everything_for(asked: Disclosure, policy: Policy, *, adult: bool) -> Records:
    """Return records with everything on them that any rule could ask for about an adult, or about a child."""
    recipient = asked.recipient.agency if asked.recipient else ""
    country = asked.recipient.country if asked.recipient else ""
    agreement = Agreement("a", 1, asked.sender.agency, recipient, asked.purpose, _ALL, _BEFORE, _AFTER, 1)
    said = tuple(_yes(asked, recipient, by) for by in GivenBy)
    instruments = tuple(Instrument(kind, kind, recipient, _ALL, PersonTold.YES, _BEFORE) for kind in InstrumentKind)
    override = Override("o", OverrideGround.DANGER_TO_LIFE, recipient, asked.purpose, "one", _BEFORE, _AFTER, "two")
    case = Case(
        age=Age("d", AgeDetermination.ADULT, None, _BEFORE) if adult else None,
        contact=Contact("c", "contact"),
        bases=(Basis("b", recipient, asked.purpose, BestInterests.SAFETY, _BEFORE),),
        transfers=(Transfer("t", country, Safeguard.TREATY, recipient, Urgency.URGENT, _AFTER.date()),),
        instruments=instruments,
        overrides=(override,),
    )
    crowd = {frozenset({DataCategory.EXPLOITATION, DataCategory.EVENT}): policy.notice_crowd}
    return Records(agreement, said, case=case, crowd=crowd)


def _yes(asked: Disclosure, recipient: str, given_by: GivenBy) -> Consent:
    return Consent(
        id=given_by,
        version=1,
        discloser=asked.sender.agency,
        recipient=recipient,
        decision=DECISION_OF[asked.purpose],
        purposes=frozenset({asked.purpose}),
        categories=_ALL,
        restrictions=(),
        state=ConsentState.GIVEN,
        decided_at=_BEFORE,
        begins=_BEFORE,
        ends=_AFTER,
        given_by=given_by,
        confirmed=True,
    )


def _profile(purpose: Purpose) -> CompiledProfile:
    """The most generous profile there could be: it lists every category, and requires nothing."""
    listed = _ALL - {DataCategory.PSEUDONYM} if purpose is Purpose.LEGAL_OBLIGATION else _ALL
    return CompiledProfile("everything", FunctionClass.IMMIGRATION_ENFORCEMENT, purpose, "", (), listed, frozenset())

"""What a yes says: which categories, until when, with which obligations. Nothing is in it by absence."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import DAY, HOUR, NOON, SHELTER, a_consent, a_disclosure, a_party, a_profile, an_agreement, some_records

from consent.case import Case
from consent.decision import Obligation, Permit, Refusal, decide
from consent.disclosure import Disclosure
from consent.facts import Instrument, Restriction
from consent.policy import DECISION_OF, Policy
from consent.question import PROSE
from consent.reasons import Reason
from consent.records import Records
from consent.route import STRUCTURE
from schemas.case_codes import InstrumentKind, PersonTold
from schemas.vocabulary import DataCategory, FunctionClass, Ground, LegalBasis, Purpose

ALL_BUILT = Policy(pending_purposes=frozenset())
"""The rules as they will be once no route is pending, so that the last step can be looked at alone."""
ALIAS, NEED, RISK = DataCategory.ALIAS, DataCategory.NEED, DataCategory.RISK


def permit(asked: Disclosure | None = None, records: Records | None = None, policy: Policy | None = None) -> Permit:
    decision = decide(asked or a_disclosure(), records or some_records(), policy or Policy(), NOON)
    assert isinstance(decision, Permit)
    return decision


def passes(category: DataCategory, function: FunctionClass, purpose: Purpose = Purpose.ACCOMMODATION) -> bool:
    """Whether the category passes when profile, agreement and consent all name it."""
    profile = replace(a_profile(), categories=a_profile().categories | {category})
    asked = a_disclosure(recipient=a_party(SHELTER, function), purpose=purpose, profile=profile)
    said = a_consent(purposes=frozenset({purpose}), decision=DECISION_OF[purpose], categories=profile.categories)
    agreed = an_agreement(purpose=purpose, categories=profile.categories)
    return category in permit(asked, some_records(said, agreement=agreed), ALL_BUILT).categories


def test_m_01_what_passes_is_what_profile_consent_and_agreement_all_name() -> None:
    said = a_consent(categories=frozenset({NEED, ALIAS, RISK, DataCategory.NAME}))
    agreed = an_agreement(categories=frozenset({NEED, ALIAS, DataCategory.SEX, DataCategory.NAME}))
    assert permit(records=some_records(said, agreement=agreed)).categories == {NEED, ALIAS} | STRUCTURE


def test_c_01_everything_named_by_all_three_passes() -> None:
    assert permit().categories == a_profile().categories


@pytest.mark.parametrize("recipient", [SHELTER, None], ids=["from this shelter", "from everybody"])
def test_c_15_what_she_withholds_is_taken_away_and_the_rest_passes(recipient: str | None) -> None:
    said = a_consent(restrictions=(Restriction(ALIAS, recipient), Restriction(RISK, "hill-shelter")))
    assert permit(records=some_records(said)).categories == a_profile().categories - {ALIAS}


def test_c_15_structure_and_the_recipients_own_number_cannot_be_withheld() -> None:
    said = a_consent(restrictions=tuple(Restriction(category) for category in STRUCTURE))
    assert permit(records=some_records(said)).categories == a_profile().categories


@pytest.mark.parametrize(
    "function", [kind for kind in FunctionClass if kind is not FunctionClass.IMMIGRATION_ENFORCEMENT]
)
def test_m_07_an_address_goes_only_to_those_directly_involved(function: FunctionClass) -> None:
    involved = {
        FunctionClass.POLICE,
        FunctionClass.CHILD_PROTECTION,
        FunctionClass.GUARDIAN_SERVICE,
        FunctionClass.COMPETENT_AUTHORITY,
    }
    assert passes(DataCategory.ADDRESS, function) == (function in involved)


@pytest.mark.parametrize("category", [DataCategory.FREE_TEXT, DataCategory.NARRATIVE, DataCategory.ATTACHMENT])
@pytest.mark.parametrize(
    "purpose", [one for one in Purpose if one not in {Purpose.CROSS_BORDER, Purpose.LEGAL_OBLIGATION}]
)
def test_m_09_prose_never_goes_where_nobody_is_named(category: DataCategory, purpose: Purpose) -> None:
    """A notice has a closed list of its own (P-05), and what crosses a border needs a safeguard first (A-09)."""
    assert passes(category, FunctionClass.SHELTER, purpose) == (purpose is not Purpose.STATISTICS)


TO_WHOM = [
    (FunctionClass.SHELTER, Purpose.ACCOMMODATION),
    (FunctionClass.POLICE, Purpose.INVESTIGATION),
    (FunctionClass.COMPETENT_AUTHORITY, Purpose.IDENTIFICATION),
]


@pytest.mark.parametrize(("function", "purpose"), TO_WHOM)
def test_m_08_m_10_what_is_about_others_or_doubts_her_goes_to_nobody_whatever_names_it(
    function: FunctionClass, purpose: Purpose
) -> None:
    assert not passes(DataCategory.THIRD_PARTY, function, purpose)
    assert not passes(DataCategory.CREDIBILITY, function, purpose)
    assert passes(DataCategory.OFFENCE, function, purpose), "the canary: what all three name passes"


def test_m_07_m_09_where_nobody_is_named_neither_prose_nor_address_goes() -> None:
    """A canary of the two together: what one rule takes away the next does not bring back."""
    for category in (DataCategory.ADDRESS, DataCategory.NARRATIVE):
        assert not passes(category, FunctionClass.RAPPORTEUR, Purpose.STATISTICS)


def test_m_09_prose_needs_her_word_for_it() -> None:
    profile = replace(a_profile(), categories=a_profile().categories | {DataCategory.NARRATIVE})
    agreed = an_agreement(categories=profile.categories)
    without = permit(a_disclosure(profile=profile), some_records(agreement=agreed))
    assert DataCategory.NARRATIVE not in without.categories


@pytest.mark.parametrize(("kind", "ground"), [(kind, Ground(kind.value)) for kind in InstrumentKind])
def test_m_09_no_order_and_no_statute_is_her_word_for_prose(kind: InstrumentKind, ground: Ground) -> None:
    everything = frozenset(DataCategory)
    order = Instrument("event", kind, SHELTER, everything, PersonTold.YES, NOON)
    profile = replace(a_profile(), categories=a_profile().categories | PROSE | {DataCategory.NAME})
    known = some_records(agreement=an_agreement(categories=everything), case=Case(instruments=(order,)))
    told = permit(a_disclosure(profile=profile, ground=ground), known).categories
    assert told == profile.categories - PROSE


def test_m_11_every_obligation_travels_with_every_permit() -> None:
    assert permit().obligations == tuple(Obligation)


def test_c_08_a_permit_holds_until_consent_or_agreement_is_over() -> None:
    assert permit(records=some_records(a_consent(ends=NOON + DAY))).holds_until == NOON + DAY
    assert permit(records=some_records(agreement=an_agreement(ends=NOON + HOUR))).holds_until == NOON + HOUR


@pytest.mark.parametrize(("days", "use_for"), [(30, 30), (400, 90)], ids=["retention", "consent"])
def test_a_04_use_ends_with_the_retention_agreed_or_with_the_ground(days: int, use_for: int) -> None:
    said = a_consent(ends=NOON + timedelta(days=90))
    found = permit(records=some_records(said, agreement=an_agreement(retention_days=days, ends=NOON + 500 * DAY)))
    assert found.use_until == NOON + timedelta(days=use_for)


def test_the_permit_names_the_ground_it_rests_on() -> None:
    older = a_consent(id="older", decided_at=NOON - DAY)
    assert permit(records=some_records(older, a_consent())).consent == a_consent()
    assert permit().agreement == an_agreement()
    assert permit().profile == a_profile()
    assert permit().decided_at == NOON


def test_a_national_policy_can_forbid_more() -> None:
    stricter = Policy(pending_purposes=Policy().pending_purposes | {Purpose.ACCOMMODATION})
    assert not isinstance(decide(a_disclosure(), some_records(), stricter, NOON), Permit)


@pytest.mark.parametrize(
    "policy",
    [
        Policy(recipients=Policy().recipients - {FunctionClass.SHELTER}),
        Policy(purposes=Policy().purposes - {Purpose.ACCOMMODATION}),
    ],
    ids=["recipient", "purpose"],
)
def test_f_03_what_the_country_does_not_know_gets_nothing(policy: Policy) -> None:
    assert decide(a_disclosure(), some_records(), policy, NOON) == Refusal((Reason.NOT_IN_THIS_COUNTRY,), NOON)
    assert permit(policy=Policy(recipients=frozenset({FunctionClass.SHELTER})))


def test_m_02_an_agreement_rests_on_nothing_the_country_does_not_know() -> None:
    rests_on = frozenset({LegalBasis.EXPLICIT_CONSENT, LegalBasis.LEGAL_OBLIGATION})
    records = some_records(agreement=an_agreement(legal_bases=rests_on))
    narrower = Policy(legal_bases=Policy().legal_bases - {LegalBasis.LEGAL_OBLIGATION})
    assert decide(a_disclosure(), records, narrower, NOON) == Refusal((Reason.NOT_IN_THIS_COUNTRY,), NOON)
    assert isinstance(decide(a_disclosure(), records, Policy(legal_bases=rests_on), NOON), Permit)


def test_a_04_a_country_may_shorten_what_agencies_agreed() -> None:
    assert permit(policy=Policy(retention_days=3)).use_until == NOON + 3 * DAY

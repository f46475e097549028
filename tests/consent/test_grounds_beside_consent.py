"""Grounds beside her own word, at their edges: which record counts, from when, until when."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import (
    DAY,
    HOUR,
    NOON,
    SHELTER,
    a_consent,
    a_disclosure,
    a_party,
    a_profile,
    an_agreement,
    some_records,
)

from consent.case import Case
from consent.decision import Decision, Permit, Refusal, decide
from consent.disclosure import Disclosure
from consent.facts import Age, Basis, Contact, Guardian, Override
from consent.policy import DECISION_OF, Policy
from consent.question import PROSE
from consent.reasons import Reason
from consent.records import Consent
from consent.route import Route, route
from schemas.case_codes import AgeDetermination, BestInterests, GuardianConflict, OverrideGround
from schemas.vocabulary import AgeStatus, ConsentState, DataCategory, FunctionClass, GivenBy, Ground, Purpose

ALL = frozenset(DataCategory)
KIND, EVENT = DataCategory.EXPLOITATION, DataCategory.EVENT
CHILD = Case(
    contact=Contact("contact", "city-children"),
    bases=(Basis("basis", SHELTER, Purpose.ACCOMMODATION, BestInterests.SAFETY, NOON),),
    guardian=Guardian("guardian", "north", GuardianConflict.NONE, NOON - HOUR),
)
SAID_FOR_HER = a_consent(given_by=GivenBy.GUARDIAN, decided_at=NOON - HOUR)


def asked(function: FunctionClass, purpose: Purpose, **changes: object) -> Disclosure:
    profile = a_profile(function, purpose)
    return a_disclosure(recipient=a_party(SHELTER, function), purpose=purpose, profile=profile, **changes)


def decided(question: Disclosure, *consents: Consent, **known: object) -> Decision:
    agreement = an_agreement(purpose=question.purpose, categories=ALL)
    records = replace(some_records(*consents, agreement=agreement, **known), consents=consents)
    return decide(question, records, Policy(), NOON)


def permitted(question: Disclosure, *consents: Consent, **known: object) -> Permit:
    permit = decided(question, *consents, **known)
    assert isinstance(permit, Permit)
    return permit


class TestAChild:
    BED = a_disclosure(age=AgeStatus.CHILD)

    def test_k_03_what_is_said_for_her_counts_from_the_moment_the_guardian_is_recorded(self) -> None:
        permit = permitted(self.BED, SAID_FOR_HER, case=CHILD)
        assert (permit.ground, permit.consent, permit.rests_on) == (
            *(Ground.BEST_INTERESTS, SAID_FOR_HER, SAID_FOR_HER.id),
        )
        earlier = replace(SAID_FOR_HER, decided_at=NOON - 2 * HOUR)
        assert decided(self.BED, earlier, case=CHILD) == Refusal((Reason.GUARDIAN_NEEDED,), NOON)

    def test_k_06_what_is_said_for_her_ends_on_her_birthday(self) -> None:
        tomorrow = NOON.date() + DAY
        age = Age("age", AgeDetermination.CHILD, tomorrow, NOON)
        permit = permitted(self.BED, SAID_FOR_HER, case=replace(CHILD, age=age))
        assert permit.holds_until == datetime(2031, 3, 15, tzinfo=UTC)
        unknown = replace(age, adult_on=None)
        assert permitted(self.BED, SAID_FOR_HER, case=replace(CHILD, age=unknown)).holds_until == SAID_FOR_HER.ends

    @pytest.mark.parametrize(
        ("function", "purpose"),
        [
            (FunctionClass.GUARDIAN_SERVICE, Purpose.GUARDIANSHIP),
            (FunctionClass.POLICE, Purpose.INVESTIGATION),
        ],
    )
    def test_k_02_only_an_authority_is_told_without_anybodys_word(
        self, function: FunctionClass, purpose: Purpose
    ) -> None:
        question = asked(function, purpose, age=AgeStatus.CHILD)
        assert decided(question, case=CHILD) == Refusal((Reason.NO_CONSENT,), NOON)

    def test_k_02_an_authority_is_told_without_it_only_to_protect_her(self) -> None:
        protecting = asked(FunctionClass.CHILD_PROTECTION, Purpose.CHILD_PROTECTION, age=AgeStatus.CHILD)
        assert permitted(protecting, case=CHILD).ground is Ground.CHILD_PROTECTION
        housing = replace(protecting, purpose=Purpose.ACCOMMODATION)
        assert decided(housing, case=CHILD) == Refusal((Reason.NO_CONSENT,), NOON)

    @pytest.mark.parametrize(
        ("function", "purpose"),
        [
            (FunctionClass.CHILD_PROTECTION, Purpose.CHILD_PROTECTION),
            (FunctionClass.COMPETENT_AUTHORITY, Purpose.IDENTIFICATION),
        ],
    )
    def test_m_09_the_duty_to_protect_her_carries_no_prose(self, function: FunctionClass, purpose: Purpose) -> None:
        question = asked(function, purpose, age=AgeStatus.CHILD)
        assert question.profile is not None
        assert PROSE & question.profile.categories
        for said in ((), (everything_for_her(purpose),)):
            told = permitted(question, *said, case=CHILD).categories
            assert told == question.profile.categories - PROSE

    @pytest.mark.parametrize("ground", [Ground.CONSENT, Ground.CHILD_PROTECTION])
    def test_m_09_prose_goes_to_an_authority_only_where_their_word_is_asked_for_by_name(self, ground: Ground) -> None:
        """Who speaks for her agreed to all of it, with a basis: the duty is what it rests on all the same."""
        purpose = Purpose.IDENTIFICATION
        question = asked(FunctionClass.COMPETENT_AUTHORITY, purpose, age=AgeStatus.CHILD, ground=ground)
        case = replace(CHILD, bases=(replace(CHILD.bases[0], purpose=purpose),))
        permit = permitted(question, everything_for_her(purpose), case=case)
        assert permit.ground is Ground.CHILD_PROTECTION
        assert not PROSE & permit.categories

    def test_m_09_the_word_of_who_speaks_for_her_carries_the_prose_it_names(self) -> None:
        purpose = Purpose.IDENTIFICATION
        question = asked(FunctionClass.COMPETENT_AUTHORITY, purpose, age=AgeStatus.CHILD, ground=Ground.BEST_INTERESTS)
        said, basis = everything_for_her(purpose), replace(CHILD.bases[0], purpose=purpose)
        named = permitted(question, said, case=replace(CHILD, bases=(basis,)))
        assert (named.ground, named.rests_on) == (Ground.BEST_INTERESTS, said.id)
        assert DataCategory.NARRATIVE in named.categories
        less = replace(said, categories=ALL - PROSE)
        assert not PROSE & permitted(question, less, case=replace(CHILD, bases=(basis,))).categories

    def test_k_02_who_asks_for_their_word_in_vain_still_rests_on_the_duty_without_prose(self) -> None:
        purpose = Purpose.CHILD_PROTECTION
        question = asked(FunctionClass.CHILD_PROTECTION, purpose, age=AgeStatus.CHILD, ground=Ground.BEST_INTERESTS)
        permit = permitted(question, everything_for_her(purpose), case=CHILD)
        assert permit.ground is Ground.CHILD_PROTECTION
        assert not PROSE & permit.categories

    def test_k_02_a_narrow_word_that_was_taken_back_leaves_what_the_duty_carried_all_along(self) -> None:
        """A random history found it: what passes grows on this ground, and never beyond what the duty let pass."""
        purpose = Purpose.CHILD_PROTECTION
        question = asked(FunctionClass.CHILD_PROTECTION, purpose, age=AgeStatus.CHILD, ground=Ground.BEST_INTERESTS)
        case = replace(CHILD, bases=(replace(CHILD.bases[0], purpose=purpose),))
        narrow = replace(everything_for_her(purpose), categories=frozenset({DataCategory.NEED, DataCategory.ALIAS}))
        named = permitted(question, narrow, case=case)
        left = permitted(question, replace(narrow, state=ConsentState.WITHDRAWN), case=case)
        on_duty = permitted(replace(question, ground=Ground.CHILD_PROTECTION), narrow, case=case)
        assert (named.ground, left.ground) == (Ground.BEST_INTERESTS, Ground.CHILD_PROTECTION)
        assert named.categories < left.categories == on_duty.categories


def everything_for_her(purpose: Purpose) -> Consent:
    """What her guardian agreed to: all there is, for that purpose."""
    return replace(SAID_FOR_HER, purposes=frozenset({purpose}), decision=DECISION_OF[purpose], categories=ALL)


class TestABrokenGlass:
    RESCUE = asked(FunctionClass.POLICE, Purpose.EMERGENCY, ground=Ground.BREAK_GLASS)

    @pytest.mark.parametrize("order", [1, -1])
    def test_e_01_of_two_that_are_open_the_one_that_ends_last_counts(self, order: int) -> None:
        first, last = (
            Override(
                *(f"ends after {hours}", OverrideGround.ABDUCTION, SHELTER, Purpose.EMERGENCY, "one"),
                *(NOON, NOON + hours * HOUR, "two"),
            )
            for hours in (1, 2)
        )
        permit = permitted(self.RESCUE, case=Case(overrides=(first, last)[::order]))
        assert (permit.rests_on, permit.holds_until) == (last.id, NOON + 2 * HOUR)


class TestANotice:
    NOTICE = asked(FunctionClass.POLICE, Purpose.LEGAL_OBLIGATION, ground=Ground.DUTY_TO_NOTIFY)

    def test_k_08_of_who_came_of_age_a_notice_may_be_given(self) -> None:
        for day, told in ((NOON.date(), True), (NOON.date() + DAY, False)):
            case = Case(age=Age("age", AgeDetermination.CHILD, day, NOON))
            decision = decided(self.NOTICE, case=case, crowd={frozenset({KIND}): 11})
            assert isinstance(decision, Permit) is told

    @pytest.mark.parametrize("order", [1, -1])
    def test_p_05_as_much_is_told_as_fits_enough_people_and_always_the_same(self, order: int) -> None:
        alone = [(frozenset({KIND}), 11), (frozenset({EVENT}), 11)]
        together = [*alone, (frozenset({KIND, EVENT}), 11)]
        told = permitted(self.NOTICE, crowd=dict(alone[::order])).categories & {KIND, EVENT}
        assert told == {max(KIND, EVENT)}
        assert permitted(self.NOTICE, crowd=dict(together[::order])).categories >= {KIND, EVENT}


class TestRoom:
    @pytest.mark.parametrize(
        ("purpose", "ground", "waits"),
        [
            (Purpose.ACCOMMODATION, Ground.CONSENT, True),
            (Purpose.ACCOMMODATION, Ground.COURT_ORDER, False),
            (Purpose.ACCOMMODATION, Ground.STATUTORY_DUTY, False),
            (Purpose.IDENTIFICATION, Ground.CONSENT, False),
            (Purpose.INVESTIGATION, Ground.COURT_ORDER, False),
        ],
    )
    def test_m_05_help_waits_for_room_and_nothing_else_does(
        self, purpose: Purpose, ground: Ground, *, waits: bool
    ) -> None:
        question = a_disclosure(purpose=purpose, ground=ground)
        agreement = an_agreement(purpose=purpose, categories=ALL, capacity_first=True)
        found = route(question, agreement, Policy(), NOON)
        assert (found is Reason.NO_ROOM_SAID) is waits
        assert isinstance(found, Route) is not waits


def test_every_decision_of_hers_is_told_apart() -> None:
    """A canary: the purposes looked at above stand for different decisions (C-13)."""
    purposes = (Purpose.ACCOMMODATION, Purpose.IDENTIFICATION, Purpose.INVESTIGATION)
    assert len({DECISION_OF[purpose] for purpose in purposes}) == 3


def test_c_11_leaving_ends_what_was_said_until_that_moment_and_nothing_said_afterwards() -> None:
    question = asked(FunctionClass.SHELTER, Purpose.ACCOMMODATION)
    for said_at, ended in ((NOON - HOUR, True), (NOON - 2 * HOUR, True), (NOON, False)):
        decision = decided(question, a_consent(decided_at=said_at), case=Case(nrm_withdrawn_at=NOON - HOUR))
        assert (decision == Refusal((Reason.NRM_WITHDRAWN,), NOON)) is ended


class TestHerNewestWord:
    BED = asked(FunctionClass.SHELTER, Purpose.ACCOMMODATION)

    def test_k_06_however_many_spoke_for_her_an_adult_speaks_herself(self) -> None:
        others = [a_consent(id=by.value, given_by=by) for by in (GivenBy.GUARDIAN, GivenBy.COURT)]
        assert decided(self.BED, *others) == Refusal((Reason.NOT_HER_OWN_WORD,), NOON)

    @pytest.mark.parametrize("order", [1, -1])
    def test_c_16_of_two_yeses_of_one_moment_the_narrower_counts(self, order: int) -> None:
        wide, narrow = a_consent(categories=ALL), a_consent(id="narrow", categories=frozenset({DataCategory.NEED}))
        assert permitted(self.BED, *(wide, narrow)[::order]).consent == narrow


class TestABorder:
    def said(self, purpose: Purpose) -> Consent:
        return a_consent(purposes=frozenset({purpose}), decision=DECISION_OF[purpose], categories=ALL)

    def test_a_09_a_focal_point_needs_a_safeguard_also_at_home(self) -> None:
        crossing = Purpose.CROSS_BORDER
        decision = decided(asked(FunctionClass.FOCAL_POINT, crossing), self.said(crossing))
        assert decision == Refusal((Reason.SAFEGUARD_MISSING,), NOON)

    def test_a_09_abroad_nothing_goes_for_another_purpose(self) -> None:
        abroad = a_disclosure(recipient=a_party(SHELTER, FunctionClass.FOCAL_POINT, "YY"))
        decision = decided(abroad, self.said(Purpose.ACCOMMODATION))
        assert decision == Refusal((Reason.BORDER_NEEDS_CONSENT,), NOON)

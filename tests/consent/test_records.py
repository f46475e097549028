"""What is on record, folded from its events: at any past moment (C-17), and never more than was said."""

from dataclasses import replace
from datetime import datetime

import pytest
from builders import DAY, HOUR, NOON, SHELTER, a_consent, a_disclosure, an_agreement, some_records
from hypothesis import given
from hypothesis import strategies as st

from consent.decision import Permit, Refusal, decide
from consent.errors import UnreadableRecordError
from consent.policy import Policy
from consent.reasons import Reason
from consent.records import (
    Consent,
    ConsentEvent,
    ConsentEventType,
    NewTerms,
    Records,
    Restriction,
    folded,
    needs_second_person,
    standing,
    state_at,
)
from schemas.vocabulary import ConsentState, DataCategory, FunctionClass, GivenBy, Purpose

RECORDED, CONFIRMED = ConsentEventType.RECORDED, ConsentEventType.CONFIRMED
WITHDRAWN, REVOKED, INVALIDATED = (
    ConsentEventType.WITHDRAWN,
    ConsentEventType.REVOKED,
    ConsentEventType.INVALIDATED,
)
ENDINGS = {WITHDRAWN: ConsentState.WITHDRAWN, REVOKED: ConsentState.REVOKED, INVALIDATED: ConsentState.INVALIDATED}


def recorded(at: datetime = NOON, **changes: object) -> ConsentEvent:
    return ConsentEvent(RECORDED, at, a_consent(**changes))


def happened(kind: ConsentEventType, at: datetime) -> ConsentEvent:
    return ConsentEvent(kind, at)


def stood(at: datetime, *events: ConsentEvent) -> Consent:
    consent = folded(events, at)
    assert consent is not None
    return consent


def test_c_17_before_it_was_recorded_there_is_no_consent() -> None:
    assert folded([recorded()], NOON - HOUR) is None
    assert folded([], NOON) is None
    assert folded([recorded()], NOON) == a_consent()


@pytest.mark.parametrize("ending", ENDINGS)
def test_c_17_the_state_at_any_past_moment_can_be_told(ending: ConsentEventType) -> None:
    history = (recorded(), happened(ending, NOON + DAY))
    assert stood(NOON, *history).state is ConsentState.GIVEN
    assert stood(NOON + DAY - HOUR, *history).state is ConsentState.GIVEN
    assert stood(NOON + DAY, *history).state is ENDINGS[ending]
    assert stood(NOON + 100 * DAY, *history).state is ENDINGS[ending]


@pytest.mark.parametrize("ending", ENDINGS)
def test_c_09_an_ending_is_the_newest_word_and_a_new_version(ending: ConsentEventType) -> None:
    ended = stood(NOON + DAY, recorded(), happened(ending, NOON + DAY))
    assert (ended.decided_at, ended.version) == (NOON + DAY, 2)


def test_c_19_a_confirmation_opens_the_consent_and_is_not_her_word() -> None:
    history = (recorded(confirmed=False), happened(CONFIRMED, NOON + DAY))
    assert not stood(NOON, *history).confirmed
    confirmed = stood(NOON + DAY, *history)
    assert confirmed == replace(a_consent(), confirmed=True, version=2)


def test_c_02_a_confirmation_brings_nothing_back_to_life() -> None:
    history = (recorded(confirmed=False), happened(WITHDRAWN, NOON + HOUR), happened(CONFIRMED, NOON + DAY))
    assert stood(NOON + DAY, *history).state is ConsentState.WITHDRAWN


@given(st.lists(st.sampled_from([CONFIRMED, *ENDINGS]), max_size=5))
def test_c_09_whatever_follows_an_ending_it_stays_ended(later: list[ConsentEventType]) -> None:
    events = [happened(kind, NOON + at * HOUR) for at, kind in enumerate((WITHDRAWN, *later), 1)]
    assert stood(NOON + DAY, recorded(), *events).state in set(ENDINGS.values())


@pytest.mark.parametrize(
    "unreadable",
    [
        [happened(WITHDRAWN, NOON)],
        [happened(CONFIRMED, NOON), recorded()],
        [recorded(), recorded()],
        [ConsentEvent(RECORDED, NOON)],
    ],
    ids=["ended before it began", "confirmed before it began", "recorded twice", "recorded as nothing"],
)
def test_an_unreadable_history_raises_and_permits_nothing(unreadable: list[ConsentEvent]) -> None:
    for fold in (standing, lambda events: folded(events, NOON)):
        with pytest.raises(UnreadableRecordError):
            fold(unreadable)


def test_a_history_without_events_stands_for_nothing() -> None:
    with pytest.raises(UnreadableRecordError):
        standing([])


@pytest.mark.parametrize("ending", ENDINGS)
def test_c_09_what_is_committed_counts_before_its_moment_has_come(ending: ConsentEventType) -> None:
    history = (recorded(), happened(ending, NOON + HOUR))
    assert standing(history).state is ENDINGS[ending]
    assert stood(NOON, *history).state is ConsentState.GIVEN


@pytest.mark.parametrize("ending", ENDINGS)
def test_c_09_a_withdrawal_whose_clock_ran_behind_is_still_her_newest_word(ending: ConsentEventType) -> None:
    """Two nodes' clocks differ; what is recorded second must not look older than what it ends."""
    earlier = a_consent(id="earlier", decided_at=NOON - HOUR)
    ended = stood(NOON, recorded(decided_at=NOON), happened(ending, NOON - 2 * HOUR))
    assert ended.decided_at == NOON
    decision = decide(a_disclosure(), some_records(earlier, ended), Policy(), NOON + HOUR)
    assert isinstance(decision, Refusal)


def test_c_15_restrictions_survive_the_consent_they_stand_in() -> None:
    restriction = Restriction(DataCategory.ALIAS)
    for state in ConsentState:
        records = some_records(a_consent(state=state, restrictions=(restriction,)))
        assert (restriction in records.restrictions()) == (state is not ConsentState.INVALIDATED)


def test_c_15_restrictions_of_all_consents_count_together() -> None:
    first, second = Restriction(DataCategory.ALIAS), Restriction(DataCategory.RISK, SHELTER)
    records = some_records(a_consent(restrictions=(first,)), a_consent(recipient="x", restrictions=(second,)))
    assert records.restrictions() == (first, second)
    assert Records(None, None).restrictions() == ()


def test_c_15_a_restriction_binds_whom_it_names_or_everybody() -> None:
    assert Restriction(DataCategory.ALIAS).binds(SHELTER)
    assert Restriction(DataCategory.ALIAS, SHELTER).binds(SHELTER)
    assert not Restriction(DataCategory.ALIAS, SHELTER).binds("hill-shelter")
    assert not Restriction(DataCategory.ALIAS, "").binds(SHELTER)


def test_m_02_an_agreement_is_in_force_from_its_first_moment_until_before_its_last() -> None:
    agreement = an_agreement(begins=NOON, ends=NOON + DAY)
    assert not agreement.in_force(NOON - HOUR)
    assert agreement.in_force(NOON)
    assert agreement.in_force(NOON + DAY - HOUR)
    assert not agreement.in_force(NOON + DAY)


def test_c_11_a_withdrawal_does_not_prevent_a_later_consent() -> None:
    withdrawn = stood(NOON, recorded(NOON - DAY), happened(WITHDRAWN, NOON - HOUR))
    again = a_consent(id="again", decided_at=NOON)
    assert isinstance(decide(a_disclosure(), some_records(withdrawn, again), Policy(), NOON), Permit)
    decision = decide(a_disclosure(), some_records(withdrawn), Policy(), NOON)
    assert decision == Refusal((Reason.CONSENT_WITHDRAWN,), NOON)


@pytest.mark.parametrize("taker", FunctionClass)
def test_c_19_what_an_enforcer_or_the_recipient_takes_needs_a_second_person(taker: FunctionClass) -> None:
    enforcing = Policy().enforcing
    assert needs_second_person(SHELTER, "somebody", taker, enforcing) == (taker in enforcing)
    assert needs_second_person(SHELTER, SHELTER, taker, enforcing)


def test_c_19_police_prosecution_and_immigration_enforcement_are_enforcers() -> None:
    assert Policy().enforcing == {
        FunctionClass.POLICE,
        FunctionClass.PROSECUTION,
        FunctionClass.IMMIGRATION_ENFORCEMENT,
    }


def test_c_03_a_consent_names_one_recipient_and_never_a_wildcard() -> None:
    for nobody in ("", "*", "all", "any", SHELTER.upper(), SHELTER[:-1]):
        decision = decide(a_disclosure(), some_records(a_consent(recipient=nobody)), Policy(), NOON)
        assert decision == Refusal((Reason.NO_CONSENT,), NOON)
    assert Purpose.ACCOMMODATION in a_consent().purposes


NEVER_MORE = st.builds(
    NewTerms,
    said_at=st.sampled_from([NOON - DAY, NOON, NOON + DAY]),
    purposes=st.none() | st.frozensets(st.sampled_from(Purpose), min_size=1, max_size=3),
    categories=st.none() | st.frozensets(st.sampled_from(DataCategory), min_size=1, max_size=5),
    restrictions=st.lists(st.builds(Restriction, st.sampled_from(DataCategory)), max_size=2).map(tuple),
    ends=st.sampled_from([NOON, NOON + DAY, NOON + 400 * DAY]),
    given_by=st.sampled_from(GivenBy),
    confirmed=st.booleans(),
)
LATER = st.builds(
    lambda kind, terms: ConsentEvent(kind, NOON + HOUR, terms=terms),
    st.sampled_from([kind for kind in ConsentEventType if kind is not RECORDED]),
    NEVER_MORE,
)
YES = {ConsentState.GIVEN, ConsentState.RENEWED}


@given(st.sampled_from(ConsentState), st.lists(LATER, max_size=6))
def test_c_16_no_history_widens_what_was_asked(state: ConsentState, later: list[ConsentEvent]) -> None:
    first = recorded(state=state)
    before = stood(NOON, first)
    after = standing([first, *later])
    assert after.purposes <= before.purposes
    assert after.categories <= before.categories
    assert set(after.restrictions) >= set(before.restrictions)
    assert (after.discloser, after.recipient, after.decision) == (before.discloser, before.recipient, before.decision)
    assert after.version == 1 + len(later)


@given(st.sampled_from(sorted(set(ConsentState) - YES)), st.lists(LATER, max_size=6))
def test_c_02_only_her_own_later_yes_makes_a_yes(state: ConsentState, later: list[ConsentEvent]) -> None:
    said_yes = any(event.type is ConsentEventType.GIVEN for event in later)
    assert not standing([recorded(state=state), *later]).is_yes or said_yes


@given(st.lists(LATER, max_size=6), NEVER_MORE)
def test_c_16_narrowing_is_no_newer_word_and_lasts_no_longer(later: list[ConsentEvent], terms: NewTerms) -> None:
    events = [recorded(), *later]
    before, after = (
        standing(events),
        standing([*events, ConsentEvent(ConsentEventType.NARROWED, NOON + DAY, terms=terms)]),
    )
    assert after.ends <= before.ends
    assert (after.decided_at, after.state, after.confirmed) == (before.decided_at, before.state, before.confirmed)


@pytest.mark.parametrize("kind", [ConsentEventType.GIVEN, ConsentEventType.RENEWED, ConsentEventType.NARROWED])
def test_an_event_that_says_nothing_anew_is_unreadable(kind: ConsentEventType) -> None:
    first = recorded(state=ConsentState.REQUESTED if kind is ConsentEventType.GIVEN else ConsentState.GIVEN)
    incomplete = [None] if kind is ConsentEventType.NARROWED else [None, NewTerms(NOON), NewTerms(NOON, ends=NOON)]
    for terms in incomplete:
        with pytest.raises(UnreadableRecordError):
            standing([first, ConsentEvent(kind, NOON, terms=terms)])


def test_c_08_expiry_is_computed() -> None:
    consent = a_consent(ends=NOON + DAY)
    assert state_at(consent, NOON + DAY - HOUR) is ConsentState.GIVEN
    assert state_at(consent, NOON + DAY) is ConsentState.EXPIRED
    assert state_at(a_consent(ends=NOON, state=ConsentState.REFUSED), NOON) is ConsentState.REFUSED

"""What holds for every question and every record, looked for in generated worlds (tests/worlds.py)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders import HOUR, NOON, POLICE, SHELTER, a_consent, a_party
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from worlds import CONSENTS, ELSEWHERE, RESTRICTIONS, WORLDS, YES, World, world_where, world_with

from consent.decision import Decision, Permit, Refusal, decide
from consent.facts import Restriction
from consent.policy import DECISION_OF, ConsentDecision
from consent.reasons import Reason
from consent.records import Consent
from consent.route import STRUCTURE
from schemas.vocabulary import AgeStatus, ConsentState, DataCategory, FunctionClass, Purpose

MANY = settings(max_examples=30, deadline=None)
NO = [state for state in ConsentState if state not in YES]
WHICH = st.integers(0, 3)


def passed(decision: Decision) -> frozenset[DataCategory]:
    return decision.categories if isinstance(decision, Permit) else frozenset()


PERMITS: st.SearchStrategy[tuple[World, Permit]] = WORLDS.map(lambda world: (world, world.decided())).filter(
    lambda pair: isinstance(pair[1], Permit)
)
"""Worlds that permit, with their permit."""


def test_the_worlds_are_worth_looking_at() -> None:
    """A canary: the generated worlds hold many permits and many kinds of refusal."""
    seen: list[Reason | None] = []

    @settings(max_examples=120, deadline=None, derandomize=True, database=None)
    @given(world=WORLDS)
    def look(world: World) -> None:
        decision = world.decided()
        seen.append(decision.reasons[0] if isinstance(decision, Refusal) else None)

    look()
    assert len(set(seen)) > 7
    assert seen.count(None) > len(seen) / 10


@MANY
@given(found=PERMITS)
def test_c_01_c_02_c_03_no_permit_without_a_live_consent_of_that_discloser_recipient_and_purpose(
    found: tuple[World, Permit],
) -> None:
    world, permit = found
    said, recipient = permit.consent, world.asked.recipient
    assert recipient is not None
    assert said in (world.records.consents or ())
    assert (said.discloser, said.recipient) == (world.asked.sender.agency, recipient.agency)
    assert world.asked.purpose in said.purposes
    assert said.decision is DECISION_OF[world.asked.purpose]
    assert said.state in YES
    assert said.confirmed
    assert said.begins <= NOON < said.ends


@MANY
@given(found=PERMITS)
def test_m_01_c_15_a_permit_is_what_all_agree_on_less_what_she_withholds(found: tuple[World, Permit]) -> None:
    world, permit = found
    withheld = {entry.category for entry in world.records.restrictions() if entry.binds(SHELTER)}
    named = permit.profile.categories & permit.consent.categories & permit.agreement.categories
    assert permit.categories <= (named - withheld) | STRUCTURE
    assert permit.profile.required <= permit.categories


@MANY
@given(world=WORLDS, said=CONSENTS, state=st.sampled_from(NO))
def test_c_09_another_no_never_widens(world: World, said: Consent, state: ConsentState) -> None:
    assert passed(world_with(world, replace(said, state=state)).decided()) <= passed(world.decided())


@MANY
@given(world=WORLDS, which=WHICH, state=st.sampled_from([no for no in NO if no is not ConsentState.INVALIDATED]))
def test_c_09_taking_a_yes_back_never_widens(world: World, which: int, state: ConsentState) -> None:
    """Recorded in error is the one ending that may widen: it takes the restrictions of that record with it."""
    ended = world_where(world, which, state=state, decided_at=NOON)
    assert passed(ended.decided()) <= passed(world.decided())


@MANY
@given(world=WORLDS, which=WHICH, restriction=RESTRICTIONS)
def test_c_15_another_restriction_never_widens(world: World, which: int, restriction: Restriction) -> None:
    known = world.records.consents or (a_consent(),)
    stated = known[which % len(known)].restrictions
    assert passed(world_where(world, which, restrictions=(*stated, restriction)).decided()) <= passed(world.decided())


@MANY
@given(world=WORLDS, purpose=st.sampled_from(Purpose))
def test_f_01_enforcement_never_receives(world: World, purpose: Purpose) -> None:
    enforcement = a_party(SHELTER, FunctionClass.IMMIGRATION_ENFORCEMENT)
    decision = replace(world, asked=replace(world.asked, recipient=enforcement, purpose=purpose)).decided()
    assert decision == Refusal((Reason.NEVER_RECEIVES,), NOON)


@MANY
@given(world=WORLDS)
def test_what_is_unknown_refuses(world: World) -> None:
    asked, records = world.asked, world.records
    for unknown in (
        replace(world, asked=replace(asked, recipient=None)),
        replace(world, asked=replace(asked, profile=None)),
        replace(world, asked=replace(asked, age=AgeStatus.UNKNOWN)),
        replace(world, records=replace(records, agreement=None)),
        replace(world, records=replace(records, consents=None)),
        replace(world, records=replace(records, consents=())),
        replace(world, records=replace(records, locked=True)),
    ):
        assert isinstance(unknown.decided(), Refusal)


@MANY
@given(found=PERMITS, minutes=st.integers(0, 60 * 24 * 120))
def test_a_permit_holds_until_holds_until_and_not_a_moment_longer(found: tuple[World, Permit], minutes: int) -> None:
    """While nothing on record changes the answer stays the same: that is why `confirm` need only look at heads."""
    world, permit = found

    def later(at: datetime) -> Decision:
        return decide(world.asked, world.records, world.policy, at)

    at = min(NOON + timedelta(minutes=minutes), permit.holds_until - timedelta(microseconds=1))
    assert passed(later(at)) == permit.categories
    assert isinstance(later(permit.holds_until), Refusal)
    assert permit.holds_until > NOON
    assert permit.holds_until >= permit.use_until > NOON


@MANY
@given(world=WORLDS, order=st.permutations(range(4)))
def test_the_order_of_the_records_does_not_matter(world: World, order: list[int]) -> None:
    known = world.records.consents or ()
    assume(len({consent.decided_at for consent in known}) == len(known) > 1)
    records = replace(world.records, consents=tuple(known[at] for at in order if at < len(known)))
    assert replace(world, records=records).decided() == world.decided()


@MANY
@given(world=WORLDS, state=st.sampled_from(ConsentState))
def test_c_16_the_newest_word_wins(world: World, state: ConsentState) -> None:
    """Whatever she said before, what she says now about this recipient and purpose is what counts."""
    said = a_consent(
        id="the newest",
        state=state,
        decided_at=NOON + HOUR,
        begins=NOON,
        purposes=frozenset(Purpose),
        decision=DECISION_OF[world.asked.purpose],
        categories=frozenset(DataCategory),
    )
    decision = world_with(world, said).decided()
    assert not isinstance(decision, Permit) or (decision.consent == said and state in YES)


@pytest.mark.parametrize("elsewhere", [{"recipient": POLICE}, {"recipient": ELSEWHERE}, {"discloser": ELSEWHERE}])
def test_c_03_what_she_says_about_others_opens_nothing(elsewhere: dict[str, str]) -> None:
    @MANY
    @given(world=WORLDS, said=CONSENTS)
    def holds(world: World, said: Consent) -> None:
        assume(world.asked.recipient and world.asked.recipient.agency not in elsewhere.values())
        said = replace(said, **elsewhere)
        assert passed(world_with(world, said).decided()) <= passed(world.decided())

    holds()


@MANY
@given(world=WORLDS, said=CONSENTS, decision=st.sampled_from(ConsentDecision))
def test_c_13_one_of_the_four_decisions_opens_nothing_for_another(
    world: World, said: Consent, decision: ConsentDecision
) -> None:
    assume(decision is not DECISION_OF[world.asked.purpose])
    assert passed(world_with(world, replace(said, decision=decision)).decided()) <= passed(world.decided())

"""Every decision is explained in the order it was taken, and what rests on her record is told to its sender alike."""

import pytest
from builders import NOON, a_disclosure, some_records
from hypothesis import given, settings
from worlds import WORLDS, World

from consent.decision import Permit, decide
from consent.explain import COLLAPSED, Held, explained, for_sender
from consent.policy import Policy
from consent.reasons import Audience, Reason

OF_RECORD = [reason for reason in Reason if reason.audience is Audience.RECORD]
OF_ROUTE = [reason for reason in Reason if reason.audience is Audience.ROUTE]


@pytest.mark.parametrize("reason", Reason)
def test_a_refusal_names_the_step_that_did_not_hold_and_what_would_have_to_change(reason: Reason) -> None:
    found = explained((reason,))
    assert [step.held for step in found.steps].count(Held.NO) == 1
    order = [step.held for step in found.steps]
    assert order == sorted(order, key=[Held.YES, Held.NO, Held.NOT_LOOKED_AT].index)
    assert len(found.would_need) == 1


def test_in_a_permit_every_step_held_and_nothing_would_have_to_change() -> None:
    assert isinstance(decide(a_disclosure(), some_records(), Policy(), NOON), Permit)
    found = explained(())
    assert {step.held for step in found.steps} == {Held.YES}
    assert found.would_need == ()


@pytest.mark.parametrize("reason", OF_RECORD)
def test_whatever_rests_on_her_record_is_explained_to_the_sender_alike(reason: Reason) -> None:
    found = for_sender((reason,))
    assert found == for_sender((Reason.NO_CONSENT,))
    assert [step.sentence for step in found.steps if step.audience is Audience.RECORD] == [COLLAPSED]
    assert found.steps[-1].held is Held.NO


@pytest.mark.parametrize("reason", OF_ROUTE)
def test_f_03_a_forbidden_recipient_is_explained_as_one_nobody_knows(reason: Reason) -> None:
    assert for_sender((reason,)) == for_sender((Reason.NO_AGREEMENT,))
    assert "immigration" not in str(for_sender((reason,))).lower()


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.audience is Audience.SENDER])
def test_what_the_sender_can_mend_is_explained_without_a_step_on_her_record(reason: Reason) -> None:
    assert not [step for step in for_sender((reason,)).steps if step.audience is Audience.RECORD]


def test_a_permit_is_explained_to_the_sender_with_one_step_on_her_record() -> None:
    found = for_sender(())
    assert [step.sentence for step in found.steps if step.audience is Audience.RECORD] == [COLLAPSED]
    assert {step.held for step in found.steps} == {Held.YES}


@settings(max_examples=80)
@given(WORLDS)
def test_the_step_that_did_not_hold_is_of_the_reasons_rule(world: World) -> None:
    decision = world.decided()
    reasons = () if isinstance(decision, Permit) else decision.reasons
    failed = [step.rule for step in explained(reasons).steps if step.held is Held.NO]
    assert len(failed) == len(reasons)

"""The national choices: complete, protective as shipped, and told apart by their digest."""

import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from consent.policy import DECISION_OF, Clocks, ConsentDecision, Policy
from schemas.vocabulary import FunctionClass, LegalBasis, Purpose

CHANGED: dict[str, object] = {
    "country": "RO",
    "recipients": frozenset({FunctionClass.SHELTER}),
    "purposes": frozenset({Purpose.HEALTH}),
    "legal_bases": frozenset({LegalBasis.CONSENT}),
    "languages": frozenset({"ro"}),
    "retention_days": 30,
    "clocks": Clocks(breach_hours=24),
    "notice_answer_hours": 24,
    "default_consent_days": 30,
    "address_recipients": frozenset({FunctionClass.POLICE}),
    "unidentified_purposes": frozenset({Purpose.STATISTICS}),
    "enforcing": frozenset({FunctionClass.POLICE}),
    "pending_purposes": frozenset({Purpose.EMERGENCY}),
    "override_hours": 12,
    "overrides_a_day": 5,
    "notice_crowd": 20,
    "reflection_days": 45,
    "probing_recipients": 2,
    "probing_window_hours": 48,
    "delivery_jitter_minutes": 5,
}


@pytest.mark.parametrize("purpose", Purpose)
def test_c_13_every_purpose_belongs_to_one_of_the_four_decisions(purpose: Purpose) -> None:
    assert DECISION_OF[purpose] in ConsentDecision


def test_c_13_there_are_four_decisions_and_each_has_a_purpose() -> None:
    assert set(DECISION_OF.values()) == set(ConsentDecision)
    assert len(ConsentDecision) == 4


def test_c_13_only_investigation_and_witness_protection_are_co_operation() -> None:
    cooperation = {purpose for purpose, decision in DECISION_OF.items() if decision is ConsentDecision.COOPERATION}
    assert cooperation == {Purpose.INVESTIGATION, Purpose.WITNESS_PROTECTION}


def test_c_13_every_kind_of_assistance_is_support() -> None:
    for purpose in Purpose:
        if purpose.startswith("assistance."):
            assert DECISION_OF[purpose] is ConsentDecision.SUPPORT


def test_a_01_the_digest_is_that_of_these_bytes() -> None:
    """Pinned: a leaf from last year names a digest, and somebody must be able to say which policy it was."""
    assert Policy().digest == Policy().digest == replace(Policy()).digest
    assert json.loads(Policy().canonical_bytes()).keys() == {field.name for field in fields(Policy)}
    assert len(bytes.fromhex(Policy().digest)) == 32


@pytest.mark.parametrize("name", [field.name for field in fields(Policy)])
def test_a_01_the_digest_changes_with_every_choice(name: str) -> None:
    assert replace(Policy(), **{name: CHANGED[name]}).digest != Policy().digest


def test_a_01_the_order_in_which_a_set_was_written_does_not_matter() -> None:
    forwards, backwards = (frozenset(sorted(Purpose, reverse=reverse)) for reverse in (False, True))
    assert Policy(pending_purposes=forwards).digest == Policy(pending_purposes=backwards).digest


def test_no_two_changed_policies_share_a_digest() -> None:
    digests = {replace(Policy(), **{name: value}).digest for name, value in CHANGED.items()}
    assert len(digests) == len(CHANGED)


def test_c_08_a_consent_without_an_end_lasts_ninety_days() -> None:
    assert Policy().default_consent == timedelta(days=90)
    assert Policy(default_consent_days=1).default_consent == timedelta(days=1)


def test_f_01_enforcement_never_hears_an_address() -> None:
    assert FunctionClass.IMMIGRATION_ENFORCEMENT not in Policy().address_recipients


def test_nothing_is_pending_as_shipped() -> None:
    assert Policy().pending_purposes == frozenset()

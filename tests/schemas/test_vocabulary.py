"""The code lists in the schemas and those in Python are the same lists, in the same order."""

from __future__ import annotations

from enum import StrEnum

import pytest

import schemas.answer_codes
import schemas.attachment_codes
import schemas.case_codes
import schemas.consent_codes
import schemas.vocabulary
from schemas.answer_codes import ServiceOutcome, answer_code
from schemas.attachment_codes import AttachmentKind
from schemas.capacity_codes import AgeGroup, RoomAnswer
from schemas.case_codes import (
    AgeDetermination,
    BestInterests,
    CaseEventType,
    ChildViews,
    GuardianConflict,
    Informed,
    InstrumentKind,
    OverrideFinding,
    OverrideGround,
    PersonTold,
    Safeguard,
    VictimStatus,
)
from schemas.catalogue import load, names
from schemas.consent_codes import InterpreterRelation, InvalidationReason
from schemas.leaves import leaves, pointer
from schemas.vocabulary import (
    AgeBand,
    AgeStatus,
    Coded,
    ConsentState,
    DataCategory,
    DeliveryMode,
    Exploitation,
    FunctionClass,
    GivenBy,
    Ground,
    LegalBasis,
    Mechanism,
    Need,
    Purpose,
    ReferralState,
    RejectionReason,
    Sex,
    Urgency,
    WithdrawalMethod,
)

LISTS: dict[tuple[str, str], type[StrEnum]] = {
    ("referral/1.0", "/subject/sex"): Sex,
    ("referral/1.0", "/subject/age_band"): AgeBand,
    ("referral/1.0", "/subject/minor_status"): AgeStatus,
    ("referral/1.0", "/situation/decided_by"): FunctionClass,
    ("referral/1.0", "/situation/exploitation/*/type"): Exploitation,
    ("referral/1.0", "/needs/*/code"): Need,
    ("supplement/1.0", "/needs/*/code"): Need,
    ("referral/1.0", "/attachments/*/kind"): AttachmentKind,
    ("supplement/1.0", "/attachments/*/kind"): AttachmentKind,
    ("supplement/1.0", "/subject/sex"): Sex,
    ("supplement/1.0", "/subject/age_band"): AgeBand,
    ("supplement/1.0", "/subject/minor_status"): AgeStatus,
    ("consent/1.0", "/purposes/*"): Purpose,
    ("consent/1.0", "/categories/*"): DataCategory,
    ("consent/1.0", "/restrictions/*/category"): DataCategory,
    ("consent/1.0", "/mechanism"): Mechanism,
    ("consent/1.0", "/given_by"): GivenBy,
    ("consent/1.0", "/withdrawal_method"): WithdrawalMethod,
    ("consent/1.0", "/interpreter_relation"): InterpreterRelation,
    ("consent_event/1.0", "/purposes/*"): Purpose,
    ("consent_event/1.0", "/categories/*"): DataCategory,
    ("consent_event/1.0", "/restrictions/*/category"): DataCategory,
    ("consent_event/1.0", "/mechanism"): Mechanism,
    ("consent_event/1.0", "/given_by"): GivenBy,
    ("consent_event/1.0", "/interpreter_relation"): InterpreterRelation,
    ("consent_event/1.0", "/reason"): InvalidationReason,
    ("agreement/1.0", "/agreement/purpose"): Purpose,
    ("agreement/1.0", "/agreement/categories/*"): DataCategory,
    ("agreement/1.0", "/agreement/legal_basis/*"): LegalBasis,
    ("agency/1.0", "/function_class"): FunctionClass,
    ("agency/1.0", "/delivery_mode"): DeliveryMode,
    ("receipt/1.0", "/state"): ReferralState,
    ("receipt/1.0", "/purpose"): Purpose,
    ("receipt/1.0", "/sent/*"): DataCategory,
    ("receipt/1.0", "/not_sent/*"): DataCategory,
    ("ledger/1.0", "/purpose"): Purpose,
    ("ledger/1.0", "/categories/*"): DataCategory,
    ("ledger/1.0", "/ground"): Ground,
    ("ledger/1.0", "/urgency"): Urgency,
    ("ledger/1.0", "/function_class"): FunctionClass,
    ("adapter/1.0", "/categories/*"): DataCategory,
    ("notice/1.0", "/categories/*"): DataCategory,
    ("capacity_question/1.0", "/function_class"): FunctionClass,
    ("capacity_question/1.0", "/purpose"): Purpose,
    ("capacity_question/1.0", "/need"): Need,
    ("capacity_question/1.0", "/age"): AgeGroup,
    ("referral/1.0", "/situation/victim_status"): VictimStatus,
    ("country_profile/1.0", "/purposes/*"): Purpose,
    ("country_profile/1.0", "/unidentified_purposes/*"): Purpose,
    ("country_profile/1.0", "/legal_bases/*"): LegalBasis,
    ("country_profile/1.0", "/enforcing/*"): FunctionClass,
    ("case_event/1.0", "/event/age_determined/status"): AgeDetermination,
    ("case_event/1.0", "/event/guardian_recorded/conflict"): GuardianConflict,
    ("case_event/1.0", "/event/best_interests_recorded/purpose"): Purpose,
    ("case_event/1.0", "/event/best_interests_recorded/basis"): BestInterests,
    ("case_event/1.0", "/event/child_heard/informed"): Informed,
    ("case_event/1.0", "/event/child_heard/views"): ChildViews,
    ("case_event/1.0", "/event/restriction_set/category"): DataCategory,
    ("case_event/1.0", "/event/restriction_lifted/category"): DataCategory,
    ("case_event/1.0", "/event/status_carried/status"): VictimStatus,
    ("case_event/1.0", "/event/safeguard_recorded/safeguard"): Safeguard,
    ("case_event/1.0", "/event/safeguard_recorded/priority"): Urgency,
    ("case_event/1.0", "/event/instrument_recorded/kind"): InstrumentKind,
    ("case_event/1.0", "/event/instrument_recorded/categories/*"): DataCategory,
    ("case_event/1.0", "/event/instrument_recorded/person_told"): PersonTold,
    ("case_event/1.0", "/event/override_requested/ground"): OverrideGround,
    ("case_event/1.0", "/event/override_requested/purpose"): Purpose,
    ("case_event/1.0", "/event/override_reviewed/finding"): OverrideFinding,
}


def _codes(name: str) -> dict[str, list[object]]:
    found = {pointer(leaf.path): leaf.node.get("enum") for leaf in leaves(load(name))}
    return {place: list(codes) for place, codes in found.items() if isinstance(codes, list)}


@pytest.mark.parametrize(("name", "place"), LISTS)
def test_a_list_in_a_schema_is_the_list_in_python(name: str, place: str) -> None:
    assert _codes(name)[place] == [member.value for member in LISTS[name, place]]


@pytest.mark.parametrize("name", names())
def test_no_list_stands_in_a_schema_under_another_path_unseen(name: str) -> None:
    shared = [{member.value for member in codes} for codes in _all_lists()]
    for place, codes in _codes(name).items():
        if set(map(str, codes)) in shared and not name.startswith("profile/"):
            assert (name, place) in LISTS


def test_a_consent_is_recorded_in_a_state_somebody_can_speak() -> None:
    assert set(_codes("consent/1.0")["/state"]) < {state.value for state in ConsentState}
    assert ConsentState.RENEWED not in _codes("consent/1.0")["/state"]


def test_outcomes_of_the_log_are_decisions_states_and_answers() -> None:
    said = {answer.value for answer in RoomAnswer} - {RoomAnswer.TAKEN}
    allowed = {"permitted", "refused", *(state.value for state in [*ReferralState, *ConsentState]), *said}
    assert set(_codes("ledger/1.0")["/outcome"]) == allowed


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("profile/")])
def test_lists_in_profiles_are_those_of_the_canonical_referral_or_fewer(name: str) -> None:
    canonical = _codes("referral/1.0")
    for place, codes in _codes(name).items():
        assert set(codes) <= set(canonical[place]), place
        fewer = (place, codes) == ("/subject/contacts/*/channel", ["caseworker"]) or place == "/attachments/*/kind"
        assert len(codes) == len(canonical[place]) or fewer


def _all_lists() -> list[type[Coded]]:
    return [
        *(AgeBand, AgeStatus, ConsentState, DataCategory, DeliveryMode, Exploitation, FunctionClass, GivenBy, Ground),
        *(InterpreterRelation, InvalidationReason, AttachmentKind),
        *(LegalBasis, Mechanism, Need, Purpose, ReferralState, RejectionReason, ServiceOutcome),
        *(Sex, Urgency, WithdrawalMethod),
        *(AgeDetermination, BestInterests, CaseEventType, ChildViews, GuardianConflict, Informed, InstrumentKind),
        *(OverrideFinding, OverrideGround, PersonTold, Safeguard, VictimStatus),
    ]


def test_every_list_is_looked_at() -> None:
    # Other packages have code lists of their own, which may be loaded in the same run.
    ours = (schemas.vocabulary, schemas.answer_codes, schemas.attachment_codes)
    files = (*ours, schemas.case_codes, schemas.consent_codes)
    homes = {file.__name__ for file in files}
    ours = {codes for codes in Coded.__subclasses__() if codes.__module__ in homes}
    assert ours == set(_all_lists())


@pytest.mark.parametrize("codes", _all_lists())
def test_every_code_has_a_sentence_and_is_found_by_its_value(codes: type[Coded]) -> None:
    for member in codes:
        assert member.sentence.endswith(".")
        assert codes(member.value) is member
        assert member == member.value
    with pytest.raises(ValueError, match="is not a valid"):
        codes("unheard_of")


def test_each_kind_of_case_event_has_one_shape_in_the_schema() -> None:
    event = load("case_event/1.0")["properties"]["event"]
    assert list(event["properties"]) == [kind.value for kind in CaseEventType]
    assert (event["minProperties"], event["maxProperties"]) == (1, 1)


def test_immigration_control_is_no_purpose() -> None:  # F-03
    assert not {"immigration_control", "return_enforcement", "credibility_scoring", "marketing"} & set(Purpose)


def test_m_06_no_code_of_an_answer_is_in_both_lists() -> None:
    codes = [code.value for codes in (RejectionReason, ServiceOutcome) for code in codes]
    assert len({*codes}) == len(codes)
    assert [answer_code(code).value for code in codes] == codes
    with pytest.raises(ValueError, match="healed"):
        answer_code("healed")

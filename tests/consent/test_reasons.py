"""Every reason is a stable code, a sentence, a rule of the rule book and an audience."""

import re

import pytest

from consent.reasons import COLLAPSED_CODE, COLLAPSED_SENTENCE, Audience, Reason
from schemas.catalogue import load
from schemas.validation import satisfies

RULES = re.compile(r"C-(0[1-9]|1[0-9])|M-(0[1-9]|1[0-3])|P-0[1-6]|K-0[1-9]|F-0[1-4]|E-0[1-4]|A-(0[1-9]|10)")
"""The ids of the rule book."""

CODES = (
    "no_agreement never_receives no_profile document_lacks_required route_not_yet_enforced not_a_focal_point "
    "not_in_this_country ground_and_purpose_differ no_room_said probing_locked too_late recipient_key_changed "
    "parcel_unreadable preview_differs nothing_to_replace recipient_unreachable tried_too_often person_unknown "
    "no_consent purpose_not_covered "
    "consent_not_given "
    "consent_refused consent_withdrawn consent_revoked consent_invalidated consent_unknown consent_not_yet_valid "
    "consent_expired consent_unconfirmed required_not_covered restricted not_her_own_word not_a_child age_in_question "
    "local_contact_missing guardian_needed guardian_barred recipient_barred best_interests_missing nrm_withdrawn "
    "processing_restricted override_missing override_not_approved override_over instrument_missing notice_of_a_child "
    "notice_too_singular border_needs_consent safeguard_missing"
)
"""Stored in leaves and signed: one may be added, none renamed or taken away."""


def test_the_codes_are_pinned() -> None:
    assert " ".join(Reason) == CODES


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_has_a_rule_a_sentence_and_an_audience(reason: Reason) -> None:
    assert RULES.fullmatch(reason.rule)
    assert reason.audience in Audience
    assert re.fullmatch(r"[A-Z][^.]+\.( [A-Z][^.]+\.)?", reason.sentence)


def test_a_rule_that_is_not_in_the_book_is_noticed() -> None:
    for invented in ("C-00", "C-20", "M-14", "X-01", "C-1", "C-010"):
        assert not RULES.fullmatch(invented)


def test_no_two_reasons_are_told_alike() -> None:
    assert len({reason.sentence for reason in Reason}) == len(Reason)


TOLD = {
    *(
        "no_agreement",
        "never_receives",
        "not_a_focal_point",
        "not_in_this_country",
        "no_profile",
        "document_lacks_required",
    ),
    *("route_not_yet_enforced", "ground_and_purpose_differ", "probing_locked", "too_late", "recipient_key_changed"),
    *("parcel_unreadable", "preview_differs", "nothing_to_replace", "no_room_said"),
}
"""What rests on nothing about her: every other reason is for those who recorded it and the DPO."""


def test_whatever_rests_on_her_record_is_for_the_record_only() -> None:
    assert {reason for reason in Reason if reason.audience is not Audience.RECORD} == TOLD


def test_f_03_an_unknown_and_a_forbidden_recipient_have_one_audience() -> None:
    assert Reason.NEVER_RECEIVES.audience is Reason.NO_AGREEMENT.audience is Audience.ROUTE


def test_the_collapsed_reason_is_none_of_the_others_and_fits_a_receipt() -> None:
    assert COLLAPSED_CODE not in set(Reason)
    assert COLLAPSED_SENTENCE not in {reason.sentence for reason in Reason}
    told = {"code": COLLAPSED_CODE, "rule": "C-01", "sentence": COLLAPSED_SENTENCE}
    assert satisfies({"decision_id": "D-1", "outcome": "refused", "reasons": [told]}, "receipt/1.0")


def test_every_reason_fits_a_receipt_and_a_leaf() -> None:
    for reason in Reason:
        told = {"code": reason.value, "rule": reason.rule, "sentence": reason.sentence}
        assert satisfies({"decision_id": "D-1", "outcome": "refused", "reasons": [told]}, "receipt/1.0")
    assert load("ledger/1.0")["properties"]["reasons"]["maxItems"] >= len(Reason)

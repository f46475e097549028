"""From an agency's script to an accepted referral and its receipt, and what is raised where the answer is no."""

import json
from dataclasses import replace

import httpx
import pytest
from client.posts import Post

from gateway.client import (
    Client,
    DocumentError,
    KeyReusedError,
    NotAllowedError,
    NotFoundError,
    PreviewDiffersError,
    Purpose,
    Referral,
    RefusedError,
    Route,
    UnprovenError,
    Urgency,
    check_receipt,
)
from gateway.client.answers import Answer
from gateway.client.referring import Recognised, preview_of
from gateway.demo.agencies import CLINIC_SYSTEM, NOBODY, RECORDS, SHELTER
from gateway.demo.messages import FIRST, MIRELA, NDEX, TO_SHELTER, consent, police_incident, supplement
from schemas.vocabulary import Need, ReferralState

TO_HARBOUR = Route(SHELTER, Purpose.ACCOMMODATION, Urgency.URGENT)
DOCUMENT = {
    "schema": "referral/1.0",
    "sender_reference": "VISIT-2031",
    "subject": {
        "person_ref": FIRST,
        "names": [{"use": "official", "given": "Invented", "family": "Person"}],
        "minor_status": "adult",
        "languages": [{"code": "sq", "preferred": True}],
    },
    "needs": [{"code": "accommodation.emergency"}],
}
HERS = "Invented"


@pytest.fixture(scope="module")
def clinic(post: Post) -> Client:
    return post.client(CLINIC_SYSTEM)


@pytest.fixture(scope="module")
def accepted(clinic: Client) -> Referral:
    return clinic.refer(DOCUMENT, TO_HARBOUR)


def test_a_referral_is_accepted(accepted: Referral) -> None:
    assert accepted.state is ReferralState.SUBMITTED
    assert accepted.sent == ("language", "need")
    assert "name" in accepted.not_sent


def test_its_sender_can_follow_it(clinic: Client, accepted: Referral) -> None:
    found = clinic.referral(accepted.id)
    assert (found.reference, found.state) == ("VISIT-2031", ReferralState.SUBMITTED)


def test_its_receipt_is_proven(post: Post, accepted: Referral) -> None:
    assert check_receipt(accepted, post.log_key()) >= 0


@pytest.mark.parametrize(
    "lie",
    [{"recipient": "lake-shelter"}, {"sent": ("language", "name", "need")}, {"purpose": Purpose.HEALTH}, {"sent": ()}],
    ids=["recipient", "more-kinds", "purpose", "fewer-kinds"],
)
def test_a_receipt_about_something_else_is_found_out(post: Post, accepted: Referral, lie: dict[str, object]) -> None:
    with pytest.raises(UnprovenError, match="something else"):
        check_receipt(replace(accepted, **lie), post.log_key())


def test_a_changed_receipt_is_found_out(post: Post, accepted: Referral) -> None:
    proof = {**accepted.proof, "leaf": str(accepted.proof["leaf"]).replace("harbour", "meadow")}
    with pytest.raises(UnprovenError, match="does not verify"):
        check_receipt(replace(accepted, proof=proof), post.log_key())


def test_another_logs_key_proves_nothing(accepted: Referral) -> None:
    with pytest.raises(UnprovenError):
        check_receipt(accepted, "other/log+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")


def test_an_answer_without_a_receipt_says_so(post: Post, accepted: Referral) -> None:
    with pytest.raises(UnprovenError, match="fetch the referral"):
        check_receipt(replace(accepted, proof=None), post.log_key())


def test_a_native_document_travels_with_its_supplement(post: Post) -> None:
    police = post.client(RECORDS)
    recorded = police.record_consent(consent(TO_SHELTER, post.line.clock.now()))
    assert not recorded.active
    assert recorded.withdrawal_code is None
    post.line.world.confirm(recorded.consent)
    addition = supplement(MIRELA, Need.ACCOMMODATION_EMERGENCY)
    sent = police.refer(police_incident(), TO_HARBOUR, media_type=NDEX, supplement=addition)
    assert sent.sent == ("age_band", "language", "need")
    withdrawn = police.withdraw(MIRELA)
    assert (withdrawn.withdrawn, withdrawn.stopped, withdrawn.left_to) == (1, 1, ())
    with pytest.raises(RefusedError):
        police.refer(police_incident(), TO_HARBOUR, media_type=NDEX, supplement=addition)


def test_what_was_shown_to_her_is_what_is_sent(clinic: Client) -> None:
    shown = clinic.preview(DOCUMENT, TO_HARBOUR)
    assert shown.not_read == ()
    assert shown.sent == ("language", "need")
    assert HERS not in str(shown.document)
    assert clinic.refer(DOCUMENT, replace(TO_HARBOUR, preview=shown.digest)).sent == shown.sent


def test_what_differs_from_what_was_shown_is_not_sent(clinic: Client) -> None:
    with pytest.raises(PreviewDiffersError):
        clinic.refer(DOCUMENT, replace(TO_HARBOUR, preview="0" * 64))


def test_a_refusal_has_reasons_and_no_values(clinic: Client) -> None:
    with pytest.raises(RefusedError) as refused:
        clinic.refer(DOCUMENT, replace(TO_HARBOUR, to=NOBODY))
    told = refused.value.told
    assert (told.status, [reason.rule for reason in told.reasons]) == (403, ["M-02"])
    assert told.decision_id


def test_a_wrong_document_says_where_and_against_which_rule(clinic: Client) -> None:
    wrong = {**DOCUMENT, "needs": [{"code": HERS}]}
    with pytest.raises(DocumentError) as refused:
        clinic.refer(wrong, TO_HARBOUR)
    assert [(fault.pointer, fault.rule) for fault in refused.value.told.faults] == [("/needs/0/code", "enum")]
    assert HERS not in str(refused.value)


def test_a_key_is_good_for_one_document(clinic: Client) -> None:
    key = clinic.fresh_key()
    first = clinic.refer(DOCUMENT, TO_HARBOUR, key=key)
    assert clinic.refer(DOCUMENT, TO_HARBOUR, key=key).id == first.id
    with pytest.raises(KeyReusedError):
        clinic.refer({**DOCUMENT, "needs": [{"code": "education"}]}, TO_HARBOUR, key=key)


def test_what_is_not_ones_own_is_not_found(clinic: Client) -> None:
    with pytest.raises(NotFoundError):
        clinic.referral("0" * 26)


def test_a_scope_that_a_client_lacks_is_named_as_that(clinic: Client) -> None:
    with pytest.raises(NotAllowedError):
        clinic.inbox()


def test_anything_else_of_the_api_can_be_asked(clinic: Client) -> None:
    notices = clinic.get("/v1/notices", state="all")["notices"]
    assert all(clinic.referral(str(one["referral"])).id == one["referral"] for one in notices)
    with pytest.raises(DocumentError):
        clinic.get("/v1/notices", state="some")
    assert clinic.post("/v1/consents/search", {"person_ref": FIRST}).accepted()["consents"]


def test_a_preview_says_which_prose_to_read_twice() -> None:
    place = {"pointer": "/needs/0/note", "kind": "name", "start": 0, "end": 6}
    told = {"digest": "0" * 64, "document": {}, "sent": [], "not_sent": [], "recognised": [place, {"kind": 7}]}
    shown = preview_of(Answer(200, httpx.Headers(), json.dumps(told).encode()))
    assert shown.recognised == (Recognised("/needs/0/note", "name", 0, 6),)

"""POST a referral, GET what became of it: yes, no, and every way of asking wrongly."""

import base64
import json
from collections.abc import Callable

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_referral
from line import BAY, HILL, KEYS, MEDIA_TYPE, NORTH
from web_door import ORIGIN, Answer, Web

from consent.checkpoint import VerifierKey
from consent.errors import ConsentError
from consent.export import proven_receipt
from schemas.documents import Json

ROUTE = {
    "GX-Recipient": SHELTER,
    "GX-Purpose": "assistance.accommodation",
    "GX-Urgency": "urgent",
    "Content-Type": MEDIA_TYPE,
    "Idempotency-Key": "key-0000001",
}
VKEY = VerifierKey(ORIGIN, KEYS.checkpoint_public_key())
CANARY = "Anamaria-Canary"


@pytest.fixture
def web() -> Web:
    """An application in whose world she has said yes to the shelter."""
    made = Web()
    made.line.says()
    return made


def send(web: Web, document: dict[str, Json] | bytes | None = None, **headers: object) -> Answer:
    """Send a referral; keywords change headers, None takes one away, `_` stands for a hyphen."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in {**ROUTE, **changed}.items() if value is not None}
    return web.ask("POST", "/v1/referrals", a_referral() if document is None else document, sent)


def test_a_permitted_referral_is_created_with_its_proof(web: Web) -> None:
    answer = send(web)
    assert answer.status == 201
    told = answer.json
    assert told["outcome"] == "permitted"
    receipt = proven_receipt(json.dumps(told["proof"]), VKEY)
    assert json.loads(receipt.leaf)["type"] == "decision.permitted"
    altered = {**told["proof"], "index": 0}
    with pytest.raises(ConsentError):
        proven_receipt(json.dumps(altered), VKEY)


def test_a_refused_one_is_forbidden_with_reasons_and_no_proof(web: Web) -> None:
    web.line.takes_back()
    answer = send(web)
    assert (answer.status, answer.code) == (403, "refused")
    assert answer.json.keys() == {"type", "title", "status", "code", "decision_id", "reasons"}


def _unknown(web: Web) -> Answer:
    subject = {**a_referral()["subject"], "person_ref": "P-0999"}
    return send(web, a_referral(subject=subject))


def _no_consent(web: Web) -> Answer:
    return send(web, GX_Recipient=HILL)


def _withdrawn(web: Web) -> Answer:
    web.line.says(recipient=BAY)
    web.line.takes_back()
    return send(web, GX_Recipient=BAY)


def _refused_by_her(web: Web) -> Answer:
    web.line.says(recipient=NORTH, state="refused")
    return send(web, GX_Recipient=NORTH)


def _restricted(web: Web) -> Answer:
    web.line.says(recipient=HILL, restrictions=[{"category": "need"}])
    return send(web, GX_Recipient=HILL)


def _too_narrow(web: Web) -> Answer:
    web.line.says(recipient=HILL, categories=["alias"])
    return send(web, GX_Recipient=HILL)


RECORD = [_unknown, _no_consent, _withdrawn, _refused_by_her, _restricted, _too_narrow]


@pytest.mark.parametrize("ground", RECORD, ids=lambda ground: ground.__name__.strip("_"))
def test_every_no_that_rests_on_her_record_looks_the_same(web: Web, ground: Callable[[Web], Answer]) -> None:
    """Status, header names and values, length and words; only the random id of the decision differs."""
    answer, reference = ground(web), _no_consent(Web())
    assert answer.status == reference.status == 403
    assert answer.headers == reference.headers
    assert len(answer.body) == len(reference.body)
    assert {**answer.json, "decision_id": ""} == {**reference.json, "decision_id": ""}


def test_the_canary_a_no_that_rests_on_the_document_looks_different(web: Web) -> None:
    assert {**send(web, a_referral(needs=[])).json, "decision_id": ""} != {**_no_consent(web).json, "decision_id": ""}


@pytest.mark.parametrize("recipient", ["nobody-at-all", "border-command", "open-door"])
def test_who_is_unknown_forbidden_or_without_agreement_looks_the_same(web: Web, recipient: str) -> None:
    answer, reference = send(web, GX_Recipient=recipient), send(Web(), GX_Recipient="another-nobody")
    assert (answer.status, answer.headers) == (403, reference.headers)
    assert {**answer.json, "decision_id": ""} == {**reference.json, "decision_id": ""}


def test_a_repeated_request_gets_the_first_answer_and_nothing_is_written(web: Web) -> None:
    first = send(web)
    leaves, again = len(web.line.book.leaves), send(web)
    assert again.status == 201
    assert again.json == {name: value for name, value in first.json.items() if name != "proof"}
    assert len(web.line.book.leaves) == leaves
    assert len(web.line.book.parcels) == 1


def test_a_repeated_refusal_is_the_same_refusal(web: Web) -> None:
    first, again = (send(web, GX_Recipient=HILL) for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)


@pytest.mark.parametrize(
    "changed",
    [{"GX_Recipient": HILL}, {"GX_Urgency": "routine"}, {"GX_Subject": PERSON_REF}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_key_that_comes_with_another_request_is_refused(web: Web, changed: dict[str, str]) -> None:
    send(web)
    answer = send(web, a_referral(), **changed)
    assert (answer.status, answer.code) == (422, "idempotency_key_reused")


def test_a_key_that_comes_with_another_body_is_refused_and_the_body_not_repeated(web: Web) -> None:
    send(web)
    answer = send(web, a_referral(sender_reference=CANARY))
    assert (answer.status, answer.faults) == (422, [("Idempotency-Key", "other_body")])
    assert CANARY.encode() not in answer.body


HEADERS = [
    ("GX-Recipient", None, "required"),
    ("GX-Recipient", ["river-shelter", "river-shelter"], "repeated"),
    ("GX-Recipient", CANARY, "pattern"),
    ("GX-Recipient", "river-shelter\x00", "pattern"),
    ("GX-Recipient", "river-sh\xe9lter", "pattern"),
    ("GX-Purpose", None, "required"),
    ("GX-Purpose", CANARY, "unknown_code"),
    ("GX-Purpose", "immigration_control", "unknown_code"),
    ("GX-Urgency", CANARY, "unknown_code"),
    ("GX-Urgency", "", "unknown_code"),
    ("GX-Ground", CANARY, "unknown_code"),
    ("GX-Subject", f"{CANARY} x", "pattern"),
    ("GX-Subject", "x" * 201, "pattern"),
    ("Idempotency-Key", None, "required"),
    ("Idempotency-Key", "short", "pattern"),
    ("Idempotency-Key", CANARY + "é", "pattern"),
    ("Idempotency-Key", "x" * 101, "pattern"),
]


@pytest.mark.parametrize(
    ("name", "value", "rule"), HEADERS, ids=[f"{at} {name} {rule}" for at, (name, _, rule) in enumerate(HEADERS)]
)
def test_a_header_that_is_wrong_is_named_and_its_value_is_not(web: Web, name: str, value: object, rule: str) -> None:
    leaves = len(web.line.book.leaves)
    answer = send(web, **{name: value})
    assert (answer.status, answer.faults) == (400, [(name, rule)])
    assert CANARY.encode() not in answer.body
    assert CANARY not in str(answer.headers)
    assert len(web.line.book.leaves) == leaves, "a request that was wrong was logged as a decision"


BODIES: list[tuple[bytes, int, str]] = [
    (b"", 400, "syntax"),
    (b'{"schema":"referral/1.0"', 400, "syntax"),
    (b'{"a":1,"a":2}', 400, "duplicate-key"),
    (b'{"a":1.5}', 400, "number"),
    (b"\xff\xfe", 400, "utf-8"),
    (b"[]", 400, "type"),
    (b'{"schema":"Anamaria-Canary"}', 422, "schema"),
]


@pytest.mark.parametrize(("body", "status", "rule"), BODIES, ids=[rule + str(len(body)) for body, _, rule in BODIES])
def test_bytes_that_are_no_document_are_refused_by_rule(web: Web, body: bytes, status: int, rule: str) -> None:
    answer = send(web, body)
    assert answer.status == status
    assert answer.faults == [("/schema" if rule == "schema" else "", rule)] or status == 422
    assert CANARY.encode() not in answer.body


def test_a_document_that_breaks_the_law_is_told_where_and_which_rule(web: Web) -> None:
    answer = send(web, a_referral(needs=[{"code": CANARY}], **{CANARY: CANARY}))
    assert (answer.status, answer.code) == (422, "document_invalid")
    assert ("/needs/0/code", "enum") in answer.faults
    assert CANARY.encode() not in answer.body


def test_another_media_type_is_not_supported(web: Web) -> None:
    assert send(web, Content_Type=f"text/{CANARY}").status == 415
    assert send(web, Content_Type=None).status == 415


def test_a_wrong_document_uses_up_its_proof_and_keeps_its_key_free(web: Web) -> None:
    proof = {"DPoP": "the one proof"}
    assert send(web, b"{", **proof).status == 400
    assert send(web, **proof).code == "invalid_dpop_proof"
    assert send(web).status == 201


# what became of it


def sent(web: Web) -> tuple[str, Answer]:
    """Send one; return its path and the answer."""
    answer = send(web)
    return f"/v1/referrals/{answer.json['decision_id']}", answer


def test_a_sender_reads_its_own_referral_with_proof_and_its_own_number(web: Web) -> None:
    path, first = sent(web)
    answer = web.ask("GET", path)
    assert answer.status == 200
    assert answer.json["state"] == "submitted"
    assert answer.json["reference"] == a_referral()["sender_reference"]
    assert {name: answer.json[name] for name in ("outcome", "sent", "not_sent")} == {
        name: first.json[name] for name in ("outcome", "sent", "not_sent")
    }
    assert proven_receipt(json.dumps(answer.json["proof"]), VKEY).leaf
    path_of_proof = answer.json["proof"]["proof"]
    assert all(len(base64.b64decode(step)) == 32 for step in path_of_proof)


def test_anothers_a_refused_and_an_invented_referral_are_not_found_alike(web: Web) -> None:
    path, _ = sent(web)
    refused = send(web, GX_Recipient=HILL, Idempotency_Key="key-0000002").json["decision_id"]
    answers = [
        web.ask("GET", path, agency=SHELTER),
        web.ask("GET", f"/v1/referrals/{refused}"),
        web.ask("GET", "/v1/referrals/0123456789ABCDEFGHJKMNPQRS"),
    ]
    assert {(answer.status, answer.headers, answer.body) for answer in answers} == {
        (404, answers[0].headers, answers[0].body)
    }


def test_taking_a_referral_back(web: Web) -> None:
    path, _ = sent(web)
    document: dict[str, Json] = {"schema": "revocation/1.0", "reference": a_referral()["sender_reference"]}
    answer = send(web, document, Idempotency_Key="key-0000009")
    assert (answer.status, answer.json["stopped"]) == (200, 1)
    assert web.ask("GET", path).json["state"] == "revoked"
    again = send(web, document, Idempotency_Key="key-0000009")
    assert (again.status, again.json) == (200, answer.json)
    unknown = send(web, {**document, "reference": "CASE-UNKNOWN"}, Idempotency_Key="key-0000010")
    assert (unknown.status, unknown.code) == (404, "not_found")


def test_her_reference_is_in_no_answer(web: Web) -> None:
    path, answer = sent(web)
    for body in (answer.body, web.ask("GET", path).body, _no_consent(web).body):
        assert PERSON_REF.encode() not in body
        assert b"Linnet" not in body
    assert POLICE.encode() not in _no_consent(web).body

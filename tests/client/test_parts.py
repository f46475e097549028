"""The small parts by themselves: keys, addresses, kinds of no, and what an answer must look like."""

import json
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from gateway.client import Client, ClientCertificate, SigningKey
from gateway.client.answers import Answer, count, flag, objects, text, texts
from gateway.client.consents import recorded_of
from gateway.client.errors import (
    BusyError,
    ClientError,
    ConflictError,
    MisconfiguredError,
    NotAuthenticatedError,
    NotUnderstoodError,
    ProblemError,
    ServerFaultError,
)
from gateway.client.inbox import messages_of
from gateway.client.keys import Signer
from gateway.client.modes import DPOP, MTLS, SMART, Mode
from gateway.client.referring import preview_of, referral_of
from gateway.clock import SystemClock, SystemEntropy
from gateway.web.problem_types import ProblemType

KEYS = {
    "ES256": ECKey.generate_key("P-256"),
    "ES384": ECKey.generate_key("P-384"),
    "Ed25519": OKPKey.generate_key("Ed25519"),
    "PS256": RSAKey.generate_key(2048),
}


def told(body: object, status: int = 200, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()}), content)


@pytest.mark.parametrize("algorithm", KEYS)
def test_each_kind_of_key_signs_in_its_own_way(algorithm: str) -> None:
    key = KEYS[algorithm]
    signed = Signer("somebody", SigningKey.of(key), SystemClock(), SystemEntropy()).assertion("https://g", "JWT")
    read = jwt.decode(signed, key, algorithms=[algorithm])
    assert (read.header["alg"], read.header["kid"], read.claims["sub"]) == (algorithm, key.thumbprint(), "somebody")
    assert read.claims["exp"] - read.claims["iat"] == 60


def test_no_two_assertions_and_no_two_proofs_are_one() -> None:
    signer = Signer("somebody", SigningKey.of(KEYS["ES256"]), SystemClock(), SystemEntropy())
    assert signer.assertion("https://g", "JWT") != signer.assertion("https://g", "JWT")
    assert signer.proof("GET", "https://g/a") != signer.proof("GET", "https://g/a")


def test_a_private_key_stays_private() -> None:
    key = SigningKey.of(KEYS["ES256"], kid="k1")
    assert key.public().keys() == {"kty", "crv", "x", "y", "kid"}
    proof = Signer("somebody", key, SystemClock(), SystemEntropy()).proof("GET", "https://g/a", "token", "nonce")
    assert jwt.decode(proof, KEYS["ES256"]).header["jwk"].keys() == {"kty", "crv", "x", "y"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
        {"kty": "nonsense"},
        {},
        OctKey.generate_key(256).as_dict(private=True),
        KEYS["ES256"].as_dict(private=False),
    ],
    ids=["curve", "kind", "nothing", "shared-secret", "public-half"],
)
def test_what_is_no_private_key_of_the_profile_is_not_taken(wrong: dict[str, str]) -> None:
    with pytest.raises(MisconfiguredError):
        SigningKey.from_jwk(wrong)


def test_a_key_file_is_read_or_refused(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps({**KEYS["ES256"].as_dict(private=True), "kid": "k1"}))
    assert SigningKey.from_file(file).kid == "k1"
    for content in ("[]", "{"):
        file.write_text(content)
        with pytest.raises(MisconfiguredError):
            SigningKey.from_file(file)
    with pytest.raises(MisconfiguredError):
        SigningKey.from_file(tmp_path / "absent.json")


@pytest.mark.parametrize("url", ["http://gateway.example", "ftp://127.0.0.1", "gateway.example", "http://10.0.0.1"])
def test_nothing_is_said_in_the_clear(url: str) -> None:
    with pytest.raises(MisconfiguredError):
        Client(url, "somebody", SigningKey.of(KEYS["ES256"]))


@pytest.mark.parametrize("url", ["https://gateway.example/", "http://127.0.0.1:8470", "http://localhost:1"])
def test_over_tls_or_on_this_machine_it_is(url: str) -> None:
    with Client(url, "somebody", SigningKey.of(KEYS["ES256"])) as client:
        assert client.line.url == url.rstrip("/")


@pytest.mark.parametrize(("mode", "audience"), [(DPOP, "https://g"), (SMART, "https://g/oauth/token")])
def test_each_mode_says_whom_its_assertion_is_for(mode: Mode, audience: str) -> None:
    signer = Signer("somebody", SigningKey.of(KEYS["ES256"]), SystemClock(), SystemEntropy())
    assertion = mode.authenticating(signer, "https://g")["client_assertion"]
    assert jwt.decode(assertion, KEYS["ES256"]).claims["aud"] == audience


def test_who_shows_a_certificate_signs_nothing() -> None:
    signer = Signer("somebody", None, SystemClock(), SystemEntropy())
    assert MTLS.authenticating(signer, "https://g") == {"client_id": "somebody"}
    with pytest.raises(MisconfiguredError):
        DPOP.authenticating(signer, "https://g")


def test_a_certificate_that_cannot_be_used_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError):
        ClientCertificate(tmp_path / "absent.pem", tmp_path / "absent.key").context()


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "invalid_token", NotAuthenticatedError),
        (409, "state_conflict", ConflictError),
        (428, "precondition_required", ConflictError),
        (429, "", BusyError),
        (500, "defect", ServerFaultError),
        (418, "teapot", ProblemError),
    ],
)
def test_every_no_is_of_one_kind(status: int, code: str, kind: type[ProblemError]) -> None:
    with pytest.raises(ProblemError) as raised:
        told({"code": code}, status).require()
    assert type(raised.value) is kind
    assert raised.value.code == code
    assert isinstance(raised.value, ClientError)


@pytest.mark.parametrize("code", ProblemType)
def test_every_problem_the_gateway_documents_is_of_a_kind_that_says_what_to_do(code: ProblemType) -> None:
    for status in code.statuses:
        kind = type(told({"code": code.value}, status).problem())
        assert kind is not ProblemError
        assert kind.__doc__ != ProblemError.__doc__


def test_a_no_without_a_problem_is_one_by_its_status() -> None:
    with pytest.raises(BusyError) as raised:
        told(b"<html>", 502, Retry_After="soon").require()
    assert (raised.value.code, raised.value.told.retry_after) == ("", None)


def test_an_operation_outcome_says_the_same_as_a_problem() -> None:
    coding = [
        {"system": "urn:referral-gateway:problem", "code": "document_invalid"},
        {"system": "urn:referral-gateway:rule", "code": "required"},
    ]
    issue = {"severity": "error", "details": {"coding": coding}, "expression": ["Task.owner"]}
    raised = told({"resourceType": "OperationOutcome", "issue": [issue, {}]}, 422).problem().told
    assert (raised.code, raised.faults[0].pointer, raised.faults[0].rule) == (
        "document_invalid",
        "Task.owner",
        "required",
    )


@pytest.mark.parametrize("read", [text, texts, objects, count, flag])
def test_a_member_that_is_not_there_or_of_another_kind_is_not_guessed(read: object) -> None:
    for document in ({}, {"it": None}, {"it": {"a": 1}}, {"it": [1]}, {"it": 1.5}):
        with pytest.raises(NotUnderstoodError, match="it"):
            read(200, document, "it")


@pytest.mark.parametrize(
    "of", [referral_of, preview_of, recorded_of, lambda answer: messages_of(answer, None)], ids=range(4)
)
def test_an_answer_of_another_shape_is_not_understood(of: object) -> None:
    shapes = (
        {},
        {"messages": [{"message": "m", "body": "%", "lease_until": ""}]},
        {"messages": [{"message": "m", "body": "", "lease_until": "soon"}]},
        {"digest": "d", "document": 1, "consent": "c", "ends": "soon"},
        {"decision_id": "d", "state": "unheard-of"},
    )
    for shape in shapes:
        with pytest.raises(NotUnderstoodError):
            of(told(shape))

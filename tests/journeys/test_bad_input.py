"""Whatever is wrong with a request: a problem with pointer and rule, no value, and nothing of the document kept."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import httpx
import pytest
from journeys.bad_documents import ALL, CANONICAL, GOOD, MARK, Bad, changed
from journeys.in_process import Line, a_line

from gateway.client.modes import DPOP
from gateway.core.access.scopes import Scope
from gateway.demo.agencies import CLINIC_SYSTEM, NGO_SYSTEM, SHELTER
from gateway.demo.client import System
from gateway.demo.messages import routing, written
from schemas.vocabulary import Purpose

REFERRALS = "/v1/referrals"
TO_SHELTER = {**routing(SHELTER, Purpose.ACCOMMODATION), "Content-Type": CANONICAL}
MEMBERS = {"type", "title", "status", "code", "errors"}


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with a_line(tmp_path_factory.mktemp("line") / ".demo") as opened:
        yield opened


def request(
    system: System, path: str, body: object = b"", headers: Mapping[str, str | None] | None = None, method: str = "POST"
) -> httpx.Response:
    """Send anything, with a fresh proof; a header of None is left out."""
    fresh = {"Idempotency-Key": system.entropy.bytes(16).hex(), "DPoP": system.proof(method, path)}
    chosen = {**fresh, "Authorization": f"DPoP {system.token}", **(headers or {})}
    sent = {name: value for name, value in chosen.items() if value is not None}
    return system.http.request(method, system.url + path, content=body, headers=sent)


def is_problem(answer: httpx.Response, status: int, code: str, *faults: tuple[str, str]) -> None:
    """Hold an answer to the shape of every problem."""
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"urn:referral-gateway:problem:{code}"
    assert set(body) <= MEMBERS
    assert [(fault["pointer"], fault["rule"]) for fault in body.get("errors", [])] == [*faults]
    assert MARK not in answer.text
    assert MARK not in str(answer.headers)


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: f"{bad.media_type.partition(';')[0]}: {bad.name}")
def test_a_wrong_document_is_refused_and_nothing_of_it_is_kept(line: Line, bad: Bad) -> None:
    system, before, proofs = line.world.systems[bad.client], line.rows(), line.used_proofs()
    body = bad.body or (written(GOOD) if bad.headers else b"")
    answer = request(system, REFERRALS, body, {**TO_SHELTER, "Content-Type": bad.media_type, **bad.headers})
    body = answer.json()
    assert 400 <= answer.status_code < 500
    is_problem(answer, bad.status, body["code"], (bad.pointer, bad.rule))
    assert line.rows() == before
    assert line.used_proofs() == proofs + 1


def test_the_document_they_are_all_made_of_is_right(line: Line) -> None:
    """The canary: with nothing wrong about it the document is accepted, and something is kept."""
    before = line.rows()
    answer = request(line.world.systems[CLINIC_SYSTEM], REFERRALS, written(GOOD), TO_SHELTER)
    assert answer.status_code == 201
    assert line.rows()["parcel"] == before["parcel"] + 1


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in pieces"])
def test_a_body_that_is_too_large_is_refused(line: Line, declared: bool) -> None:  # noqa: FBT001 - a parameter
    system, before = line.world.systems[CLINIC_SYSTEM], line.rows()
    large = written(GOOD) + b" " * line.world.gateway.settings.largest_body
    body = large if declared else iter([large[:1000], large[1000:]])
    answer = request(system, REFERRALS, body, TO_SHELTER)
    is_problem(answer, 413, "too_large", ("Content-Length" if declared else "body", "too_large"))
    assert line.rows() == before


def test_a_length_that_is_no_number_is_refused(line: Line) -> None:
    answer = request(line.world.systems[CLINIC_SYSTEM], REFERRALS, iter([b"x"]), {**TO_SHELTER, "Content-Length": "-1"})
    is_problem(answer, 413, "too_large", ("Content-Length", "too_large"))


def test_a_header_that_stands_twice_is_refused(line: Line) -> None:
    system = line.world.systems[CLINIC_SYSTEM]
    headers = [*TO_SHELTER.items(), ("GX-Recipient", SHELTER), ("Idempotency-Key", "twice-0001")]
    proven = [("Authorization", f"DPoP {system.token}"), ("DPoP", system.proof("POST", REFERRALS))]
    answer = system.http.post(system.url + REFERRALS, content=written(GOOD), headers=[*headers, *proven])
    is_problem(answer, 400, "bad_request", ("GX-Recipient", "repeated"))


def test_the_same_key_with_another_body_is_refused_and_with_the_same_is_answered_again(line: Line) -> None:
    system, key = line.world.systems[CLINIC_SYSTEM], {**TO_SHELTER, "Idempotency-Key": "same-key-0001"}
    first = request(system, REFERRALS, written(GOOD), key)
    before = line.rows()
    again = request(system, REFERRALS, written(GOOD), key)
    assert again.json()["decision_id"] == first.json()["decision_id"]
    other = request(system, REFERRALS, changed(needs=[{"code": "other"}]), key)
    is_problem(other, 422, "idempotency_key_reused", ("Idempotency-Key", "other_body"))
    elsewhere = request(system, REFERRALS, written(GOOD), {**key, "GX-Urgency": "routine"})
    is_problem(elsewhere, 422, "idempotency_key_reused", ("Idempotency-Key", "other_body"))
    assert line.rows() == before


def test_a_proof_is_used_up_by_its_request_even_by_one_that_failed(line: Line) -> None:
    system = line.world.systems[CLINIC_SYSTEM]
    for body, status in ((b"{", 400), (written(GOOD), 201)):
        headers = {**TO_SHELTER, "DPoP": system.proof("POST", REFERRALS)}
        assert request(system, REFERRALS, body, headers).status_code == status
        before = line.rows()
        is_problem(request(system, REFERRALS, written(GOOD), headers), 401, "invalid_dpop_proof")
        assert line.rows() == before


def test_an_assertion_is_used_once(line: Line) -> None:
    system = line.world.systems[NGO_SYSTEM]
    form = {
        "grant_type": "client_credentials",
        "scope": "inbox:read",
        **DPOP.authenticating(system.signer, system.url),
    }
    token, system.token = system.token, ""
    answers = [
        system.http.post(f"{system.url}/oauth/token", data=form, headers={"DPoP": system.proof("POST", "/oauth/token")})
        for _ in range(2)
    ]
    system.token = token
    assert [answer.status_code for answer in answers] == [200, 401]
    assert answers[1].json() == {"error": "invalid_client"}


def test_a_token_runs_out(line: Line) -> None:
    system = line.world.systems[CLINIC_SYSTEM]
    assert request(system, REFERRALS, written(GOOD), TO_SHELTER).status_code == 201
    line.clock.ahead = timedelta(minutes=6)
    try:
        is_problem(request(system, REFERRALS, written(GOOD), TO_SHELTER), 401, "invalid_token")
    finally:
        line.clock.ahead = timedelta()


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": None},
        {"DPoP": None},
        {"Authorization": f"DPoP {MARK}"},
        {"DPoP": MARK},
        {"Authorization": f"Basic {MARK}"},
    ],
    ids=["no token", "no proof", "not a token", "not a proof", "another scheme"],
)
def test_whoever_proves_nothing_is_told_nothing(line: Line, headers: dict[str, str | None]) -> None:
    before, proofs = line.rows(), line.used_proofs()
    answer = request(line.world.systems[CLINIC_SYSTEM], REFERRALS, written(GOOD), {**TO_SHELTER, **headers})
    is_problem(answer, 401, answer.json()["code"])
    assert (line.rows(), line.used_proofs()) == (before, proofs)


def test_somebody_elses_token_does_not_open(line: Line) -> None:
    """A stolen token is worth nothing without the key it is bound to."""
    clinic, thief = line.world.systems[CLINIC_SYSTEM], line.world.systems[NGO_SYSTEM]
    answer = request(thief, REFERRALS, written(GOOD), {**TO_SHELTER, "Authorization": f"DPoP {clinic.token}"})
    assert answer.status_code == 401


def test_a_token_without_the_scope_is_refused(line: Line) -> None:
    system = line.world.systems[CLINIC_SYSTEM]
    system.sign_in([Scope.READ_CONSENTS])
    before = line.rows()
    try:
        is_problem(request(system, REFERRALS, written(GOOD), TO_SHELTER), 403, "insufficient_scope")
        is_problem(request(system, "/v1/inbox/lease"), 403, "insufficient_scope")
    finally:
        system.sign_in()
    assert line.rows() == before


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"/v1/{MARK}", 404, "not_found"),
        ("GET", f"/{MARK}?{MARK}", 404, "not_found"),
        ("DELETE", REFERRALS, 405, "method_not_allowed"),
        ("PUT", "/v1/consents", 405, "method_not_allowed"),
    ],
    ids=["no such path", "no such page", "no such method", "no such method here"],
)
def test_a_path_or_method_that_is_not_there_is_a_problem_too(
    line: Line, method: str, path: str, status: int, code: str
) -> None:
    is_problem(request(line.world.systems[CLINIC_SYSTEM], path, method=method), status, code)

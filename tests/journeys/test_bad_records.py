"""Wrong consents, withdrawals, look-ups and answers: the doors beside the referral's keep the same promises."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from journeys.bad_documents import MARK
from journeys.in_process import Line, a_line
from journeys.test_bad_input import is_problem, request

from gateway.clock import SystemClock
from gateway.demo.agencies import CLINIC, CLINIC_SYSTEM, ENFORCEMENT, NOBODY, POLICE, SHELTER, SHELTER_SYSTEM
from gateway.demo.messages import FIRST, Wish, consent, written
from schemas.vocabulary import DataCategory, Purpose

NOW = SystemClock().now()
WISH = Wish("C-9001", CLINIC, SHELTER, Purpose.ACCOMMODATION, (DataCategory.NEED,))
GOOD = consent(WISH, NOW)
LATER = (NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with a_line(tmp_path_factory.mktemp("line") / ".demo") as opened:
        yield opened


UNCLEAR = {
    "an unknown field": ({MARK: MARK}, ("/*", "additionalProperties")),
    "another schema": ({"schema": MARK}, ("/schema", "const")),
    "nobody": ({"person_ref": ""}, ("/person_ref", "pattern")),
    "an unknown purpose": ({"purposes": [MARK]}, ("/purposes/0", "enum")),
    "no purpose": ({"purposes": []}, ("/purposes", "minItems")),
    "every category": ({"categories": ["everything"]}, ("/categories/0", "enum")),
    "every recipient": ({"recipient": "*"}, ("/recipient", "pattern")),
    "she was not informed": ({"information_confirmed": False}, ("/information_confirmed", "const")),
    "nobody took it": ({"taken_by": {"agency": CLINIC}}, ("/taken_by/name", "required")),
}
AGAINST_A_RULE = {
    "an unknown recipient": ({"recipient": NOBODY}, ("/recipient", "C-03")),
    "enforcement": ({"recipient": ENFORCEMENT}, ("/recipient", "C-03")),
    "another discloser": ({"discloser": POLICE}, ("/discloser", "C-03")),
    "two decisions in one": ({"purposes": ["investigation"]}, ("/purposes", "C-13")),
    "a language she does not speak": ({"person_languages": ["fa"]}, ("/interpreter", "C-06")),
    "taken tomorrow": ({"taken_at": LATER}, ("/taken_at", "C-05")),
    "over before it begins": ({"valid_until": "2020-01-01T00:00:00Z"}, ("/valid_until", "C-08")),
}


@pytest.mark.parametrize("case", [*UNCLEAR, *AGAINST_A_RULE])
def test_a_consent_that_is_not_clear_is_not_recorded(line: Line, case: str) -> None:
    changes, fault = (UNCLEAR | AGAINST_A_RULE)[case]
    code = "document_invalid" if case in UNCLEAR else "consent_not_recordable"
    before = line.rows()
    answer = request(line.world.systems[CLINIC_SYSTEM], "/v1/consents", written({**GOOD, **changes}))
    is_problem(answer, 422, code, fault)
    assert line.rows() == before


@pytest.mark.parametrize(
    ("body", "status", "rule"),
    [
        (b"{", 400, "syntax"),
        (b"[]", 422, "type"),
        (written(GOOD).replace(b'"given"', b'"given","state":"given"'), 400, "duplicate-key"),
    ],
    ids=["cut off", "a list", "a member twice"],
)
def test_a_consent_that_is_no_document_is_not_recorded(line: Line, body: bytes, status: int, rule: str) -> None:
    before = line.rows()
    answer = request(line.world.systems[CLINIC_SYSTEM], "/v1/consents", body)
    is_problem(answer, status, "document_invalid", ("", rule))
    assert line.rows() == before


def test_the_consent_they_are_all_made_of_is_recorded(line: Line) -> None:
    """The canary: with nothing wrong about it, it is recorded, once for its key."""
    system, key = line.world.systems[CLINIC_SYSTEM], {"Idempotency-Key": "consent-key-1"}
    first = request(system, "/v1/consents", written(GOOD), key)
    assert first.status_code == 201
    before = line.rows()
    assert request(system, "/v1/consents", written(GOOD), key).json() == first.json()
    other = request(system, "/v1/consents", written({**GOOD, "categories": ["need", "sex"]}), key)
    is_problem(other, 422, "idempotency_key_reused", ("Idempotency-Key", "other_body"))
    assert line.rows() == before


@pytest.mark.parametrize(
    ("body", "status", "code", "faults"),
    [
        (b"", 400, "document_invalid", [("", "syntax")]),
        (written({}), 422, "bad_request", [("/person_ref", "required")]),
        (written({"person_ref": 7}), 422, "bad_request", [("/person_ref", "required")]),
        (written({"person_ref": "x" * 1000}), 422, "bad_request", [("/person_ref", "required")]),
        (written({"person_ref": FIRST, MARK: MARK}), 422, "bad_request", [("/*", "additionalProperties")]),
        (written({"person_ref": FIRST, "consent": 7}), 422, "bad_request", [("/consent", "type")]),
        (written({"person_ref": MARK}), 404, "not_found", []),
        (written({"person_ref": FIRST, "consent": MARK}), 404, "not_found", []),
    ],
    ids=["nothing", "nobody", "a number", "too long", "more", "a number for a consent", "unknown", "unknown consent"],
)
def test_a_withdrawal_of_nobodys_consent_changes_nothing(
    line: Line, body: bytes, status: int, code: str, faults: list[tuple[str, str]]
) -> None:
    before = line.rows()
    is_problem(request(line.world.systems[CLINIC_SYSTEM], "/v1/withdrawals", body), status, code, *faults)
    assert line.rows() == before


@pytest.mark.parametrize("limit", ["0", "21", "-1", "ten", "1e1", "9" * 40, "%00"])
def test_a_limit_that_is_none_is_refused(line: Line, limit: str) -> None:
    system = line.world.systems[SHELTER_SYSTEM]
    headers = {"DPoP": system.proof("POST", "/v1/inbox/lease"), "Authorization": f"DPoP {system.token}"}
    answer = system.http.post(f"{system.url}/v1/inbox/lease?limit={limit}", headers=headers)
    is_problem(answer, 400, "bad_request", ("limit", "range"))


@pytest.mark.parametrize("message", [MARK, "0" * 26, "1" * 3000], ids=["no id", "nobody's", "too long"])
@pytest.mark.parametrize("step", ["acknowledgement", "status"])
def test_a_message_that_is_nobodys_is_not_there(line: Line, message: str, step: str) -> None:
    before, path = line.rows(), f"/v1/inbox/{message}/{step}"
    body = written({"data": {"status": "accepted"}}) if step == "status" else b""
    answer = request(line.world.systems[SHELTER_SYSTEM], path, body, {"Content-Type": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert MARK not in answer.text
    assert line.rows() == before


@pytest.mark.parametrize("referral", [MARK, "0" * 26], ids=["no id", "nobody's"])
def test_a_referral_that_is_nobodys_is_not_there(line: Line, referral: str) -> None:
    answer = request(line.world.systems[CLINIC_SYSTEM], f"/v1/referrals/{referral}", method="GET")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_status_that_is_none_is_refused(line: Line) -> None:
    before = line.rows()
    path = f"/v1/inbox/{'0' * 26}/status"
    for body in (b"{", written({"data": {"status": MARK}}), written({"data": []})):
        answer = request(line.world.systems[SHELTER_SYSTEM], path, body, {"Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500
        assert MARK not in answer.text
    assert line.rows() == before

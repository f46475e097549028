"""Whom of a document a referral is about, in a header: whatever a system calls her, percent-encoded."""

import pytest
from builders import PERSON_REF, SHELTER, a_referral
from line import MEDIA_TYPE
from starlette.datastructures import Headers
from web_door import Answer, Web

from gateway.client.referring import Route
from gateway.web.headers import subject
from schemas.vocabulary import Purpose

ROUTE = {
    "GX-Recipient": SHELTER,
    "GX-Purpose": "assistance.accommodation",
    "Content-Type": MEDIA_TYPE,
    "Idempotency-Key": "key-0000001",
}
WRONG = [
    "",
    "Patient/77",
    "urn:ward|77",
    "77%2",
    "77%zz",
    "77%ff",
    "77%C0%AF",
    "77%00",
    "77%0D%0AGX-Purpose: x",
    "%2077",
    "%E2%80%AE77",
    "%ED%A0%80",
]


@pytest.fixture
def web() -> Web:
    made = Web()
    made.line.says()
    return made


def send(web: Web, **headers: str) -> Answer:
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.ask("POST", "/v1/referrals", a_referral(), {**ROUTE, **changed})


@pytest.mark.parametrize(
    "named",
    ["urn:ward|77", "Patient/77", "https://a.example/fhir/Patient/77", "№ 7 — Ж%2F", "P*~$=-", "a" * 200, "字" * 200],
    ids=range(7),
)
def test_whatever_a_system_calls_her_can_be_said_in_a_header(named: str) -> None:
    written = Route(SHELTER, Purpose.ACCOMMODATION, subject=named).headers()["GX-Subject"]
    assert subject(Headers({"GX-Subject": written})) == named
    assert subject(Headers({"GX-Subject": "".join(f"%{octet:02x}" for octet in named.encode())})) == named


def test_a_person_is_the_one_named_however_it_was_encoded(web: Web) -> None:
    plain, encoded = PERSON_REF, "".join(f"%{octet:02X}" for octet in PERSON_REF.encode())
    first = send(web, GX_Subject=encoded)
    assert first.status == 201
    assert send(web, GX_Subject=plain).json["decision_id"] == first.json["decision_id"]
    other = send(web, GX_Subject=f"{encoded}%2F", Idempotency_Key="key-0000002")
    assert (other.status, other.code) == (422, "document_unreadable")


@pytest.mark.parametrize("written", WRONG, ids=range(len(WRONG)))
def test_what_is_not_encoded_or_names_nobody_is_refused(web: Web, written: str) -> None:
    answer = send(web, GX_Subject=written)
    assert (answer.status, answer.faults) == (400, [("GX-Subject", "pattern")])

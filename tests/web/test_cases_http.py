"""Facts about a person over HTTP: codes and ids in every answer; her reference and what is sealed in none."""

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_consent_document
from web_door import Answer, Web

from schemas.documents import Json

INSTRUMENT: dict[str, Json] = {
    "kind": "court_order",
    "recipient": SHELTER,
    "categories": ["name"],
    "person_told": "yes",
    "reference": "Canary court, order 12",
}

LEFT: Json = True


@pytest.fixture
def web() -> Web:
    """An application where the police know her."""
    web = Web()
    web.ask("POST", "/v1/consents", a_consent_document(), {"Idempotency-Key": "key-consent-1"})
    return web


def record(web: Web, kind: str, terms: Json, key: str = "key-0000001") -> Answer:
    document: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": PERSON_REF, "event": {kind: terms}}
    return web.ask("POST", "/v1/case-events", document, {"Idempotency-Key": key})


def test_a_fact_is_recorded_and_told_by_id_and_type(web: Web) -> None:
    answer = record(web, "instrument_recorded", INSTRUMENT)
    assert answer.status == 201
    assert answer.json["type"] == "instrument_recorded"
    assert answer.json["stopped"] == 0
    again = record(web, "instrument_recorded", INSTRUMENT)
    assert (again.status, again.body) == (201, answer.body)


def test_what_was_recorded_is_shown_without_what_is_sealed(web: Web) -> None:
    record(web, "instrument_recorded", INSTRUMENT)
    answer = web.ask("POST", "/v1/case-events/search", {"person_ref": PERSON_REF}, agency=POLICE)
    [event] = answer.json["events"]
    assert event["terms"] == {name: value for name, value in INSTRUMENT.items() if name != "reference"}
    for body in (answer.body, record(web, "nrm_withdrawn", LEFT, "key-0000003").body):
        assert b"Canary" not in body
        assert PERSON_REF.encode() not in body


@pytest.mark.parametrize(
    ("kind", "terms", "pointer", "rule"),
    [
        ("age_determined", {"status": "adult"}, "/event/age_determined", "K-01"),
        ("override_approved", {"override": "0V000000000000000020310007"}, "/event/override_approved", "E-01"),
    ],
)
def test_what_may_not_be_recorded_is_told_by_rule(web: Web, kind: str, terms: Json, pointer: str, rule: str) -> None:
    answer = record(web, kind, terms)
    assert (answer.status, answer.code) == (422, "case_event_not_recordable")
    assert answer.faults == [(pointer, rule)]


def test_what_is_no_fact_is_told_by_pointer(web: Web) -> None:
    answer = record(web, "she_is_lying", {"canary": "Canary"})
    assert (answer.status, answer.code) == (422, "document_invalid")
    assert b"Canary" not in answer.body


def test_nobody_is_asked_about_twice_in_one_body(web: Web) -> None:
    for body in ({"person_ref": PERSON_REF, "more": "x"}, {"person_ref": ""}, {}):
        assert web.ask("POST", "/v1/case-events/search", body, agency=POLICE).status == 422


def test_of_a_person_nobody_knows_nothing_is_told(web: Web) -> None:
    unknown: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": "P-9999", "event": {"nrm_withdrawn": LEFT}}
    answer = web.ask("POST", "/v1/case-events", unknown, {"Idempotency-Key": "key-0000009"})
    assert (answer.status, answer.code) == (404, "not_found")
    assert web.ask("POST", "/v1/case-events/search", {"person_ref": "P-9999"}).json == {"events": []}

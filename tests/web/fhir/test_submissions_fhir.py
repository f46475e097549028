"""A FHIR system refers somebody: as a message, a transaction or a Task. The same line, answered in its own words."""

import json
from collections.abc import Mapping

import pytest
from builders import SHELTER
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.task import Task
from fhir_door import (
    AGENCY,
    OUR_NUMBER,
    PURPOSE,
    FhirWeb,
    a_bundle,
    a_lone_task,
    a_message,
    a_patient,
    a_request,
    a_task,
    a_transaction,
    a_web,
    agency,
    coded,
    issues,
)
from line import HILL
from web_door import CHALLENGE

from gateway.core.access.scopes import Scope
from schemas.documents import Json


@pytest.fixture
def web() -> FhirWeb:
    return a_web()


def test_a_transaction_may_go_to_the_base_with_a_slash_at_its_end(web: FhirWeb) -> None:
    web.described = False  # The description names each address once, as we write it ourselves.
    answer = web.send("/fhir/", a_transaction())
    assert (answer.status, answer.json["type"]) == (200, "transaction-response")


WAYS: dict[str, tuple[str, Mapping[str, Json], int]] = {
    "message": ("/fhir/$process-message", a_message(), 200),
    "transaction": ("/fhir", a_transaction(), 200),
    "task": ("/fhir/Task", a_lone_task(), 201),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_sends_one_referral_that_the_recipient_fetches(web: FhirWeb, way: str) -> None:
    path, document, status = WAYS[way]
    answer = web.send(path, document)
    assert (answer.status, answer.header("content-type")) == (status, "application/fhir+json;charset=utf-8")
    [got] = web.line.fetch()
    received = json.loads(got.body)
    assert received["resourceType"] == "Bundle"
    assert b"Invented" not in got.body, "the shelter's profile names no family name"


def test_a_created_task_says_where_it_is_and_nothing_about_her(web: FhirWeb) -> None:
    answer = web.send("/fhir/Task", a_lone_task())
    task = answer.json
    Task.model_validate(task)
    assert answer.header("location") == f"https://gateway.example/fhir/Task/{task['id']}"
    assert answer.header("etag") == f'W/"{task["meta"]["versionId"]}"'
    assert (task["status"], task["authoredOn"]) == ("requested", "2031-03-14")
    assert task["identifier"][0]["value"] == OUR_NUMBER
    assert (task["requester"], task["owner"]) == (
        {"type": "Organization", **agency("harbour-police")},
        {"type": "Organization", **agency(SHELTER)},
    )
    assert not {"for", "focus", "input", "contained", "note", "description"} & task.keys()
    assert not any(word.encode() in answer.body for word in ("Linnet", "Invented", "female", "1999", "accommodation.e"))


def test_a_message_is_answered_by_a_message(web: FhirWeb) -> None:
    answered = web.send("/fhir/$process-message", a_message()).json
    Bundle.model_validate(answered)
    header, task = (entry["resource"] for entry in answered["entry"])
    assert header["response"] == {"identifier": "header-1", "code": "ok"}
    assert header["focus"] == [{"reference": f"https://gateway.example/fhir/Task/{task['id']}"}]
    assert task["status"] == "requested"


def test_a_transaction_is_answered_entry_by_entry(web: FhirWeb) -> None:
    answered = web.send("/fhir", a_transaction()).json
    Bundle.model_validate(answered)
    told = [entry["response"] for entry in answered["entry"]]
    assert [one["status"] for one in told] == ["202 Accepted", "202 Accepted", "201 Created"]
    assert told[2]["location"].startswith("https://gateway.example/fhir/Task/")
    assert all("location" not in one for one in told[:2]), "no Patient and no request is kept as a resource"


def test_without_a_task_the_request_says_all(web: FhirWeb) -> None:
    request = a_request(
        identifier=[{"value": "SR-1"}],
        performer=[agency(SHELTER)],
        reasonCode=[coded(PURPOSE, "assistance.accommodation")],
        priority="stat",
    )
    answered = web.send("/fhir", a_bundle("transaction", ("her", a_patient()), ("request", request))).json
    assert [entry["response"]["status"] for entry in answered["entry"]] == ["202 Accepted", "201 Created"]
    assert web.line.parcel.urgency == "emergency"


def test_the_same_bundle_again_is_the_same_referral(web: FhirWeb) -> None:
    first, again = (web.send("/fhir", a_transaction()) for _ in range(2))
    assert first.json == again.json
    assert len(web.line.book.parcels) == 1


def test_the_same_number_for_another_bundle_is_a_duplicate(web: FhirWeb) -> None:
    web.send("/fhir", a_transaction())
    answer = web.send("/fhir", a_transaction(task=a_task(priority="routine")))
    assert (answer.status, issues(answer)) == (422, [("duplicate", "other_body", "Idempotency-Key")])
    assert len(web.line.book.parcels) == 1


def test_a_task_is_recognised_by_its_own_number(web: FhirWeb) -> None:
    first, again = (web.send("/fhir/Task", a_lone_task()) for _ in range(2))
    assert first.json["id"] == again.json["id"]


WITHOUT: dict[str, tuple[Mapping[str, Json], str]] = {
    "a recipient": (a_task(owner={"display": "the shelter by the river"}), "Bundle.entry[2].resource.owner"),
    "a purpose": (a_task(reasonCode={"text": "a bed"}), "Bundle.entry[2].resource.reasonCode"),
}


@pytest.mark.parametrize("what", WITHOUT)
def test_what_is_not_said_is_asked_for_and_never_guessed(web: FhirWeb, what: str) -> None:
    task, place = WITHOUT[what]
    answer = web.send("/fhir", a_transaction(task=task))
    assert (answer.status, issues(answer)) == (400, [("required", "required", place)])
    assert not web.line.book.leaves[1:]


def test_a_document_without_a_number_is_refused(web: FhirWeb) -> None:
    document = {name: value for name, value in a_lone_task().items() if name != "identifier"}
    assert issues(web.send("/fhir/Task", document)) == [("required", "required", "Task.identifier")]


def test_two_recipients_are_a_contradiction(web: FhirWeb) -> None:
    task = a_task(owner=agency(HILL))
    answer = web.send("/fhir/$process-message", a_message(task=task))
    assert answer.status == 422
    assert issues(answer) == [("structure", "contradiction", "Bundle.entry[0].resource.destination[0].receiver")]


@pytest.mark.parametrize(
    ("task", "rule"),
    [
        (a_task(reasonCode=coded(PURPOSE, "immigration.control")), "unknown_code"),
        (a_task(priority="soon"), "unknown_code"),
        (a_task(status="zzz"), "unknown_code:task-status"),
        (a_task(surprise="?"), "unknown_element"),
    ],
)
def test_what_is_unknown_is_refused_with_its_place(web: FhirWeb, task: Mapping[str, Json], rule: str) -> None:
    answer = web.send("/fhir", a_transaction(task=task))
    assert answer.status in {400, 422}
    [(_, said, place)] = issues(answer)
    assert said == rule
    assert place.startswith("Bundle.entry[2].resource")
    assert not any(value.encode() in answer.body for value in ("immigration.control", "soon", "zzz", "surprise"))


def test_c_01_a_refusal_is_forbidden_and_says_no_cause_in_her_record(web: FhirWeb) -> None:
    web.line.takes_back()
    withdrawn = web.send("/fhir", a_transaction())
    stranger = a_patient(identifier=[{"system": "urn:referral-gateway:person-ref", "value": "P-9999"}])
    parts = (("her", stranger), ("request", a_request()), ("task", a_task()))
    other: dict[str, Json] = {"identifier": {"value": "message-2"}}
    never = web.send("/fhir", a_bundle("transaction", *parts, **other))
    assert withdrawn.status == never.status == 403
    assert issues(withdrawn) == issues(never)
    assert [code for _, code, _ in issues(withdrawn)] == ["C-01"]


def test_her_own_reference_must_be_there(web: FhirWeb) -> None:
    nameless = {name: value for name, value in a_patient().items() if name != "identifier"}
    parts = (("her", nameless), ("request", a_request()), ("task", a_task()))
    answer = web.send("/fhir", a_bundle("transaction", *parts))
    assert (answer.status, issues(answer)) == (422, [("required", "required", "/subject/person_ref")])


def test_the_sender_takes_it_back_by_a_cancelled_task(web: FhirWeb) -> None:
    web.send("/fhir/Task", a_lone_task())
    answer = web.send("/fhir/Task", a_lone_task(status="cancelled"))
    assert (answer.status, [code for _, code, _ in issues(answer)]) == (200, ["revoked"])
    assert web.line.fetch() == ()


def test_the_sender_takes_it_back_by_a_message(web: FhirWeb) -> None:
    web.send("/fhir/$process-message", a_message())
    other = {"identifier": {"system": "urn:invented:messages", "value": "message-2"}}
    answer = web.send("/fhir/$process-message", a_message(event="I14", **other))
    assert answer.status == 200
    assert [entry["resource"]["resourceType"] for entry in answer.json["entry"]] == [
        "MessageHeader",
        "OperationOutcome",
    ]
    assert web.line.fetch() == ()


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/fhir", a_message()),
        ("/fhir", a_lone_task()),
        ("/fhir/$process-message", a_transaction()),
        ("/fhir/Task", a_transaction()),
    ],
)
def test_each_way_takes_its_own_kind_only(web: FhirWeb, path: str, document: Mapping[str, Json]) -> None:
    assert web.send(path, document).status == 422
    assert web.line.book.parcels == {}


def test_a_client_without_the_scope_is_refused(web: FhirWeb) -> None:
    web.verifier.scopes = frozenset({Scope.READ_REFERRALS})
    answer = web.send("/fhir", a_transaction())
    assert (answer.status, issues(answer)) == (403, [("forbidden", "insufficient_scope", "")])


def test_an_agency_of_another_format_is_refused(web: FhirWeb) -> None:
    answer = web.send("/fhir", a_transaction(), "open-door")
    assert (answer.status, issues(answer)) == (403, [("invalid", "not_fhir", "adapter")])


def test_nobody_is_answered_without_a_token(web: FhirWeb) -> None:
    answer = web.ask("POST", "/fhir", a_transaction(), {"Content-Type": "application/fhir+json"}, agency=None)
    assert (answer.status, issues(answer)) == (401, [("login", "invalid_token", "")])
    assert [value for name, value in answer.headers if name == "www-authenticate"] == [CHALLENGE, "Bearer"]
    assert AGENCY.encode() not in answer.body


@pytest.mark.parametrize("body", [b"", b"{", b'{"resourceType": "Bundle", "resourceType": "Task"}', b"\xff"])
def test_what_is_no_json_is_a_400_in_fhir_too(web: FhirWeb, body: bytes) -> None:
    answer = web.ask("POST", "/fhir", body, {"Content-Type": "application/fhir+json"})
    assert answer.status == 400
    assert issues(answer)

"""Whom a request is about, where documents of several servers, numbers and people who are no patients could mislead."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.sdk import ParsedReferral, SubjectUnclearError

Read = Callable[..., Any]
NUMBER = {"system": "urn:ward", "value": "77"}


@pytest.fixture
def patient(contained: dict[str, Any]) -> dict[str, Any]:
    return {**contained.pop("contained")[0], "identifier": [dict(NUMBER)]}


def bundle(*entries: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    entry = [{"fullUrl": url, "resource": resource} for url, resource in entries]
    return {"resourceType": "Bundle", "type": "collection", "entry": entry}


def asking(request: dict[str, Any], subject: dict[str, Any]) -> dict[str, Any]:
    return {**request, "subject": subject, "requester": {"display": "Ward 3"}}


def test_who_has_her_id_on_another_server_is_somebody_else(
    read: Read, contained: dict[str, Any], patient: dict[str, Any]
) -> None:
    request = asking(contained, {"reference": "Patient/p"})
    for server, found in (("https://a.example/fhir", True), ("https://b.example/fhir", False)):
        document = bundle((f"{server}/Patient/p", patient), ("https://a.example/fhir/ServiceRequest/s", request))
        parsed = read(document)
        assert isinstance(parsed, ParsedReferral)
        assert bool(parsed.document["subject"]) is found
        assert ("/entry/0/resource" in {loss.path for loss in parsed.losses}) is not found


def test_two_servers_may_give_two_patients_one_id(
    read: Read, contained: dict[str, Any], patient: dict[str, Any]
) -> None:
    patients = [
        ("https://a.example/fhir/Patient/p", patient),
        ("https://b.example/fhir/Patient/p", {**patient, "gender": "female"}),
    ]
    request = asking(contained, {"reference": "Patient/p"})
    for server, sex in (("a", "male"), ("b", "female")):
        parsed = read(bundle(*patients, (f"https://{server}.example/fhir/ServiceRequest/s", request)))
        assert isinstance(parsed, ParsedReferral)
        assert parsed.document["subject"]["sex"] == sex
    unclear = bundle(*patients, ("urn:uuid:3", request))
    assert isinstance(read(unclear), SubjectUnclearError)
    named = bundle(*patients, ("urn:uuid:3", asking(contained, {"reference": "https://b.example/fhir/Patient/p"})))
    assert read(named).document["subject"]["sex"] == "female"
    twice = bundle(*patients, ("https://b.example/fhir/Patient/p", patient))
    assert str(read(twice)) == "duplicate_id at /entry/2/resource"


def test_she_is_found_by_a_number_of_hers(read: Read, contained: dict[str, Any], patient: dict[str, Any]) -> None:
    request = asking(contained, {"identifier": NUMBER})
    task = {"resourceType": "Task", "status": "requested", "intent": "order", "for": {"reference": "urn:uuid:1"}}
    document = bundle(("urn:uuid:1", patient), ("urn:uuid:2", request), ("urn:uuid:3", task))
    for subject in (None, "77", "urn:ward|77", patient["id"], "urn:uuid:1"):
        parsed = read(document, subject)
        assert isinstance(parsed, ParsedReferral), subject
        assert parsed.document["subject"]["sex"] == "male"


@pytest.mark.parametrize("change", [{"system": "urn:other"}, {"use": "old"}, {"value": "78"}])
def test_a_number_that_is_not_hers_finds_nobody(
    read: Read, contained: dict[str, Any], patient: dict[str, Any], change: dict[str, str]
) -> None:
    patient["identifier"][0] |= change
    parsed = read(bundle(("urn:uuid:1", patient), ("urn:uuid:2", asking(contained, {"identifier": NUMBER}))))
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["subject"] == {}


def test_a_number_of_two_patients_says_neither(read: Read, contained: dict[str, Any], patient: dict[str, Any]) -> None:
    other = {**patient, "id": "q"}
    request = asking(contained, {"identifier": NUMBER})
    document = bundle(("urn:uuid:1", patient), ("urn:uuid:2", other), ("urn:uuid:3", request))
    assert isinstance(read(document), SubjectUnclearError)


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "RelatedPerson/4"},
        {"reference": "https://a.example/fhir/Group/12"},
        {"reference": "https://a.example/fhir/Group/12/_history/2"},
        {"reference": "urn:uuid:9", "type": "Group"},
        {"identifier": NUMBER, "type": "Device"},
    ],
)
def test_who_is_no_patient_is_nobody_to_refer(
    read: Read, contained: dict[str, Any], patient: dict[str, Any], subject: dict[str, Any]
) -> None:
    document = bundle(("urn:uuid:1", patient), ("urn:uuid:2", asking(contained, subject)))
    assert str(read(document)) == "subject_unclear at /entry/1/resource/subject"
    assert str(read(document, "77")) == "subject_unclear at /entry/1/resource/subject"


# ------------------------------------------------------------------------------------------ what changes the record


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"deceasedBoolean": True}, "deceased at /contained/0/deceasedBoolean"),
        ({"deceasedDateTime": "2031"}, "deceased at /contained/0/deceasedDateTime"),
        (
            {"link": [{"other": {"reference": "Patient/2"}, "type": "replaced-by"}]},
            "replaced at /contained/0/link/0/type",
        ),
    ],
)
def test_the_dead_and_records_that_are_replaced_are_refused(
    read: Read, contained: dict[str, Any], said: dict[str, Any], refused: str
) -> None:
    contained["contained"][0] |= said
    assert str(read(contained)) == refused


def test_another_record_of_hers_beside_this_one_is_lost(read: Read, contained: dict[str, Any]) -> None:
    contained["contained"][0] |= {
        "deceasedBoolean": False,
        "link": [{"other": {"reference": "Patient/2"}, "type": "seealso"}],
    }
    parsed = read(contained)
    assert isinstance(parsed, ParsedReferral)
    assert "/contained/*/link/*" in {loss.path for loss in parsed.losses}


def test_a_number_that_is_no_longer_hers_is_lost(read: Read, contained: dict[str, Any]) -> None:
    contained["contained"][0]["identifier"] = [{"use": "old", "value": "X-1"}, {"use": "official", "value": "X-2"}]
    parsed = read(contained)
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["subject"]["identifiers"] == [{"type": "other", "value": "X-2"}]
    assert "/contained/*/identifier/*" in {loss.path for loss in parsed.losses}


@pytest.mark.parametrize(
    ("period", "name", "address", "channels"),
    [
        ({"start": "2020"}, "official", "current", 1),
        ({"start": "2020", "end": "9999-12-31"}, "official", "current", 1),
        ({"end": "2030-04"}, "other", "other", 0),
    ],
)
def test_what_has_an_end_is_not_what_is_so_now(
    read: Read, contained: dict[str, Any], period: dict[str, str], name: str, address: str, channels: int
) -> None:
    contained["contained"][0] |= {
        "name": [{"use": "official", "family": "Alder", "period": period}],
        "address": [{"use": "home", "city": "Imber", "period": period}],
        "telecom": [{"system": "phone", "value": "+40 700", "period": period}],
    }
    parsed = read(contained)
    assert isinstance(parsed, ParsedReferral)
    subject = parsed.document["subject"]
    assert (subject["names"][0]["use"], subject["addresses"][0]["use"]) == (name, address)
    assert len(subject.get("contacts", [])) == channels
    assert {f"/contained/*/{element}/*/period" for element in ("name", "address")} <= {
        loss.path for loss in parsed.losses
    }


def test_the_one_name_that_has_no_end_is_the_one_she_is_known_by(read: Read, contained: dict[str, Any]) -> None:
    contained["contained"][0]["name"] = [
        {"family": "Alder", "period": {"start": "2016", "end": "2030-04"}},
        {"family": "Birch", "period": {"start": "2030-04"}},
    ]
    parsed = read(contained)
    assert isinstance(parsed, ParsedReferral)
    uses = {name["family"]: name["use"] for name in parsed.document["subject"]["names"]}
    assert uses == {"Alder": "other", "Birch": "official"}


# ------------------------------------------------------------------------------------------------ what is asked for


def test_a_request_that_was_carried_out_beside_another_asks_for_nothing(
    read: Read, contained: dict[str, Any], patient: dict[str, Any]
) -> None:
    request = asking(contained, {"reference": "urn:uuid:1"})
    entries = [("urn:uuid:1", patient), ("urn:uuid:2", {**request, "status": "completed", "id": "done"})]
    assert str(read(bundle(*entries))) == "not_active at /entry/1/resource/status"
    parsed = read(bundle(*entries, ("urn:uuid:3", request)))
    assert isinstance(parsed, ParsedReferral)
    assert len(parsed.document["needs"]) == 1
    assert "/entry/1/resource" in {loss.path for loss in parsed.losses}


@pytest.mark.parametrize("status", ["revoked", "entered-in-error", "completed"])
def test_a_task_for_what_is_over_does_not_ask_for_what_lies_beside_it(
    read: Read, contained: dict[str, Any], patient: dict[str, Any], status: str
) -> None:
    request = asking(contained, {"reference": "urn:uuid:1"})
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "focus": {"reference": "urn:uuid:2"},
        "for": {"reference": "urn:uuid:1"},
    }
    over = {**request, "status": status, "id": "over"}
    document = bundle(("urn:uuid:1", patient), ("urn:uuid:2", over), ("urn:uuid:3", request), ("urn:uuid:4", task))
    assert str(read(document)) == "focus at /entry/3/resource/focus"
    task["focus"] = {"reference": "urn:uuid:3"}
    assert isinstance(read(document), ParsedReferral)

"""Who she is to the sender, in a FHIR document."""

from collections.abc import Callable
from typing import Any

from adapters.sdk import MalformedError, ParsedReferral, SubjectUnclearError

Read = Callable[..., Any]


def test_the_senders_own_reference_for_her_is_no_number_anybody_gave_her(read: Read, contained: dict[str, Any]) -> None:
    own = {"system": "urn:referral-gateway:person-ref", "value": "P-0114"}
    contained["contained"][0]["identifier"] = [own]
    parsed = read(contained)
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["subject"]["person_ref"] == "P-0114"
    assert "identifiers" not in parsed.document["subject"]


def test_two_references_for_her_are_refused(read: Read, contained: dict[str, Any]) -> None:
    systems = ("urn:referral-gateway:person-ref", "urn:referral-gateway:pseudonym")
    contained["contained"][0]["identifier"] = [
        {"system": system, "value": f"P-{place}"} for place, system in enumerate(systems)
    ]
    refused = read(contained)
    assert isinstance(refused, MalformedError)
    assert (refused.pointer, refused.rule) == ("/contained/0/identifier/1", "repeated")


def test_one_number_of_two_systems_is_two_people(read: Read, contained: dict[str, Any]) -> None:
    def request(number: int, system: str) -> dict[str, Any]:
        resource = {**contained, "id": f"sr-{number}", "contained": [{"resourceType": "Practitioner", "id": "d"}]}
        return {"resource": {**resource, "subject": {"identifier": {"system": system, "value": "77"}}}}

    both = [request(1, "urn:ward"), request(2, "urn:shelter")]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": both}
    assert isinstance(read(bundle), SubjectUnclearError)
    assert isinstance(read(bundle, "77"), SubjectUnclearError)
    parsed = read(bundle, "urn:shelter|77")
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["sender_reference"] == "sr-2"
    alone = read({**bundle, "entry": both[:1]}, "77")
    assert isinstance(alone, ParsedReferral)
    assert "/entry/*/resource/subject/identifier/system" in {loss.path for loss in alone.losses}


def test_a_conditional_reference_means_the_patient_who_has_the_number(read: Read, contained: dict[str, Any]) -> None:
    """As a transaction may write it: nothing that the bundle said of her was read."""
    patient = contained.pop("contained")[0] | {"identifier": [{"system": "urn:ward", "value": "7"}]}
    request = contained | {"requester": {"display": "Ward 3"}}
    for written in ("Patient?identifier=urn:ward|7", "Patient?identifier=urn%3Award%7C7"):
        entry = [
            {"fullUrl": f"urn:uuid:{number}", "resource": resource}
            for number, resource in enumerate([request | {"subject": {"reference": written}}, patient])
        ]
        parsed = read({"resourceType": "Bundle", "type": "collection", "entry": entry})
        assert isinstance(parsed, ParsedReferral)
        assert "sex" in parsed.document["subject"]
        entry.append({"fullUrl": "urn:uuid:9", "resource": patient | {"id": "other"}})
        assert isinstance(read({"resourceType": "Bundle", "type": "collection", "entry": entry}), SubjectUnclearError)

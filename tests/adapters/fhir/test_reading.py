"""A FHIR document as a canonical referral: what is carried, what is lost, what is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from adapters.sdk import MalformedError, ParsedReferral, SubjectUnclearError, UnsupportedError
from adapters.sdk.codes import Loss
from schemas.validation import validate

Read = Callable[..., Any]


def resource(bundle: dict[str, Any], kind: str, number: int = 0) -> dict[str, Any]:
    found = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]
    made: dict[str, Any] = found[number]
    return made


def referral(parsed: object) -> dict[str, Any]:
    assert isinstance(parsed, ParsedReferral), parsed
    assert validate(parsed.document, "referral/1.0")
    return json.loads(json.dumps(parsed.document))


def test_a_bundle_is_read_as_the_golden_file_says(read: Read, full: dict[str, Any]) -> None:
    document = referral(read(full))
    assert document["subject"]["person_ref"] == "7V3W9K2M4N6P8Q0R1S5T7V9X2Y*"
    assert document["subject"]["identifiers"] == [
        {"type": "other", "value": "H-114207"},
        {"type": "passport", "value": "X00 114 207"},
    ]
    assert document["subject"]["birth"] == {"date": "2009-07", "estimated": True}
    assert document["subject"]["citizenships"] == ["RO", "MD"]
    assert document["needs"] == [
        {"code": "accommodation.emergency", "note": "Prefers a room of her own."},
        {"code": "mental_health"},
    ]
    assert document["situation"] == {"exploitation": [{"type": "forced_labour"}, {"type": "sexual", "country": "IT"}]}
    assert document["risk"] == {"level": "high"}
    assert (document["sender_reference"], document["recorded_on"]) == ("T-2031-77", "2031-05-05")


def test_narrative_display_contained_and_other_resources_are_lost_and_reported(
    read: Read, full: dict[str, Any]
) -> None:
    parsed = read(full)
    lost = {loss.path for loss in parsed.losses if loss.kind == "dropped"}
    base = "/entry/*/resource"
    assert {"/entry/4/resource", f"{base}/text", f"{base}/for/display", f"{base}/photo"} <= lost
    assert {f"{base}/supportingInfo", f"{base}/contact", f"{base}/extension/*", f"{base}/input/*"} <= lost
    text = repr(parsed.document)
    for gone in ("Doina", "Oana", "Radu", "shed", "Find Ilinca", "Portrait", "papers"):
        assert gone not in text


def test_a_message_is_read_and_its_header_is_no_part_of_her(read: Read, load: Callable[[str], Any]) -> None:
    document = referral(read(load("message")))
    assert document["subject"]["names"] == [{"use": "official", "given": "Salma", "family": "Amari"}]
    assert document["sender_reference"] == "t1"


def test_a_name_without_a_use_is_a_guess(read: Read, load: Callable[[str], Any]) -> None:
    assert Loss("/entry/*/resource/name/*", "guessed") in read(load("message")).losses


def test_a_message_without_its_header_first_is_malformed(read: Read, load: Callable[[str], Any]) -> None:
    message = load("message")
    message["entry"].reverse()
    assert str(read(message)) == "message_header at /entry/0/resource"


def test_a_message_about_something_else_is_refused(read: Read, load: Callable[[str], Any]) -> None:
    message = load("message")
    resource(message, "MessageHeader")["eventCoding"]["code"] = "A01"
    assert str(read(message)) == "unknown_code:message-event at /entry/0/resource/eventCoding"


def test_a_bare_request_reads_the_patient_inside_it(read: Read, contained: dict[str, Any]) -> None:
    document = referral(read(contained))
    assert document["subject"] == {"sex": "male", "languages": [{"code": "am"}]}
    assert document["needs"] == [{"code": "material_basic_needs"}]
    assert document["sender_reference"] == "sr-9"


def test_a_patient_elsewhere_is_left_to_the_supplement(read: Read, contained: dict[str, Any]) -> None:
    contained["subject"] = {"reference": "Patient/77"}
    assert referral(read(contained))["subject"] == {}


# ------------------------------------------------------------------------------------------------- whom it is about


def two_people(full: dict[str, Any]) -> dict[str, Any]:
    second = {"resourceType": "Patient", "id": "p2", "gender": "male"}
    full["entry"].append({"fullUrl": "urn:uuid:2", "resource": second, "request": {"method": "POST", "url": "Patient"}})
    resource(full, "ServiceRequest", 1)["subject"] = {"reference": "urn:uuid:2"}
    return full


def test_requests_about_two_people_are_unclear(read: Read, full: dict[str, Any]) -> None:
    assert isinstance(read(two_people(full)), SubjectUnclearError)


@pytest.mark.parametrize("name", ["p2", "Patient/p2", "urn:uuid:2"])
def test_the_caller_says_which_of_two_people_is_meant(read: Read, full: dict[str, Any], name: str) -> None:
    bundle = two_people(full)
    bundle["entry"] = [entry for entry in bundle["entry"] if entry["resource"]["resourceType"] != "Task"]
    document = referral(read(bundle, name))
    assert document["subject"] == {"sex": "male"}
    assert document["needs"] == [{"code": "mental_health"}]


@pytest.mark.parametrize("reference", ["Group/1", "Device/1", "Location/1"])
def test_a_group_or_a_thing_is_no_person(read: Read, contained: dict[str, Any], reference: str) -> None:
    contained["subject"] = {"reference": reference}
    assert isinstance(read(contained), SubjectUnclearError)


def test_a_reference_to_something_that_is_no_patient_is_refused(read: Read, contained: dict[str, Any]) -> None:
    contained["subject"] = {"reference": "#d"}
    assert isinstance(read(contained), SubjectUnclearError)


def test_a_reference_to_nothing_inside_is_malformed(read: Read, contained: dict[str, Any]) -> None:
    contained["subject"] = {"reference": "#nobody"}
    assert str(read(contained)) == "reference at /contained"


def test_two_resources_of_one_name_are_refused(read: Read, full: dict[str, Any]) -> None:
    full["entry"][4]["fullUrl"] = full["entry"][0]["fullUrl"]
    assert str(read(full)) == "duplicate_id at /entry/4/resource"


def test_an_inactive_record_is_refused(read: Read, full: dict[str, Any]) -> None:
    resource(full, "Patient")["active"] = False
    assert str(read(full)) == "inactive at /entry/0/resource/active"


# --------------------------------------------------------------------------------------------------- what is asked


@pytest.mark.parametrize("status", ["draft", "on-hold", "completed", "unknown"])
def test_a_request_that_is_not_active_asks_for_nothing(read: Read, contained: dict[str, Any], status: str) -> None:
    assert str(read(contained | {"status": status})) == "not_active at /status"


@pytest.mark.parametrize("intent", ["proposal", "option"])
def test_a_proposal_is_no_request(read: Read, contained: dict[str, Any], intent: str) -> None:
    assert str(read(contained | {"intent": intent})) == "not_an_order at /intent"


def test_a_request_not_to_do_something_is_refused(read: Read, contained: dict[str, Any]) -> None:
    assert str(read(contained | {"doNotPerform": True})) == "do_not_perform at /doNotPerform"
    assert isinstance(read(contained | {"doNotPerform": False}), ParsedReferral)


def test_text_is_never_a_code(read: Read, contained: dict[str, Any]) -> None:
    said = contained | {"category": [{"text": "food-insecurity"}], "code": {"text": "homelessness"}}
    assert referral(read(said))["needs"] == [{"code": "other"}]


def test_a_code_of_another_system_is_not_ours(read: Read, contained: dict[str, Any]) -> None:
    said = contained | {"category": [{"coding": [{"system": "http://example.org", "code": "food-insecurity"}]}]}
    parsed = read(said)
    assert referral(parsed)["needs"] == [{"code": "other"}]
    assert Loss("/category/*/coding/*", "coarsened") in parsed.losses


def test_an_unknown_code_of_our_own_is_refused(read: Read, contained: dict[str, Any]) -> None:
    said = contained | {"code": {"coding": [{"system": "urn:referral-gateway:fhir:need", "code": "a_dog"}]}}
    assert str(read(said)) == "unknown_code:need at /code/coding/0/code"


@pytest.mark.parametrize(
    ("code", "form"),
    [("T74.51XA", "sexual"), ("T76.62", "forced_labour"), ("Z04.81", "sexual"), ("T74.11XA", None), ("T7451", None)],
)
def test_reasons_name_a_form_of_exploitation_or_are_lost(
    read: Read, contained: dict[str, Any], code: str, form: str | None
) -> None:
    reason = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]}
    parsed = read(contained | {"reasonCode": [reason]})
    document = referral(parsed)
    assert document.get("situation") == (None if form is None else {"exploitation": [{"type": form}]})
    assert Loss("/reasonCode/*/coding/*", "dropped" if form is None else "coarsened") in parsed.losses


# ---------------------------------------------------------------------------------------------------------- hostile


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"status": "zzz"}, "unknown_code:request-status at /status"),
        ({"intent": "zzz"}, "unknown_code:request-intent at /intent"),
        ({"priority": "zzz"}, "unknown_code:request-priority at /priority"),
        ({"PatientInstruction": "x"}, "unknown_element at /*"),
        ({"basedOn": {"reference": "x"}}, "type at /basedOn"),
        ({"category": []}, "empty at /category"),
        ({"category": [None]}, "type at /category/0"),
        ({"code": {}}, "empty at /code"),
        ({"note": [{"time": "2031-05-05"}]}, "required at /note/0/text"),
        ({"authoredOn": "2031-02-30"}, "pattern at /authoredOn"),
        ({"authoredOn": "2031-05-05T24:00:00Z"}, "pattern at /authoredOn"),
        ({"authoredOn": 20310505}, "type at /authoredOn"),
        ({"doNotPerform": "true"}, "type at /doNotPerform"),
        ({"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}, "modifier_extension at /modifierExtension"),
        ({"implicitRules": "urn:x"}, "implicit_rules at /implicitRules"),
        ({"extension": [{"valueBoolean": True}]}, "required at /extension/0/url"),
        ({"extension": [{"url": "urn:x", "valueHer": "x"}]}, "unknown_element at /extension/0/*"),
        ({"_status": "x"}, "type at /_status"),
        ({"_category": {"id": "x"}}, "unknown_element at /*"),
    ],
)
def test_what_is_no_fhir_is_refused_at_its_place(
    read: Read, contained: dict[str, Any], change: dict[str, Any], rule: str
) -> None:
    assert str(read(contained | change)) == rule


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"gender": "zzz"}, "unknown_code:administrative-gender at /contained/0/gender"),
        ({"birthDate": "1987-02-30"}, "pattern at /contained/0/birthDate"),
        ({"name": [{"use": "zzz", "text": "x"}]}, "unknown_code:name-use at /contained/0/name/0/use"),
        (
            {"telecom": [{"system": "zzz", "value": "x"}]},
            "unknown_code:contact-point-system at /contained/0/telecom/0/system",
        ),
        ({"telecom": [{"use": "zzz"}]}, "unknown_code:contact-point-use at /contained/0/telecom/0/use"),
        ({"address": [{"use": "zzz"}]}, "unknown_code:address-use at /contained/0/address/0/use"),
        (
            {"identifier": [{"use": "zzz", "value": "x"}]},
            "unknown_code:identifier-use at /contained/0/identifier/0/use",
        ),
        ({"name": {"text": "x"}}, "type at /contained/0/name"),
        (
            {"extension": [{"url": "urn:referral-gateway:fhir:age-band", "valueCode": "30"}]},
            "unknown_code:age at /contained/0/extension/0/valueCode",
        ),
        (
            {"extension": [{"url": "urn:referral-gateway:fhir:dependants", "valueInteger": 51}]},
            "range at /contained/0/extension/0/valueInteger",
        ),
        (
            {"extension": [{"url": "urn:referral-gateway:fhir:meeting-point", "valueCode": "x"}]},
            "required at /contained/0/extension/0/valueString",
        ),
    ],
)
def test_a_patient_that_is_no_fhir_is_refused_at_its_place(
    read: Read, contained: dict[str, Any], change: dict[str, Any], rule: str
) -> None:
    contained["contained"][0] |= change
    assert str(read(contained)) == rule


def test_a_deep_extension_and_a_wide_list_are_no_defect(read: Read, contained: dict[str, Any]) -> None:
    deep: dict[str, Any] = {"url": "urn:x", "valueBoolean": True}
    for _ in range(60):
        deep = {"url": "urn:x", "extension": [deep]}
    assert isinstance(read(contained | {"extension": [deep]}), MalformedError)
    wide = [{"url": f"urn:x:{index}", "valueString": "x"} for index in range(5000)]
    parsed = read(contained | {"extension": wide})
    assert Loss("/extension", "dropped") in parsed.losses or len(parsed.losses) < 50


def test_references_in_a_loop_are_not_walked(read: Read, full: dict[str, Any]) -> None:
    request, task = resource(full, "ServiceRequest"), resource(full, "Task")
    request["basedOn"] = [{"reference": full["entry"][1]["fullUrl"]}]
    task["partOf"] = [{"reference": full["entry"][3]["fullUrl"]}]
    assert isinstance(read(full), ParsedReferral)
    task["focus"] = {"reference": full["entry"][3]["fullUrl"]}
    assert str(read(full)) == "focus at /entry/3/resource/focus"


@pytest.mark.parametrize("method", ["DELETE", "GET", "PATCH"])
def test_a_transaction_that_does_anything_but_write_is_refused(read: Read, full: dict[str, Any], method: str) -> None:
    full["entry"][4]["request"]["method"] = method
    assert str(read(full)) == "method at /entry/4/request/method"


@pytest.mark.parametrize("kind", ["searchset", "history", "batch", "document", "batch-response"])
def test_a_bundle_that_sends_nothing_is_refused(read: Read, full: dict[str, Any], kind: str) -> None:
    assert isinstance(read(full | {"type": kind}), UnsupportedError)


def test_of_which_kind_a_channel_or_a_number_is_is_said_to_be_lost(read: Read, contained: dict[str, Any]) -> None:
    patient = contained["contained"][0]
    patient["telecom"] = [{"system": "phone", "value": "1", "use": "work"}]
    patient["identifier"] = [{"system": "urn:ward", "value": "7", "use": "temp"}]
    lost = {loss.path for loss in read(contained).losses}
    assert {"/contained/*/telecom/*/use", "/contained/*/identifier/*/use"} <= lost

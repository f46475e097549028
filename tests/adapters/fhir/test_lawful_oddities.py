"""Lawful documents of kinds that no sample here shows: read as they say, or refused where it is true of them."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.sdk import ParsedReferral

Read = Callable[..., Any]


@pytest.mark.parametrize(
    ("full_url", "reference"),
    [
        ("urn:uuid:2", "urn:uuid:2"),
        ("https://ward.example/fhir/Patient/p", "https://ward.example/fhir/Patient/p"),
        ("https://ward.example/fhir/Patient/p", "Patient/p"),
        ("urn:uuid:2", "Patient/p/_history/3"),
    ],
)
def test_she_is_found_however_the_reference_is_written(
    read: Read, contained: dict[str, Any], full_url: str, reference: str
) -> None:
    patient = contained.pop("contained")[0]
    contained |= {"subject": {"reference": reference}, "requester": {"display": "Ward 3"}}
    entry = [{"fullUrl": "urn:uuid:1", "resource": contained}, {"fullUrl": full_url, "resource": patient}]
    parsed = read({"resourceType": "Bundle", "type": "collection", "entry": entry})
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["subject"]["sex"] == "male"


def test_what_a_profile_masks_is_absent_and_named(read: Read, contained: dict[str, Any]) -> None:
    absent = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}
    contained["contained"][0]["_birthDate"] = {"extension": [absent]}
    parsed = read(contained)
    assert isinstance(parsed, ParsedReferral)
    assert "birth" not in parsed.document["subject"]
    assert any("birthDate" in loss.path for loss in parsed.losses)


@pytest.mark.parametrize(
    ("url", "minor_status"),
    [
        ("http://hl7.org.au/fhir/StructureDefinition/date-accuracy-indicator", "unknown"),
        ("http://hl7.org/fhir/StructureDefinition/patient-birthTime", None),
    ],
)
def test_a_date_of_birth_with_a_doubt_that_nobody_can_read_makes_no_adult(
    read: Read, contained: dict[str, Any], url: str, minor_status: str | None
) -> None:
    """K-01. The doubt was named as lost, and the date stood there as sure."""
    contained["contained"][0] |= {
        "birthDate": "2001-01-01",
        "_birthDate": {"extension": [{"url": url, "valueCode": "EEA"}]},
    }
    parsed = read(contained)
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["subject"].get("minor_status") == minor_status
    assert "/contained/0/_birthDate/extension/0" in {loss.path.replace("*", "0") for loss in parsed.losses}


def test_an_estimate_that_is_no_yes_or_no_makes_no_adult(read: Read, contained: dict[str, Any]) -> None:
    mark = {"url": "urn:referral-gateway:fhir:estimated", "valueString": "true"}
    contained["contained"][0] |= {"birthDate": "2001-01-01", "_birthDate": {"extension": [mark]}}
    assert read(contained).document["subject"]["minor_status"] == "unknown"


def test_a_second_alias_is_lost_by_name_and_a_name_that_is_none_is_a_name(
    read: Read, contained: dict[str, Any]
) -> None:
    """The second took the place of the first, and nothing said so."""

    def called(text: str, *, alias: bool) -> dict[str, Any]:
        return {"text": text, "extension": [{"url": "urn:referral-gateway:fhir:alias", "valueBoolean": alias}]}

    contained["contained"][0]["name"] = [called("Lark", alias=True), called("Robin", alias=True)]
    parsed = read(contained)
    assert parsed.document["subject"]["alias"] == "Lark"
    assert "/contained/*/name/*" in {loss.path for loss in parsed.losses}
    contained["contained"][0]["name"] = [called("Ada Wren", alias=False)]
    subject = read(contained).document["subject"]
    assert "alias" not in subject
    assert subject["names"] == [{"use": "official", "full": "Ada Wren"}]


def test_where_only_her_post_goes_she_does_not_live(read: Read, contained: dict[str, Any]) -> None:
    contained["contained"][0]["address"] = [{"use": "home", "type": "postal", "line": ["PO Box 7"]}]
    assert read(contained).document["subject"]["addresses"] == [{"use": "other", "line": "PO Box 7"}]


def test_a_language_tag_is_the_same_in_small_letters(read: Read, contained: dict[str, Any]) -> None:
    coding = {"system": "urn:ietf:bcp:47", "code": "zh-hans-cn"}
    contained["contained"][0]["communication"] = [{"language": {"coding": [coding]}}]
    assert read(contained).document["subject"]["languages"] == [{"code": "zh-Hans-CN"}]


def test_what_stands_beside_one_value_is_no_list(read: Read, contained: dict[str, Any]) -> None:
    """A list there was passed over, and the estimate in it was lost unsaid."""
    estimated = {"extension": [{"url": "urn:referral-gateway:fhir:estimated", "valueBoolean": True}]}
    contained["contained"][0] |= {"birthDate": "2001-01-01", "_birthDate": [estimated]}
    assert str(read(contained)) == "type at /contained/0/_birthDate"
    contained["contained"][0]["_birthDate"] = estimated
    contained["contained"][0]["name"] = [{"given": ["Ada"], "_given": estimated}]
    assert str(read(contained)) == "type at /contained/0/name/0/_given"


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"code": {"concept": {"text": "of R5"}}}, "unknown_element at /code/*"),
        ({"status": None, "_status": {"id": "a"}}, "type at /status"),
        ({"subject": {"display": "in words only"}}, "subject_unclear at /subject"),
        ({"resourceType": "Task"}, "unknown_code:task-status at /status"),
        ({"resourceType": "Parameters"}, "kind at /resourceType"),
    ],
)
def test_what_is_no_request_of_r4_is_refused_where_it_is_not(
    read: Read, contained: dict[str, Any], change: dict[str, Any], refused: str
) -> None:
    assert str(read({**contained, **change})) == refused


def test_a_decimal_is_lost_where_nothing_is_read_and_refused_where_something_is(
    read: Read, contained: dict[str, Any]
) -> None:
    contained["contained"].append({"resourceType": "Location", "id": "l", "position": {"latitude": 44.1}})
    parsed = read(contained)
    assert isinstance(parsed, ParsedReferral)
    assert {"/contained/1", "/contained/2"} <= {loss.path for loss in parsed.losses}
    contained["contained"][0]["birthDate"] = 1999.5
    assert str(read(contained)) == "type at /contained/0/birthDate"


def test_an_old_telephone_number_is_lost(read: Read, contained: dict[str, Any]) -> None:
    contained["contained"][0]["telecom"] = [{"system": "phone", "value": "+40 700", "use": "old"}]
    parsed = read(contained)
    assert isinstance(parsed, ParsedReferral)
    assert "contacts" not in parsed.document["subject"]
    assert "/contained/*/telecom/*" in {loss.path for loss in parsed.losses}

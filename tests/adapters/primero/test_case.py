"""A Primero case becomes a canonical referral: the exact is kept, the rest is reported, consent is never read."""

import json
from pathlib import Path

import pytest

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import AdapterError
from adapters.systems.primero.adapter import Primero
from schemas.documents import Document, Json

FIXTURES = Path(__file__).parent / "fixtures"
FULL = {
    "/data/*",
    "/data/case_id",
    "/data/case_id_display",
    "/data/consent_for_services",
    "/data/consent_info_sharing",
    "/data/created_at",
    "/data/disclosure_deny_details",
    "/data/disclosure_other_orgs",
    "/data/ethnicity",
    "/data/family_number",
    "/data/language/*",
    "/data/location_current",
    "/data/nationality/*",
    "/data/notes_section/*/note_created_by",
    "/data/notes_section/*/note_date",
    "/data/notes_section/*/note_subject",
    "/data/other_id_type",
    "/data/owned_by",
    "/data/protection_concerns/*",
    "/data/protection_status",
    "/data/religion",
    "/data/services_section/*/service_implementing_agency",
    "/data/services_section/*/service_response_type",
    "/data/services_section/*/service_type",
    "/data/short_id",
    "/data/status",
    "/data/telephone_last",
    "/data/urgent_protection_concern",
}


def outcome(body: object, subject: str | None = None) -> object:
    return parse_outcome(Primero(), Inbound(json.dumps(body).encode(), "application/json", subject))


def read(**fields: Json) -> tuple[Document, dict[str, str]]:
    """The referral a case with these fields becomes, and its losses."""
    parsed = outcome({"data": {"name": "Ivo Alder", **fields}})
    assert isinstance(parsed, ParsedReferral), parsed
    return parsed.document, {loss.path: loss.kind for loss in parsed.losses}


def refusal(**fields: Json) -> str:
    refused = outcome({"data": {"name": "Ivo Alder", **fields}})
    assert isinstance(refused, AdapterError)
    return str(refused)


def subject(**fields: Json) -> dict[str, Json]:
    document, _ = read(**fields)
    found = document["subject"]
    assert isinstance(found, dict)
    return found


# --------------------------------------------------------------------------------------------------------- the whole


def test_a_full_case_becomes_exactly_this_referral() -> None:
    parsed = outcome(json.loads((FIXTURES / "full.in.json").read_bytes()))
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document == json.loads((FIXTURES / "full.canonical.json").read_bytes())
    assert {loss.path for loss in parsed.losses} == FULL


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, "required at /data"),
        ({"data": 7}, "type at /data"),
        ({"data": None}, "type at /data"),
        ({"data": "case"}, "type at /data"),
        ({"data": [1]}, "type at /data"),
        ({"data": []}, "subject_unclear at /data"),
        ({"data": {}}, "kind at /data"),
        ({"data": {"id": "0d9f6a52"}}, "kind at /data"),
        ({"data": {"values": [], "name": "x"}}, "kind at /data"),
        ({"errors": []}, "error_response at "),
        ({"data": {"record_id": "0d9f6a52", "record_type": "case", "name": "x"}}, "hint at /data"),
    ],
)
def test_what_is_no_case_is_refused_by_rule(body: object, refused: str) -> None:
    assert str(outcome(body)) == refused


def test_a_named_person_must_be_the_one_in_the_document() -> None:
    body = {"data": {"id": "0d9f6a52", "name": "Ivo Alder"}}
    assert isinstance(outcome(body, "0d9f6a52"), ParsedReferral)
    assert str(outcome(body, "0d9f6a53")) == "subject_unclear at /data"


# ------------------------------------------------------------------------------------------------------------ fields


def test_consent_fields_are_reported_and_never_read() -> None:
    for value in (True, False):
        document, losses = read(consent_for_services=value, disclosure_other_orgs=value)
        assert document == read()[0]
        assert losses == {"/data/consent_for_services": "dropped", "/data/disclosure_other_orgs": "dropped"}


def test_an_empty_field_is_no_loss() -> None:
    _, losses = read(religion=[], ethnicity=None, address_current="  ", sex="", age="", services_section=[])
    assert losses == {}


def test_a_field_of_the_instances_own_is_lost_without_its_name() -> None:
    assert read(made_up_field="x")[1] == {"/data/*": "dropped"}


def test_a_name_in_parts_beats_the_name_made_of_them() -> None:
    assert subject(name="Ivo Alder", name_first="Ivo", name_last="Alder")["names"] == [
        {"use": "official", "given": "Ivo", "family": "Alder"}
    ]
    assert read(name="Another", name_first="Ivo")[1] == {"/data/name": "dropped"}


def test_a_nickname_is_a_name_and_no_alias() -> None:
    found = subject(name_nickname="Alderman")
    assert "alias" not in found
    assert {"use": "other", "full": "Alderman"} in found["names"]


def test_the_pseudonym_the_gateway_wrote_is_never_sent_on() -> None:
    document, losses = read(other_id_type="referral_gateway", other_id_no="00000000000000000000000000A")
    assert "identifiers" not in document["subject"]
    assert losses["/data/other_id_no"] == "dropped"


def test_a_number_in_a_field_of_numbers_is_what_its_digits_say() -> None:
    document, _ = read(national_id_no=12345, telephone_current=447700900)
    assert document["subject"]["identifiers"] == [{"type": "national_id", "value": "12345"}]
    assert document["subject"]["contacts"] == [{"channel": "phone", "value": "447700900", "safe": "unknown"}]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"age": 22}, {"age": {"min": 22, "max": 22}}),
        ({"age": "22"}, {"age": {"min": 22, "max": 22}}),
        ({"age": "0000000017"}, {"age": {"min": 17, "max": 17}}),
        ({"age": "0"}, {"age": {"min": 0, "max": 0}}),
        ({"age": 22, "estimated": True}, {"age": {"min": 22, "max": 22}, "minor_status": "unknown"}),
        ({"age": 22, "estimated": "false"}, {"age": {"min": 22, "max": 22}}),
        ({"date_of_birth": "2011-09-14"}, {"birth": {"date": "2011-09-14"}}),
        ({"date_of_birth": "2011-09-14", "estimated": "true"}, {"birth": {"date": "2011-09-14", "estimated": True}}),
        (
            {"date_of_birth": "1990-01-01", "age": 15},
            {"birth": {"date": "1990-01-01"}, "age": {"min": 15, "max": 15}},
        ),
        ({"estimated": True}, {}),
    ],
)
def test_an_estimated_age_never_makes_an_adult(fields: dict[str, Json], expected: dict[str, Json]) -> None:
    found = subject(**fields)
    assert {name: value for name, value in found.items() if name != "names"} == expected


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"date_of_birth": "14-Sep-2011"}, "pattern at /data/date_of_birth"),
        ({"age": -1}, "type at /data/age"),
        ({"age": True}, "type at /data/age"),
        ({"age": "about 20"}, "type at /data/age"),
        ({"estimated": "perhaps"}, "type at /data/estimated"),
        ({"name": {"en": "x"}}, "type at /data/name"),
        ({"notes_section": "x"}, "type at /data/notes_section"),
        ({"notes_section": ["x"]}, "type at /data/notes_section/0"),
        ({"nationality": [7]}, "type at /data/nationality/0"),
        ({"sex": "sex3"}, "unknown_code:lookup-gender at /data/sex"),
        ({"risk_level": "no_risk"}, "unknown_code:lookup-risk-level at /data/risk_level"),
        ({"nationality": ["uk", "nationality3"]}, "unknown_code:lookup-country at /data/nationality/1"),
        ({"nationality": "nationality3"}, "unknown_code:lookup-country at /data/nationality"),
        (
            {"services_section": [{"service_type": "service9"}]},
            "unknown_code:lookup-service-type at /data/services_section/0/service_type",
        ),
    ],
)
def test_a_wrong_type_or_an_unknown_code_that_matters_is_refused(fields: dict[str, Json], refused: str) -> None:
    assert refusal(**fields) == refused


def test_codes_that_are_not_exact_are_dropped_and_reported() -> None:
    concerns: Json = ["trafficked_smuggled", "worst_forms_of_child_labor", "caafag", "other_b25f252"]
    document, losses = read(protection_concerns=concerns, displacement_status="refugee", language="language3")
    assert set(document) == {"schema", "subject"}
    assert losses == {
        "/data/protection_concerns/*": "dropped",
        "/data/displacement_status": "dropped",
        "/data/language": "dropped",
    }


def test_a_telephone_stays_unsafe_until_somebody_says_otherwise() -> None:
    assert subject(telephone_current="+00 1")["contacts"] == [{"channel": "phone", "value": "+00 1", "safe": "unknown"}]


def test_a_text_longer_than_its_place_is_dropped_and_reported() -> None:
    assert read(name_other="x" * 201)[1] == {"/data/name_other": "dropped"}


@pytest.mark.parametrize(
    ("row", "needs"),
    [
        ({"service_type": "education_service"}, [{"code": "education"}]),
        ({"service_type": "safehouse_service"}, [{"code": "accommodation.emergency"}]),
        (
            {"service_type": "safehouse_service", "service_referral_notes": "accommodation.longterm"},
            [{"code": "accommodation.longterm"}],
        ),
        (
            {"service_type": "safehouse_service", "service_referral_notes": "accommodation.longterm: with a lift"},
            [{"code": "accommodation.longterm", "note": "with a lift"}],
        ),
        (
            {"service_type": "education_service", "service_referral_notes": "evenings"},
            [{"code": "education", "note": "evenings"}],
        ),
        ({"service_type": "education_service", "service_implemented": "implemented"}, None),
        ({"service_referral_notes": "evenings"}, None),
    ],
)
def test_a_service_not_yet_given_is_a_need(row: Document, needs: Json) -> None:
    assert read(services_section=[row])[0].get("needs") == needs


def test_no_service_becomes_a_police_investigation() -> None:
    assert read(services_section=[{"service_type": "police_other_service"}])[0]["needs"] == [
        {"code": "police_protection"}
    ]


def test_the_day_of_record_is_kept_and_its_hour_is_not() -> None:
    assert read(registration_date="2031-04-01")[0]["recorded_on"] == "2031-04-01"
    document, losses = read(created_at="2031-04-02T08:15:00.000Z")
    assert document["recorded_on"] == "2031-04-02"
    assert losses == {"/data/created_at": "coarsened"}
    assert read(registration_date="01-Apr-2031")[1] == {"/data/registration_date": "dropped"}


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"age": 131}, "range at /data/age"),
        ({"age": 19.0}, "type at /data/age"),
        ({"date_of_birth": "2011-02-30"}, "pattern at /data/date_of_birth"),
        ({"record_state": False}, "inactive at /data/record_state"),
        ({"record_state": "false"}, "inactive at /data/record_state"),
        ({"status": "closed"}, "inactive at /data/status"),
        ({"status": "transferred"}, "inactive at /data/status"),
    ],
)
def test_what_no_case_of_a_person_says_is_refused_where_it_stands(fields: dict[str, Json], refused: str) -> None:
    assert refusal(**fields) == refused


def test_a_text_with_a_control_character_is_lost_and_so_is_a_fraction_nobody_reads() -> None:
    found = outcome({"data": {"name": "Ivo Alder", "name_first": "a\x00b", "a_measure_of_theirs": 1.5}})
    assert isinstance(found, ParsedReferral)
    assert "given" not in str(found.document)
    assert {loss.path for loss in found.losses} == {"/data/name_first", "/data/*"}

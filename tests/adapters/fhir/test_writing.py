"""What a FHIR server is sent: valid R4, its required codes, our labels, and nothing that was not in the document."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT
from fhir.resources.R4B.bundle import Bundle

from adapters.sdk import CannotRenderError, Losses, Outbound
from adapters.sdk.checks import sample_outgoing
from adapters.sdk.codes import Loss, Need
from adapters.sdk.contract import Envelope, Outgoing
from adapters.sdk.guard import Guard
from adapters.systems.fhir.adapter import Fhir
from adapters.systems.fhir.shape import check
from adapters.systems.fhir.tables import RESOURCES, read_tables

FIXTURES = Path(__file__).parent / "fixtures"
PROFILES = sorted((ROOT / "schemas" / "profiles" / "examples").glob("*.json"))
every_profile = pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)


def rendered(adapter: Fhir, document: Mapping[str, Any]) -> Outbound:
    return Guard(adapter).render(sample_outgoing(dict(document)))


def entries(outbound: Outbound) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(outbound.body)["entry"]
    return made


def resource(outbound: Outbound, kind: str) -> dict[str, Any]:
    return next(entry["resource"] for entry in entries(outbound) if entry["resource"]["resourceType"] == kind)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for member in value.values():
            yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)
    else:
        yield str(value)


@every_profile
def test_a_rendered_bundle_is_valid_r4_with_its_required_codes(adapter: Fhir, path: Path) -> None:
    outbound = rendered(adapter, json.loads(path.read_bytes()))
    assert Bundle.model_validate_json(outbound.body)
    bundle = json.loads(outbound.body)
    check(bundle, "Bundle", "", read_tables())
    for entry in bundle["entry"]:
        kind = entry["resource"]["resourceType"]
        assert kind in RESOURCES
        check(entry["resource"], kind, "/resource", read_tables())


@every_profile
def test_every_reference_leads_to_an_entry_and_every_name_is_its_own(adapter: Fhir, path: Path) -> None:
    made = entries(rendered(adapter, json.loads(path.read_bytes())))
    names = [entry["fullUrl"] for entry in made]
    assert len(set(names)) == len(names)
    assert {text for text in strings([entry["resource"] for entry in made]) if text.startswith("urn:uuid:")} <= set(
        names
    )


@every_profile
def test_nothing_but_sealed_files_is_lost_and_nothing_of_prose_is_added(adapter: Fhir, path: Path) -> None:
    """Only our own format has a place for what is brought and fetched sealed (ADR 0160)."""
    document = json.loads(path.read_bytes())
    outbound = rendered(adapter, document)
    assert [loss.path for loss in outbound.losses] == ["/attachments"] * ("attachments" in document)
    for entry in entries(outbound):
        assert not {"text", "contained", "id"} & entry["resource"].keys()


def test_a_shelter_is_told_what_the_golden_file_says(adapter: Fhir) -> None:
    path = ROOT / "schemas" / "profiles" / "examples" / "shelter.assistance.accommodation.json"
    body = rendered(adapter, json.loads(path.read_bytes())).body
    assert json.loads(body) == json.loads((FIXTURES / "shelter.out.json").read_bytes())


def test_a_band_is_no_date_of_birth_and_the_pseudonym_is_an_identifier(adapter: Fhir) -> None:
    patient = resource(rendered(adapter, {"subject": {"pseudonym": "P" * 27, "age_band": "21--23"}}), "Patient")
    assert "birthDate" not in patient
    assert patient["extension"] == [{"url": "urn:referral-gateway:fhir:age-band", "valueCode": "21--23"}]
    assert patient["identifier"][0] == {"system": "urn:referral-gateway:pseudonym", "value": "P" * 27}


def test_every_need_is_a_request_and_one_task_holds_them_together(adapter: Fhir) -> None:
    needs = [{"code": need.value} for need in Need]
    outbound = rendered(adapter, {"needs": needs})
    requests = [e for e in entries(outbound) if e["resource"]["resourceType"] == "ServiceRequest"]
    assert [request["resource"]["code"]["coding"][0]["code"] for request in requests] == [need.value for need in Need]
    task = resource(outbound, "Task")
    inputs = [entry["valueReference"]["reference"] for entry in task["input"] if "valueReference" in entry]
    assert [task["focus"]["reference"], *inputs] == [request["fullUrl"] for request in requests]


def test_obligations_and_confidentiality_label_every_resource(adapter: Fhir) -> None:
    for entry in entries(rendered(adapter, {})):
        assert [label["code"] for label in entry["resource"]["meta"]["security"]] == [
            "R",
            "no_enforcement_use",
            "no_onward_transfer",
        ]


def test_the_envelope_stands_on_the_task(adapter: Fhir) -> None:
    task = resource(rendered(adapter, {}), "Task")
    assert task["identifier"] == [{"system": "urn:referral-gateway:message", "value": "m-2f6c1d5e8a90"}]
    assert (task["authoredOn"], task["priority"], task["status"]) == ("2031-05-06", "routine", "requested")
    assert task["input"][0]["valueDate"] == "2031-08-04"
    assert task["requester"]["identifier"]["value"] == "agency-a"


def test_ids_come_from_the_message_id_alone(adapter: Fhir) -> None:
    first, second = sample_outgoing({}), sample_outgoing({"subject": {"sex": "female"}})
    other = Outgoing(_with_id(first, "m-other"), {})
    urls = [[entry["fullUrl"] for entry in entries(adapter.render(each))] for each in (first, second, other)]
    assert urls[0] == urls[1]
    assert not set(urls[0]) & set(urls[2])


def _with_id(outgoing: Outgoing, message_id: str) -> Envelope:
    return replace(outgoing.envelope, message_id=message_id)


def test_a_message_id_that_would_say_something_in_a_query_is_refused(adapter: Fhir) -> None:
    outgoing = sample_outgoing({})
    with pytest.raises(CannotRenderError):
        adapter.render(Outgoing(_with_id(outgoing, "m&identifier=x"), {}))


def test_no_consent_and_no_organisation_is_made_up(adapter: Fhir) -> None:
    kinds = {entry["resource"]["resourceType"] for entry in entries(rendered(adapter, {"needs": [{"code": "other"}]}))}
    assert kinds == {"Patient", "ServiceRequest", "Task"}


@pytest.mark.parametrize(
    ("document", "lost"),
    [
        ({"staff": []}, "/staff"),
        ({"situation": {"credibility": "x"}}, "/situation/credibility"),
        ({"health": {"referral_reason": "x"}}, "/health/referral_reason"),
        ({"subject": {"group_ref": "x"}}, "/subject/group_ref"),
        ({"subject": {"names": [{"use": "official"}]}}, "/subject/names/*"),
        ({"situation": {"events": [{"type": "transit", "line": "x"}]}}, "/situation/events/*/line"),
    ],
)
def test_what_has_no_place_is_reported(adapter: Fhir, document: dict[str, Any], lost: str) -> None:
    assert rendered(adapter, document).losses == (Loss(lost, "dropped"),)


@pytest.mark.parametrize(
    "document",
    [
        {"subject": []},
        {"subject": {"sex": "zzz"}},
        {"subject": {"names": "x"}},
        {"subject": {"names": ["x"]}},
        {"subject": {"names": [{"use": "zzz", "given": "x"}]}},
        {"subject": {"birth": "2009"}},
        {"subject": {"languages": [1]}},
        {"subject": {"citizenships": [1]}},
        {"subject": {"interpreter": "ro"}},
        {"subject": {"contacts": [{"channel": "zzz", "value": "x"}]}},
        {"needs": [{"code": "zzz"}]},
        {"needs": [{"code": "other", "note": " "}]},
        {"situation": {"means": [1]}},
        {"situation": {"exploitation": [{"country": "IT"}]}},
        {"risk": {"level": 1}},
    ],
)
def test_what_no_profile_says_is_not_rendered(adapter: Fhir, document: dict[str, Any]) -> None:
    with pytest.raises(CannotRenderError):
        rendered(adapter, document)


def test_losses_are_made_anew_for_each_document(adapter: Fhir) -> None:
    rendered(adapter, {"staff": []})
    assert rendered(adapter, {}).losses == Losses().report() == ()

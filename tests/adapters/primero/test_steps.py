"""What a recipient's Primero is asked to do: two calls, with not one field more than the profile and a fixed frame."""

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from checkout import ROOT

from adapters.sdk.checks import parse_outcome, sample_outgoing
from adapters.sdk.contract import Inbound, Outgoing, ParsedReferral
from adapters.sdk.errors import CannotRenderError
from adapters.sdk.guard import Guard
from adapters.systems.primero.adapter import Primero
from adapters.systems.primero.notes import notes_for
from schemas.documents import Document, Json

FIXTURES = Path(__file__).parent / "fixtures"
EXAMPLES = ROOT / "schemas" / "profiles" / "examples"
SHELTER = "shelter.assistance.accommodation"
PSEUDONYM = "000000000000000000000000000"


def example(name: str) -> dict[str, Json]:
    document: dict[str, Json] = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    return document


def steps(document: Document, message_id: str = "m-2f6c1d5e8a90") -> list[dict[str, Json]]:
    sent = sample_outgoing(document)
    outbound = Guard(Primero()).render(Outgoing(replace(sent.envelope, message_id=message_id), document))
    written: list[dict[str, Json]] = json.loads(outbound.body)
    return written


def case(document: Document) -> dict[str, Json]:
    written: dict[str, Json] = steps(document)[0]["body"]["data"]
    return written


def notes(document: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in case(document).get("notes_section", []):
        found.setdefault(row["note_subject"], []).append(row["note_text"])
    return found


def person(**members: Json) -> dict[str, Json]:
    return {"schema": "profile/x/y/1.0", "subject": {"pseudonym": PSEUDONYM, **members}}


# --------------------------------------------------------------------------------------------------------- the whole


@pytest.mark.parametrize("name", [SHELTER, "child_protection.child_protection"])
def test_a_profile_becomes_exactly_these_steps(name: str) -> None:
    assert steps(example(name)) == json.loads((FIXTURES / f"{name}.steps.json").read_bytes())


def test_a_shelter_gets_these_fields_and_no_other() -> None:
    make, refer = steps(example(SHELTER))
    assert (make["method"], make["path"]) == ("POST", "api/v2/cases")
    assert (refer["method"], refer["path"]) == ("POST", f"api/v2/cases/{make['body']['data']['id']}/referrals")
    data = make["body"]["data"]
    assert set(data) == {
        "disclosure_other_orgs",
        "id",
        "language",
        "name",
        "notes_section",
        "other_id_no",
        "other_id_type",
        "risk_level",
        "services_section",
        "sex",
    }
    assert {name for row in data["services_section"] for name in row} == {
        "service_referral_notes",
        "service_type",
        "unique_id",
    }
    assert {name for row in data["notes_section"] for name in row} == {"note_subject", "note_text", "unique_id"}
    assert {row["note_subject"] for row in data["notes_section"]} == {
        "health.access_needs",
        "health.alerts",
        "risk.reasons",
        "subject.age_band",
        "subject.interpreter",
        "subject.languages",
        "subject.meeting_point",
    }
    assert set(refer["body"]["data"]) == {"consent_overridden", "notes", "transitioned_to"}


def test_the_least_a_shelter_needs_makes_the_least_case() -> None:
    make, refer = steps(example(f"{SHELTER}.least"))
    assert set(make["body"]["data"]) == {
        "disclosure_other_orgs",
        "id",
        "name",
        "other_id_no",
        "other_id_type",
        "services_section",
    }
    assert set(refer["body"]["data"]) == {
        "consent_overridden",
        "notes",
        "service",
        "service_record_id",
        "transitioned_to",
    }
    [service] = make["body"]["data"]["services_section"]
    assert refer["body"]["data"]["service_record_id"] == service["unique_id"]


def test_every_leaf_of_the_profile_arrives() -> None:
    text = json.dumps(steps(example(SHELTER)))
    for said in ("21--23", "Linnet", "Town library", "female_staff", "medication", "threats_to_family", "rms"):
        assert said in text


def test_the_order_of_a_documents_members_changes_nothing() -> None:
    document = example("child_protection.child_protection")
    turned = {key: document[key] for key in reversed(document)}
    assert isinstance(document["subject"], dict)
    turned["subject"] = dict(reversed(document["subject"].items()))
    assert steps(turned) == steps(document)


# ----------------------------------------------------------------------------------------------------------- consent


def test_no_consent_is_claimed_and_onward_referral_is_held_back() -> None:
    make, refer = steps(example(SHELTER))
    assert make["body"]["data"]["disclosure_other_orgs"] is False
    assert "consent_for_services" not in make["body"]["data"]
    assert refer["body"]["data"]["consent_overridden"] is True


def test_the_obligations_travel_with_the_referral() -> None:
    said = steps(example(SHELTER))[1]["body"]["data"]["notes"]
    assert "obligations: no_enforcement_use, no_onward_transfer" in said
    assert "use until: 2031-08-04" in said


# --------------------------------------------------------------------------------------------------------------- ids


def test_ids_are_uuids_made_from_the_message_alone() -> None:
    first, again, other = (
        steps(example(SHELTER)),
        steps(example(f"{SHELTER}.least")),
        steps(example(SHELTER), "m-another"),
    )
    assert str(UUID(first[0]["body"]["data"]["id"])) == first[0]["body"]["data"]["id"]
    assert first[0]["body"]["data"]["id"] == again[0]["body"]["data"]["id"]
    assert not ids(first) & ids(other)


def test_ids_inside_one_message_differ() -> None:
    data = case(example(SHELTER))
    rows = [*data["services_section"], *data["notes_section"]]
    assert len({data["id"], *(row["unique_id"] for row in rows)}) == 1 + len(rows)


def ids(written: list[dict[str, Json]]) -> set[str]:
    data = written[0]["body"]["data"]
    return {data["id"], *(row["unique_id"] for row in [*data["services_section"], *data["notes_section"]])}


# ------------------------------------------------------------------------------------------------------------ people


def test_a_name_is_never_made_up() -> None:
    assert case(person())["name"] == PSEUDONYM
    assert case(person(alias="Linnet"))["name"] == "Linnet"
    named = case(person(alias="Linnet", names=[{"use": "official", "given": "Ilinca", "family": "Vasilescu"}]))
    assert (named["name"], named["name_nickname"]) == ("Ilinca Vasilescu", "Linnet")
    assert case(person(names=[{"use": "official", "full": "Ilinca V."}]))["name"] == "Ilinca V."


def test_another_kind_of_name_is_a_note() -> None:
    document = person(names=[{"use": "birth", "full": "Ilinca V."}])
    assert case(document)["name"] == PSEUDONYM
    assert notes(document) == {"subject.names": ["full: Ilinca V.\nuse: birth"]}


def test_a_band_never_becomes_an_age() -> None:
    document = person(age_band="21--23")
    assert "age" not in case(document)
    assert notes(document) == {"subject.age_band": ["21--23"]}


@pytest.mark.parametrize("sex", ["other", "unknown"])
def test_what_the_seed_has_no_id_for_is_a_note(sex: str) -> None:
    assert "sex" not in case(person(sex=sex))
    assert notes(person(sex=sex)) == {"subject.sex": [sex]}


def test_a_dialect_is_not_its_language() -> None:
    document = person(languages=["ar", "ar-SY"])
    assert case(document)["language"] == ["arabic"]
    assert notes(document) == {"subject.languages": ["ar-SY"]}
    assert "language" not in case(person(languages=["rms"]))


def test_a_country_the_seed_does_not_list_is_a_note() -> None:
    document = person(citizenships=["CD", "EH"])
    assert case(document)["nationality"] == ["drc"]
    assert notes(document) == {"subject.citizenships": ["EH"]}


def test_a_date_of_birth_is_written_only_whole() -> None:
    whole = case(person(birth={"date": "2009-07-04", "estimated": True}))
    assert (whole["date_of_birth"], whole["estimated"]) == ("2009-07-04", True)
    assert "estimated" not in case(person(birth={"date": "2009-07-04"}))
    assert notes(person(birth={"date": "2009"})) == {"subject.birth": ["date: 2009"]}


def test_only_what_is_safe_to_call_becomes_her_telephone() -> None:
    document = person(contacts=[{"channel": "message", "value": "+00 1"}, {"channel": "phone", "value": "+00 2"}])
    assert case(document)["telephone_current"] == "+00 2"
    assert notes(document) == {"subject.contacts": ["channel: message\nvalue: +00 1"]}


def test_a_danger_beyond_the_seeds_levels_is_not_blurred() -> None:
    document = person() | {"risk": {"level": "critical"}}
    assert "risk_level" not in case(document)
    assert notes(document) == {"risk.level": ["critical"]}


def test_sexual_exploitation_alone_is_the_seeds_own_concern() -> None:
    alone = person() | {"situation": {"exploitation": [{"type": "sexual"}]}}
    assert case(alone)["protection_concerns"] == ["sexually_exploited"]
    more = person() | {"situation": {"exploitation": [{"type": "sexual", "country": "IT"}]}}
    assert "protection_concerns" not in case(more)
    assert notes(more) == {"situation.exploitation": ["country: IT\ntype: sexual"]}


# --------------------------------------------------------------------------------------------------------- what cannot


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        ({}, "required at /subject/pseudonym"),
        ({"subject": {"pseudonym": 7}}, "required at /subject/pseudonym"),
        ({"subject": []}, "type at /subject"),
        (person() | {"needs": "x"}, "type at /needs"),
        (person() | {"needs": [{"code": "gold"}]}, "enum at /needs/0/code"),
        (person() | {"risk": 7}, "type at /risk"),
    ],
)
def test_a_document_that_is_no_profile_cannot_be_rendered(document: Document, refused: str) -> None:
    with pytest.raises(CannotRenderError) as error:
        Guard(Primero()).render(sample_outgoing(document))
    assert str(error.value) == refused


def test_what_primero_does_not_carry_is_reported_and_absent() -> None:
    document = person() | {
        "staff": [{"name": "Officer Birch"}],
        "situation": {"offences": [{"system": "ucr", "code": "64A"}], "credibility": "Birch doubts it"},
    }
    outbound = Guard(Primero()).render(sample_outgoing(document))
    assert {loss.path for loss in outbound.losses} == {"/staff", "/situation/offences", "/situation/credibility"}
    assert b"Birch" not in outbound.body
    assert b"64A" not in outbound.body


def test_codes_come_back_when_the_recipient_refers_on() -> None:
    document = example(SHELTER)
    sent = json.dumps({"data": case(document)}).encode()
    parsed = parse_outcome(Primero(), Inbound(sent, "application/json"))
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["needs"] == document["needs"]
    assert parsed.document["subject"]["sex"] == "female"
    assert parsed.document["risk"] == {"level": "high"}
    assert PSEUDONYM not in json.dumps(parsed.document)


def test_a_note_says_every_kind_of_value() -> None:
    said = [text for value in (None, True, False, 7, "x", ["x", 1], []) for _, text in notes_for("a.b", value)]
    assert said == ["", "yes", "no", "7", "x", "x, 1", ""]

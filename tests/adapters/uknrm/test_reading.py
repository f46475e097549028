"""A submission is read as it says; on the anonymous route nothing of hers is, and opinions about her on neither."""

import json
from pathlib import Path

import pytest

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import AdapterError
from adapters.systems.uknrm.adapter import UkNrm
from adapters.systems.uknrm.codes import read_codes
from schemas.documents import Document, Json
from schemas.validation import validate

FIXTURES = Path(__file__).parent / "fixtures"
UKNRM = UkNrm()
BASE = {"Type": "560734", "NRMOrDuty": "NRM"}
NOTICE = {"Type": "662265", "NRMOrDuty": "DTN"}


def outcome(body: object, subject: str | None = None) -> object:
    return parse_outcome(UKNRM, Inbound(json.dumps(body).encode(), "application/json", subject))


def read(fields: dict[str, str], base: dict[str, str] | None = None) -> tuple[Document, dict[str, str]]:
    parsed = outcome({**(BASE if base is None else base), **fields})
    assert isinstance(parsed, ParsedReferral), parsed
    validate(parsed.document, "referral/1.0")
    return parsed.document, {loss.path: loss.kind for loss in parsed.losses}


def section(name: str, fields: dict[str, str]) -> dict[str, Json]:
    found = read(fields)[0].get(name, {})
    assert isinstance(found, dict)
    return found


def refusal(fields: dict[str, object]) -> str:
    parsed = outcome({**BASE, **fields})
    assert isinstance(parsed, AdapterError)
    return str(parsed)


def test_a_referral_becomes_exactly_this() -> None:
    parsed = outcome(json.loads((FIXTURES / "referral.in.json").read_bytes()))
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document == json.loads((FIXTURES / "referral.canonical.json").read_bytes())
    assert {(loss.path, loss.kind) for loss in parsed.losses} == {
        ("/*", "dropped"),
        ("/ExploitationLocationPresented", "coarsened"),
        ("/Agent.Name", "dropped"),
        ("/AltContactEmail", "dropped"),
        ("/AltContactPermissionToSend", "dropped"),
        ("/ComponentForcedCrime", "coarsened"),
        ("/Country2", "dropped"),
        ("/Customer.Custom10", "dropped"),
        ("/Customer.Custom11", "dropped"),
        ("/Customer.Custom16", "dropped"),
        ("/Customer.Custom9", "dropped"),
        ("/DetailsOfEvidenceOfDishonesty", "dropped"),
        ("/Document1.Name", "dropped"),
        ("/Document1.URL", "dropped"),
        ("/EvidenceOfDishonesty", "dropped"),
        ("/ExploitationOther", "coarsened"),
        ("/ExploiterDetails", "dropped"),
        ("/NeedSupport", "dropped"),
        ("/ProfessionalInsight", "dropped"),
        ("/VictimAccount", "coarsened"),
    }


def test_a_notice_says_nothing_that_names_her_even_where_the_form_was_filled_in() -> None:
    """P-05: the live service sends a name when she will help the police; that is no consent to be named."""
    parsed = outcome(json.loads((FIXTURES / "notice.in.json").read_bytes()))
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document == {
        "schema": "referral/1.0",
        "sender_reference": "1c8e2b90-0000-4000-8000-00000000b207",
        "subject": {"minor_status": "adult", "sex": "female", "citizenships": ["RO"]},
        "situation": {
            "exploitation": [{"type": "sexual"}],
            "events": [{"type": "exploitation", "country": "IT"}],
            "cooperation": "yes",
        },
    }
    assert {loss.path for loss in parsed.losses} == {
        "/City1",
        "/ExploitationLocationPresented",
        "/Customer.Email",
        "/Customer.Forename1",
        "/Customer.Surname",
        "/DTNReason",
        "/PVBirthplace",
        "/PVCurrentCityTown",
        "/SafeToEmail",
        "/VictimAccount",
    }


def test_a_canary_in_every_field_of_a_notice_does_not_come_through() -> None:
    allowed = {"Type", "NRMOrDuty", "AdultOrChild", "Customer.Custom17", "Customer.Nationality", "Customer.Custom11"}
    allowed |= {"WillingToCooperate", "ExploitationLocationPresented", *(f"Country{number}" for number in range(1, 11))}
    codes = read_codes()
    allowed |= codes.exploitation.keys() | codes.means.keys() | {"ExternalId"}
    document, losses = read(dict.fromkeys(codes.known - allowed, "CANARY") | {"Own.Field": "CANARY"}, NOTICE)
    assert "CANARY" not in json.dumps(document)
    assert set(losses) >= {"/Customer.Surname", "/Customer.DOB", "/PVFamily", "/*"}


NEVER = [
    "AltContactEmail",
    "AltContactName",
    "AltContactAddress",
    "AlternativePhoneNumber",
    "DetailsOfEvidenceOfDishonesty",
    "EvidenceSubmitted",
    "ProfessionalInsight",
    "DetailsAboutInterview",
    "ExploiterDetails",
    "OtherVictimsFurtherInfo",
    "PVFamily",
    "DetailsOfProfessionalsInvolved",
    "InformationOnExploitersCurrentLocation",
    "ExploitationUKAddress",
    "LAFirstName",
    "Agent.Name",
    "Agent.Email",
    "Document1.URL",
    "Document2.Name",
    "PoliceForceCRN",
    "DTNReason",
    "Gateway.Pseudonym",
    "CollaborationInfo",
]


@pytest.mark.parametrize("name", NEVER)
def test_what_is_about_others_or_is_an_opinion_is_never_taken(name: str) -> None:
    """M-08, M-10: also where the form says that she permitted it, since that was for one decision."""
    document, losses = read({name: "CANARY", "AltContactPermissionToSend": "Yes"})
    assert "CANARY" not in json.dumps(document)
    assert losses[f"/{name}"] == "dropped"


@pytest.mark.parametrize(
    ("flags", "safe"),
    [
        ({}, "unknown"),
        ({"SafeToEmail": "Yes"}, "yes"),
        ({"SafeToEmail": "No"}, "no"),
        ({"SafeToPostal": "Yes"}, "unknown"),
    ],
)
def test_a_channel_is_safe_only_where_its_own_flag_says_so(flags: dict[str, str], safe: str) -> None:
    """M-07."""
    contact = {"channel": "email", "value": "a@mail.example", "safe": safe}
    assert section("subject", {"Customer.Email": "a@mail.example", **flags})["contacts"] == [contact]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "unknown"),
        ({"AdultOrChild": ""}, "unknown"),
        ({"AdultOrChild": "Unknown"}, "unknown"),
        ({"AdultOrChild": "Child"}, "child"),
        ({"AdultOrChild": "Adult"}, "adult"),
        ({"AdultOrChild": "Adult", "LocalAuthority": "Norhaven"}, "unknown"),
    ],
)
def test_an_age_that_is_not_said_or_contradicts_itself_is_unknown(fields: dict[str, str], status: str) -> None:
    assert section("subject", fields)["minor_status"] == status


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"Type": ""}, "kind at "),
        ({"NRMOrDuty": ""}, "kind at "),
        ({"Type": "1"}, "unknown_code:kind at /Type"),
        ({"NRMOrDuty": "DTN"}, "contradiction at /NRMOrDuty"),
        ({"Customer.Nationality": "Martian"}, "unknown_code:nationality at /Customer.Nationality"),
        ({"Country3": "Atlantis"}, "unknown_code:country at /Country3"),
        ({"Customer.Custom17": "F"}, "unknown_code:sex at /Customer.Custom17"),
        ({"AdultOrChild": "adult"}, "unknown_code:age at /AdultOrChild"),
        ({"ComponentFraud": "maybe"}, "unknown_code:answer at /ComponentFraud"),
        ({"SafeToEmail": "1", "Customer.Email": "a@b"}, "unknown_code:answer at /SafeToEmail"),
        ({"PVExploitersLastContact": "ages"}, "unknown_code:last_contact at /PVExploitersLastContact"),
        ({"ExploitationLocationPresented": "MOON"}, "unknown_code:location at /ExploitationLocationPresented"),
        ({"Customer.DOB": "14/09/2003"}, "pattern at /Customer.DOB"),
        ({"Customer.Surname": None}, "type at /Customer.Surname"),
        ({"Customer.Surname": ["x"]}, "type at /Customer.Surname"),
        ({"CANARY": 1}, "type at /*"),
    ],
)
def test_an_unknown_code_or_a_wrong_type_is_refused_at_its_field(fields: dict[str, object], refused: str) -> None:
    assert refusal(fields) == refused


def test_a_hint_in_a_reference_names_nobody() -> None:
    """P-02: neither a prose reference nor a Home Office number picks a person out, and prose is lost."""
    document, losses = read({"CIDReference": "the file about Tamsin"})
    assert "identifiers" not in str(document)
    assert losses == {"/CIDReference": "dropped"}
    assert str(outcome({**BASE, "CIDReference": "HO/77"}, "HO/77")) == "subject_unclear at /ExternalId"


def test_the_only_name_of_the_person_is_the_submissions_own_id() -> None:
    assert isinstance(outcome({**BASE, "ExternalId": "x-1"}, "x-1"), ParsedReferral)
    assert str(outcome({**BASE, "ExternalId": "x-1"}, "x-2")) == "subject_unclear at /ExternalId"


def test_a_language_that_is_no_single_name_is_lost_and_the_need_stays() -> None:
    document, losses = read({"Customer.Custom13": "Yes", "Customer.Custom14": "Albanian or Italian"})
    assert document["subject"] == {"minor_status": "unknown", "interpreter": {"needed": True}}
    assert losses == {"/Customer.Custom14": "dropped"}


def test_northern_irish_may_be_either_of_two_citizenships_and_is_not_guessed() -> None:
    document, losses = read({"Customer.Nationality": "Northern Irish"})
    assert "citizenships" not in str(document)
    assert losses == {"/Customer.Nationality": "dropped"}


@pytest.mark.parametrize("base", [BASE, NOTICE])
def test_that_it_was_done_to_a_child_is_not_lost_unsaid(base: dict[str, str]) -> None:
    document, losses = read({"AdultOrChild": "Adult", "ComponentChildExploitation": "Yes"}, base)
    assert document["situation"] == {"exploitation": [{"type": "sexual"}]}
    assert losses == {"/ComponentChildExploitation": "coarsened"}


@pytest.mark.parametrize(
    "field", ["ComponentProstitution", "ConcernsOfFurtherExploitationToPV", "Customer.Custom15", "ComponentWagesTaken"]
)
def test_a_no_that_has_no_place_is_said_to_be_lost(field: str) -> None:
    for said, lost in (("Yes", False), ("No", True), ("Not sure", True)):
        assert (read({field: said})[1].get(f"/{field}") == "dropped") is lost


def test_a_date_of_birth_that_is_not_known_is_an_estimate() -> None:
    """It stood there as sure, and the answer that it is not was passed over unsaid."""
    document, losses = read({"Customer.DOB": "1990-01-01", "Customer.Custom7": "No"})
    subject = document["subject"]
    assert isinstance(subject, dict)
    assert subject["birth"] == {"date": "1990-01-01", "estimated": True}
    assert losses == {"/Customer.Custom7": "dropped"}
    assert section("subject", {"Customer.DOB": "1990-01-01", "Customer.Custom7": "Yes"})["birth"] == {
        "date": "1990-01-01"
    }


def test_that_no_indicators_were_seen_is_lost_by_name_where_a_text_speaks_of_some() -> None:
    _, losses = read(
        {"IdentifiedModernSlaveryIndicators": "No", "IdentifiedModernSlaveryIndicatorsDetails": "None that I saw."}
    )
    assert losses == {"/IdentifiedModernSlaveryIndicators": "dropped"}

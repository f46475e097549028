"""A referral for the competent authority and a notice that names nobody: closed, deterministic, read back the same."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sdk.checks import sample_outgoing
from adapters.sdk.codes import Document, Json
from adapters.sdk.contract import Inbound, Outbound, ParsedReferral
from adapters.sdk.countries import read_countries
from adapters.sdk.errors import CannotRenderError
from adapters.sdk.guard import Guard
from adapters.systems.uknrm.adapter import UkNrm
from adapters.systems.uknrm.codes import GATEWAY
from schemas.validation import validate

UKNRM = Guard(UkNrm())
EXAMPLES = ROOT / "schemas" / "profiles" / "examples"
PSEUDONYM = "0" * 27
IDENTIFICATION = "profile/competent_authority/identification/1.0"
NOTICES = ("profile/police/legal_obligation_notice/1.0", "profile/competent_authority/legal_obligation_notice/1.0")
ENVELOPE = {
    "ExternalId",
    "NRMOrDuty",
    "Type",
    *(name for name in GATEWAY if name not in {"Gateway.Pseudonym", "Gateway.AgeBand"}),
}


def render(document: Document) -> tuple[dict[str, str], Outbound]:
    outbound = UKNRM.render(sample_outgoing(document))
    assert outbound == UKNRM.render(sample_outgoing(document))
    return json.loads(outbound.body), outbound


def example(name: str) -> dict[str, Json]:
    found: dict[str, Json] = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    return found


def test_the_competent_authority_gets_exactly_this() -> None:
    fields, outbound = render(example("competent_authority.identification"))
    assert {name: value for name, value in fields.items() if name not in ENVELOPE} == {
        "AdultOrChild": "Adult",
        "AdultOrChildDuringExploitation": "Child",
        "ComponentForcedToWorkForNothing": "Yes",
        "ComponentProstitution": "Yes",
        "Country1": "Italy",
        "Customer.Alias": "Ilinca of the River House",
        "Customer.Custom11": "Moldovan",
        "Customer.Custom13": "Yes",
        "Customer.Custom14": "Romanian",
        "Customer.Custom17": "Female",
        "Customer.Forename1": "Ilinca",
        "Customer.Nationality": "Romanian",
        "Customer.Surname": "Vasilescu",
        "ExploitationLocationPresented": "OVERSEAS",
        "Gateway.AgeBand": "21--23",
        "Gateway.Pseudonym": PSEUDONYM,
        "PVExploitersLastContact": "within-the-last-3-month",
        "VictimAccount": ("They said the season would pay the debt.\nIt did not.\n\nShe counted forty crates a day."),
    }
    assert fields["Type"] == "560734"
    assert fields["NRMOrDuty"] == "NRM"
    assert {loss.path for loss in outbound.losses} >= {"/needs", "/subject/birth", "/subject/contacts/*", "/health"}


@pytest.mark.parametrize("schema", NOTICES)
def test_a_notice_names_nobody(schema: str) -> None:
    """P-05: no name, no contact, no pseudonym, no place but a country; also where a document holds them."""
    notice = {**example("police.legal_obligation_notice"), "schema": schema}
    fields, outbound = render(notice)
    assert {name: value for name, value in fields.items() if name not in ENVELOPE} == {
        "ComponentForcedToWorkForNothing": "Yes",
        "ComponentProstitution": "Yes",
        "Country1": "Italy",
        "ExploitationLocationPresented": "OVERSEAS",
    }
    assert fields["Type"] == "662265"
    assert fields["NRMOrDuty"] == "DTN"
    full = example("competent_authority.identification")
    more, _ = render({**full, "schema": schema})
    assert more == fields
    assert "Vasilescu" not in outbound.body.decode()


def test_two_messages_share_no_number() -> None:
    outgoing = sample_outgoing(example("police.legal_obligation_notice"))
    other = replace(outgoing, envelope=replace(outgoing.envelope, message_id="m-another"))
    first, second = (json.loads(UKNRM.render(each).body) for each in (outgoing, other))
    assert first["ExternalId"] != second["ExternalId"]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_other_profile_is_refused(path: Path) -> None:
    document = json.loads(path.read_bytes())
    if document["schema"] not in {IDENTIFICATION, *NOTICES}:
        with pytest.raises(CannotRenderError, match="profile at /schema"):
            render(document)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ({}, "Unknown"),
        ({"minor_status": "unknown"}, "Unknown"),
        ({"minor_status": "adult", "age_band": "9--17"}, "Unknown"),
        ({"minor_status": "unknown", "age_band": "adult"}, "Unknown"),
        ({"age_band": "9--17"}, "Child"),
        ({"minor_status": "child"}, "Child"),
        ({"minor_status": "adult", "age_band": "48+"}, "Adult"),
    ],
)
def test_nobody_is_called_an_adult_on_a_contradiction(subject: dict[str, Json], said: str) -> None:
    fields, _ = render({"schema": IDENTIFICATION, "subject": {"pseudonym": PSEUDONYM, **subject}})
    assert fields["AdultOrChild"] == said


def test_a_channel_whose_safety_the_form_cannot_say_is_left_out() -> None:
    """M-07: it asks about e-mail and post, not about telephones."""
    contacts = [{"channel": channel, "value": f"{channel}-1"} for channel in ("phone", "email", "post", "message")]
    fields, outbound = render({"schema": IDENTIFICATION, "subject": {"pseudonym": PSEUDONYM, "contacts": contacts}})
    assert (fields["Customer.Email"], fields["SafeToEmail"]) == ("email-1", "Yes")
    assert (fields["Customer.Address"], fields["SafeToPostal"]) == ("post-1", "Yes")
    assert "phone-1" not in outbound.body.decode()
    assert "/subject/contacts/*" in {loss.path for loss in outbound.losses}


def test_no_canary_of_what_the_profile_does_not_list_is_written() -> None:
    planted: dict[str, Json] = {
        "schema": IDENTIFICATION,
        "sender_reference": "CANARY",
        "staff": [{"name": "CANARY"}],
        "third_parties": [{"role": "other", "name": "CANARY"}],
        "attachments": [{"name": "CANARY"}],
        "subject": {
            "pseudonym": PSEUDONYM,
            "person_ref": "CANARY",
            "group_ref": "CANARY",
            "alias": "CANARY",
            "meeting_point": "CANARY",
            "addresses": [{"use": "current", "line": "CANARY"}],
            "identifiers": [{"type": "passport", "value": "CANARY"}],
        },
        "situation": {"credibility": "CANARY", "offences": [{"system": "ucr", "code": "CANARY"}]},
        "risk": {"keep_away": "CANARY"},
        "health": {"referral_reason": "CANARY"},
        "needs": [{"code": "other", "note": "CANARY"}],
    }
    _, outbound = render(planted)
    assert b"CANARY" not in outbound.body
    assert {loss.path for loss in outbound.losses} >= {"/staff", "/risk", "/situation/credibility", "/subject/alias"}


# ---------------------------------------------------------------------------------------------------------- round trip

_LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
_COUNTRIES = read_countries()
_DEMONYMS = sorted(code for code in _COUNTRIES.by_iso2 if _COUNTRIES.to_demonym(code))
_NAMED = sorted(code for code in _COUNTRIES.by_iso2 if _COUNTRIES.to_english_name(code) and code != "GB")
_FORMS = ("forced_labour", "sexual", "criminal", "organ_removal", "domestic_servitude")
_OTHERS = ("begging", "forced_marriage", "forced_military", "illegal_adoption", "surrogacy", "slavery", "unknown")
SUBJECT = st.fixed_dictionaries(
    {"minor_status": st.sampled_from(["adult", "child", "unknown"])},
    optional={
        "names": st.fixed_dictionaries({"given": _LINE, "family": _LINE}).map(
            lambda name: [{"use": "official", **name}]
        ),
        "identifiers": st.just([{"type": "other", "value": "HO/77", "country": "GB"}]),
        "birth": st.dates().map(lambda day: {"date": day.isoformat()}),
        "sex": st.sampled_from(["female", "male", "other"]),
        "citizenships": st.lists(st.sampled_from(_DEMONYMS), min_size=1, max_size=2, unique=True),
        "interpreter": st.just({"needed": True, "language": "sq"}) | st.just({"needed": False}),
        "contacts": st.just([{"channel": "email", "value": "a@mail.example"}, {"channel": "post", "value": "7 Row"}]),
    },
)
SITUATION = st.fixed_dictionaries(
    {},
    optional={
        "exploitation": st.tuples(
            st.lists(st.sampled_from(_FORMS), unique=True), st.lists(st.sampled_from(_OTHERS), max_size=5, unique=True)
        )
        .filter(any)
        .map(lambda forms: [{"type": form} for form in (*sorted(forms[0], key=_FORMS.index), *forms[1])]),
        "means": st.sampled_from([["takes_earnings"], ["sexual_abuse"], ["takes_earnings", "sexual_abuse"]]),
        "events": st.lists(st.sampled_from(_NAMED), min_size=1, max_size=10, unique=True).map(
            lambda codes: [{"type": "exploitation", "country": code} for code in codes]
        ),
        "last_contact": st.sampled_from(["week", "month", "three_months", "six_months", "year", "longer", "unknown"]),
        "cooperation": st.sampled_from(["yes", "no"]),
        "narrative": _LINE.filter(lambda text: "/" not in text and "." not in text).map(
            lambda text: [{"section": "account", "text": text}, {"section": "indicators", "text": text}]
        ),
    },
)


@given(subject=SUBJECT, situation=SITUATION)
@settings(max_examples=30, deadline=None)
def test_what_is_written_is_read_back_as_the_same(subject: dict[str, Json], situation: dict[str, Json]) -> None:
    document = {"schema": IDENTIFICATION, "subject": {**subject, "pseudonym": PSEUDONYM}, "situation": situation}
    fields, outbound = render(document)
    assert {loss.path for loss in outbound.losses} <= {"/situation/exploitation/*/type"}
    parsed = UKNRM.parse(Inbound(outbound.body, "application/json"))
    assert isinstance(parsed, ParsedReferral)
    back = validate(parsed.document, "referral/1.0").document
    if "contacts" in subject:
        subject["contacts"] = [{**contact, "safe": "yes"} for contact in subject["contacts"]]
    expected: dict[str, Json] = {"schema": "referral/1.0", "subject": subject, "sender_reference": fields["ExternalId"]}
    assert back == expected | ({"situation": situation} if situation else {})

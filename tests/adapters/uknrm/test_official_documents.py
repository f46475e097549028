"""Every official document of the service is read, or refused for a reason that is true of it; the table is printed."""

import json

from samples import sample

from adapters.sdk.checks import parse_outcome, sample_outgoing
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.guard import Guard
from adapters.systems.uknrm.adapter import UkNrm
from adapters.systems.uknrm.codes import read_codes
from schemas.validation import validate

UKNRM = UkNrm()
PAYLOAD = "example-payload-test.json"
OUTCOMES = {
    PAYLOAD: ("referral", "the payload of a referral"),
    "fields.json": ("type at /*", "texts of the web form"),
    "pages.json": ("type at /*", "texts of the web form"),
    "createcase_success.txt": ("syntax at ", "an HTTP answer, not a submission"),
    "createcase_unknown_type.txt": ("syntax at ", "an HTTP answer, not a submission"),
    "getcasedetails_success.txt": ("syntax at ", "an HTTP answer about freedom of information"),
    "getcases_success.txt": ("syntax at ", "an HTTP answer about freedom of information"),
}


def test_every_official_document_is_accounted_for() -> None:
    folder = sample("uk-nrm")
    paths = [*sorted(folder.glob("*.json")), *sorted((folder / "icasework-api").iterdir())]
    found = {}
    for path in paths:
        outcome = parse_outcome(UKNRM, Inbound(path.read_bytes(), "application/json"))
        found[path.name] = "referral" if isinstance(outcome, ParsedReferral) else str(outcome)
        print(f"{path.name:30} {found[path.name]:12} {OUTCOMES.get(path.name, ('', ''))[1]}")  # noqa: T201 - the table
    assert found == {name: outcome for name, (outcome, _) in OUTCOMES.items()}


def payload() -> dict[str, str]:
    fields: dict[str, str] = json.loads(sample("uk-nrm", PAYLOAD).read_bytes())
    return fields


def read(fields: dict[str, str]) -> ParsedReferral:
    parsed = parse_outcome(UKNRM, Inbound(json.dumps(fields).encode(), "application/json"))
    assert isinstance(parsed, ParsedReferral)
    return parsed


def test_each_of_the_fields_of_the_payload_is_carried_or_reported() -> None:
    """A field that is taken away changes the referral or the report; the one that repeats others does neither."""
    fields = payload()
    whole = read(fields)
    validate(whole.document, "referral/1.0")
    silent = {name for name, value in fields.items() if value and name not in {"Type", "NRMOrDuty"}}
    for name in sorted(silent):
        less = read({other: value for other, value in fields.items() if other != name})
        if (less.document, less.losses) != (whole.document, whole.losses):
            silent.discard(name)
    assert silent == {"ExploitationLocationPresented"}
    assert len(fields) == 88


def test_what_the_payload_says_of_her_credibility_is_nowhere_in_the_referral() -> None:
    """M-10."""
    whole = read(payload())
    assert "dishonesty" not in json.dumps(whole.document).lower()
    assert {"/EvidenceOfDishonesty", "/DetailsOfEvidenceOfDishonesty"} <= {loss.path for loss in whole.losses}


def test_every_field_of_the_services_own_map_has_a_name_here() -> None:
    rows = sample("uk-nrm", "nrm-casework-field-map.csv").read_text("utf-8-sig").splitlines()[1:]
    assert {row.partition(",")[0] for row in rows} <= read_codes().known


def test_the_payload_comes_back_through_the_profile_of_the_competent_authority() -> None:
    """What is not the same again is among the losses of one direction or the other (FORMATS section 8)."""
    fields = payload()
    parsed = read(fields)
    subject, situation = parsed.document["subject"], parsed.document["situation"]
    assert isinstance(subject, dict)
    assert isinstance(situation, dict)
    minimised = {
        "schema": "profile/competent_authority/identification/1.0",
        "subject": {**subject, "pseudonym": "0" * 27},
        "situation": situation,
    }
    outbound = Guard(UKNRM).render(sample_outgoing(minimised))
    again = json.loads(outbound.body)
    lost = {loss.path.lstrip("/") for loss in parsed.losses}
    different = {name for name, value in fields.items() if value and again.get(name) != value and name not in lost}
    assert different == {
        "City1",
        "ExternalId",
        "IdentifiedModernSlaveryIndicators",
    } & set(fields) | {name for name in read_codes().narrative if name in fields} | {
        "PVCurrentCityTown",
        "PVCurrentCounty",
        "PVBirthplace",
    }

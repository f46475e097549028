"""A record is read as it says, in every published spelling; what has no place is reported, the unknown is refused."""

from pathlib import Path

import pytest

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import AdapterError
from adapters.systems.htcds.adapter import Htcds
from schemas.documents import Document, Json
from schemas.validation import validate

FIXTURES = Path(__file__).parent / "fixtures"
HTCDS = Htcds()


def csv(*records: dict[str, str]) -> bytes:
    rows = [list(records[0]), *(list(record.values()) for record in records)]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    return ("\r\n".join(quoted) + "\r\n").encode()


def outcome(body: bytes, subject: str | None = None) -> object:
    return parse_outcome(HTCDS, Inbound(body, "text/csv", subject))


def read(**cells: str) -> tuple[Document, dict[str, str]]:
    parsed = outcome(csv({"prs_Title": "", **cells}))
    assert isinstance(parsed, ParsedReferral), parsed
    validate(parsed.document, "referral/1.0")
    return parsed.document, {loss.path: loss.kind for loss in parsed.losses}


def refusal(**cells: str) -> str:
    parsed = outcome(csv({"prs_Title": "", **cells}))
    assert isinstance(parsed, AdapterError)
    return str(parsed)


def section(name: str, **cells: str) -> Json:
    return read(**cells)[0].get(name, {})


def situation(**cells: str) -> dict[str, Json]:
    found = section("situation", **cells)
    assert isinstance(found, dict)
    return found


def test_the_standards_spelling_is_read() -> None:
    parsed = outcome((FIXTURES / "standard.in.csv").read_bytes())
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["sender_reference"] == "uuid:7b1d0c52-0000-4000-8000-00000000a114"
    assert {(loss.path, loss.kind) for loss in parsed.losses} == {
        ("/*", "dropped"),
        ("/cas_CaseOwner", "dropped"),
        ("/cas_Status", "dropped"),
        ("/con_Consent", "dropped"),
        ("/prs_NumberOfChildren", "dropped"),
        ("/prs_Salutation", "dropped"),
        ("/spl_Type", "coarsened"),
        ("/vic_TraffickingStatusDecisionMakingOrg", "dropped"),
        ("/vic_TypeOfSexExploitation", "dropped"),
    }


@pytest.mark.parametrize(
    ("standard", "other"),
    [
        ("prs_FirstName", "prs_First_Name"),
        ("vic_MethodsOfControl", "vic_Methods_of_Control"),
        ("vic_TraffickingStatusDecisionMakingOrg", "vic_TraffickinStatusDecisionMakingOrg"),
        ("prs_Gender", "PRS_GENDER"),
    ],
)
def test_every_published_spelling_of_a_heading_is_the_same_field(standard: str, other: str) -> None:
    value = {"prs_FirstName": "Tamsin", "vic_MethodsOfControl": "FalsePromises", "prs_Gender": "Masculine"}
    text = value.get(standard, "Police")
    assert read(**{standard: text}) == read(**{other: text})


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_stands_between_cells_is_what_makes_the_first_line_a_heading(separator: str, mark: bytes) -> None:
    rows = (
        ("prs_FirstName", "vic_MethodsOfControl", "hte_Description"),
        ("Tamsin", "DebtBondage", '"one; two, three"'),
    )
    found = outcome(mark + "".join(separator.join(row) + "\r\n" for row in rows).encode())
    assert isinstance(found, ParsedReferral), found
    assert found.document["situation"] == {
        "means": ["debt_bondage"],
        "narrative": [{"section": "other", "text": "one; two, three"}],
    }


def test_a_day_that_the_calendar_has_not_is_refused_at_its_column() -> None:
    assert refusal(prs_Birthdate="2003-02-30") == "pattern at /prs_Birthdate"


@pytest.mark.parametrize("text", ["=1+1", "<b>", "Tamsin Wren", "-1"])
def test_what_is_no_reference_for_her_is_refused_at_its_column(text: str) -> None:
    assert refusal(gx_PersonRef=text) == "pattern at /gx_PersonRef"


def test_two_columns_of_one_field_are_refused() -> None:
    assert refusal(prs_FirstName="A", prs_First_Name="B") == "duplicate_column at /prs_FirstName"


@pytest.mark.parametrize("text", ["DebtBondage", "DebtBondage ", "Debt bondage ", "debt bondage\xa0"])
def test_the_choice_with_a_space_at_its_end_is_read_however_it_stands(text: str) -> None:
    assert situation(vic_MethodsOfControl=text)["means"] == ["debt_bondage"]


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("ThreatsLawEnforcement", "threat_of_law_enforcement"),
        ("ThreatOfLawEnforcement", "threat_of_law_enforcement"),
        ("PsychoactiveSubstance", "psychoactive_substances"),
        ("PsychoactiveSubstances", "psychoactive_substances"),
        ("RestrictsMovement", "restricts_movement"),
        ("UsesChildren", "uses_children"),
    ],
)
def test_choices_of_the_list_and_of_the_definitions_are_read(text: str, means: str) -> None:
    assert situation(vic_MethodsOfControl=text)["means"] == [means]


@pytest.mark.parametrize("text", ["FalsePromises DebtBondage  Other", "False promises;Debt bondage ; Other"])
def test_several_choices_stand_apart_by_blanks_or_semicolons(text: str) -> None:
    assert situation(vic_MethodsOfControl=text)["means"] == ["false_promises", "debt_bondage", "other"]


@pytest.mark.parametrize(
    ("field", "text", "refused"),
    [
        ("prs_Gender", "Femenine", "unknown_code:gender at /prs_Gender"),
        ("prs_Citizenship", "RO XX", "unknown_code:iso_3166_1 at /prs_Citizenship"),
        ("prs_PrimaryLanguage", "qqq", "unknown_code:iso_639_2 at /prs_PrimaryLanguage"),
        (
            "vic_TypeOfExploitation",
            "SexualExploitation Nope",
            "unknown_code:typeofexploitation at /vic_TypeOfExploitation",
        ),
        ("vic_TraffickingStatus", "Perhaps", "unknown_code:traffickingstatus at /vic_TraffickingStatus"),
        ("gx_Needs", "a_bed", "unknown_code:need at /gx_Needs"),
        ("gx_SafeChannels", "prs_Title", "unknown_code:channel at /gx_SafeChannels"),
        ("gx_InterpreterNeeded", "maybe", "unknown_code:boolean at /gx_InterpreterNeeded"),
        ("prs_Birthdate", "14/09/2003", "pattern at /prs_Birthdate"),
        ("gx_Dependants", "²", "range at /gx_Dependants"),
    ],
)
def test_an_unknown_code_is_refused_at_its_column_without_being_repeated(field: str, text: str, refused: str) -> None:
    assert refusal(**{field: text}) == refused


def test_consent_is_never_read_and_always_reported() -> None:
    for said in ("TRUE", "FALSE"):
        document, losses = read(con_Consent=said, prs_FirstName="A")
        assert "consent" not in str(document).lower()
        assert losses["/con_Consent"] == "dropped"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, {"minor_status": "unknown"}),
        ({"prs_Birthdate": "2010-01-02"}, {"birth": {"date": "2010-01-02"}}),
        ({"gx_AgeBand": "9--17", "gx_MinorStatus": "adult"}, {"minor_status": "unknown"}),
        ({"gx_AgeBand": "adult", "gx_MinorStatus": "child"}, {"minor_status": "unknown"}),
        ({"gx_AgeBand": "9--17", "gx_MinorStatus": "child"}, {"age_band": "9--17", "minor_status": "child"}),
        ({"gx_AgeBand": "adult"}, {"age_band": "adult"}),
        ({"gx_MinorStatus": "unknown"}, {"minor_status": "unknown"}),
    ],
)
def test_an_age_that_is_not_said_or_contradicts_itself_is_unknown(cells: dict[str, str], expected: Json) -> None:
    assert section("subject", prs_FirstName="A", **cells) == {
        "names": [{"use": "official", "given": "A"}],
        **(expected if isinstance(expected, dict) else {}),
    }


def test_a_channel_is_unsafe_until_somebody_says_otherwise() -> None:
    both = {"prs_Email": "a@mail.example", "prs_HomePhone": "+40700000114"}
    unsaid = [contact["safe"] for contact in _contacts(**both)]
    assert unsaid == ["unknown", "unknown"]
    assert [contact["safe"] for contact in _contacts(**both, gx_SafeChannels="prs_Email")] == ["yes", "unknown"]


def _contacts(**cells: str) -> list[dict[str, str]]:
    found = section("subject", **cells)
    assert isinstance(found, dict)
    return found["contacts"]


def test_an_industry_without_forced_labour_is_lost_and_a_form_is_not_made_of_it() -> None:
    document, losses = read(vic_ForcedLabourIndustry="C_Manufacturing", vic_TypeOfSexExploitation="Pornography")
    assert "situation" not in document
    assert losses == {"/vic_ForcedLabourIndustry": "dropped", "/vic_TypeOfSexExploitation": "dropped"}


def test_the_pseudonym_the_gateway_wrote_is_never_sent_on() -> None:
    document, losses = read(gx_Pseudonym="0" * 27, gx_MessageId="m-1", prs_FirstName="A")
    assert "0" * 27 not in str(document)
    assert losses == {"/gx_MessageId": "dropped", "/gx_Pseudonym": "dropped"}


def test_a_heading_of_somebodys_own_is_lost_without_its_name() -> None:
    assert read(prs_FirstName="A", Canary="x")[1] == {"/*": "dropped"}


ONE = {"KEY": "uuid:1", "prs_FirstName": "Tamsin", "prs_IdentityNumber": "X-1"}
OTHER = {"KEY": "uuid:2", "prs_FirstName": "Ilinca", "prs_IdentityNumber": "X-2"}


@pytest.mark.parametrize("subject", ["uuid:2", "X-2", "row-2"])
def test_a_record_is_picked_out_of_several_by_its_number(subject: str) -> None:
    parsed = outcome(csv(ONE, OTHER), subject)
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["sender_reference"] == "uuid:2"


@pytest.mark.parametrize("subject", [None, "uuid:3", "row-3", "row-0", "row-02", "Ilinca"])
def test_of_several_records_none_is_chosen_for_the_sender(subject: str | None) -> None:
    assert str(outcome(csv(ONE, OTHER), subject)) == "subject_unclear at /rows"


def test_two_records_of_one_number_are_unclear() -> None:
    assert str(outcome(csv(ONE, ONE), "uuid:1")) == "subject_unclear at /rows"


def test_a_file_without_a_record_has_nobody_in_it() -> None:
    assert str(outcome(b"prs_FirstName\r\n")) == "subject_unclear at /rows"
    assert str(outcome(b"prs_FirstName,prs_Gender\r\n,\r\n")) == "subject_unclear at /rows"


LABELS = {"prs_FirstName": "First Name", "prs_MailingCity": "Mailing Street", "prs_Gender": "Gender"}


def test_a_second_heading_of_labels_is_no_record_and_a_column_with_two_meanings_is_not_read() -> None:
    parsed = outcome(csv(LABELS, {"prs_FirstName": "Tamsin", "prs_MailingCity": "Norhaven", "prs_Gender": "Feminine"}))
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["subject"] == {
        "names": [{"use": "official", "given": "Tamsin"}],
        "sex": "female",
        "minor_status": "unknown",
    }
    assert [loss.path for loss in parsed.losses] == ["/*"]


# ------------------------------------------------------------------------------------------------------- whose it is


@pytest.mark.parametrize("said", ["TRUE", "true", "Yes", "1"])
def test_the_dead_are_not_referred(said: str) -> None:
    assert refusal(prs_FirstName="Ivo", prs_Deceased=said) == "deceased at /prs_Deceased"


def test_whether_she_lives_is_not_guessed() -> None:
    assert refusal(prs_FirstName="Ivo", prs_Deceased="perhaps") == "unknown_code:boolean at /prs_Deceased"
    document, losses = read(prs_FirstName="Ivo", prs_Deceased="FALSE")
    assert document["subject"]
    assert losses == {"/prs_Deceased": "dropped"}


@pytest.mark.parametrize("field", ["per_RoleInProcess", "per_RoleDetails", "per_Organisation"])
def test_a_record_of_a_perpetrator_is_no_referral(field: str) -> None:
    said = {"prs_FirstName": "Darko", field: "Exploiter"}
    assert refusal(**said) == f"perpetrator at /{field}"
    assert refusal(**said, vic_TraffickingStatus="") == f"perpetrator at /{field}"
    for hers in ({"vic_TraffickingStatus": "PossibleVictimOfTrafficking"}, {"gx_Needs": "mental_health"}):
        _, losses = read(**said, **hers)
        assert losses[f"/{field}"] == "dropped"


@pytest.mark.parametrize(
    ("age", "expected", "loss"),
    [("15", "yes", "coarsened"), ("18", None, "dropped"), ("about 15", None, "dropped"), ("2015", None, "dropped")],
)
def test_whoever_was_trafficked_before_eighteen_was_a_child_then(age: str, expected: str | None, loss: str) -> None:
    """K-09."""
    document, losses = read(prs_FirstName="Ada", vic_AgeWhenTrafficked=age, vic_TypeOfExploitation="ForcedLabour")
    found = document["situation"]
    assert isinstance(found, dict)
    assert found.get("minor_at_exploitation") == expected
    assert losses["/vic_AgeWhenTrafficked"] == loss

"""Every official HTCDS document is read, or refused for a reason that is true of it; the table is printed (-s)."""

import csv
import io
import warnings

import openpyxl
from samples import sample

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.systems.htcds.adapter import XLSX, Htcds
from schemas.validation import validate

HTCDS = Htcds()
MEDIA_TYPES = {".csv": "text/csv", ".xlsx": XLSX, ".ods": XLSX}

NOBODY = ("subject_unclear at /rows", "the empty template: a thousand numbered rows and no record")
OUTCOMES = {
    "field-standards-2.0.csv": ("ragged at /rows/1", "a description of fields whose rows are cut short"),
    "HTCDS Field Standards 2.0.ods": ("xlsx_part at ", "an OpenDocument spreadsheet, not a workbook"),
    "Toolkit__Excel__HTCDS Excel Spreadsheet single select with validation v2.0.xlsx": NOBODY,
    "Toolkit__Excel__HTCDS Excel Spreadsheet v2.0.xlsx": NOBODY,
    "Toolkit__Survey__htcds_xlsform.xlsx": ("kind at ", "a survey form, with nobody in it"),
    "xlsform-choices.csv": ("kind at ", "a list of choices, with nobody in it"),
    "xlsform-settings.csv": ("kind at ", "one setting, with nobody in it"),
    "xlsform-survey.csv": ("kind at ", "a list of questions, with nobody in it"),
}


def test_every_official_document_is_accounted_for() -> None:
    found = {
        path.name: str(parse_outcome(HTCDS, Inbound(path.read_bytes(), MEDIA_TYPES[path.suffix])))
        for path in sorted(sample("htcds").iterdir())
        if path.suffix in MEDIA_TYPES
    }
    for name, outcome in found.items():
        print(f"{name:80} {outcome:28} {OUTCOMES.get(name, ('', ''))[1]}")  # noqa: T201 - the table is the point
    assert found == {name: refused for name, (refused, _) in OUTCOMES.items()}


def test_a_submission_of_the_official_survey_with_every_choice_is_read() -> None:
    """Each question of the form once, each choice of its lists once: FORMATS section 8."""
    questions = list(csv.DictReader(sample("htcds", "xlsform-survey.csv").read_text("utf-8-sig").splitlines()))
    choices: dict[str, list[str]] = {}
    for row in csv.DictReader(sample("htcds", "xlsform-choices.csv").read_text("utf-8-sig").splitlines()):
        choices.setdefault(row["list_name"], []).append(row["name"])
    read = 0
    for question in questions:
        kind, _, name = question["type"].partition(" ")
        if not kind.startswith("select"):
            continue
        for answer in choices[name]:
            text = io.StringIO(newline="")
            csv.writer(text).writerows([["prs_First_Name", question["name"]], ["Tamsin", answer]])
            parsed = parse_outcome(HTCDS, Inbound(text.getvalue().encode(), "text/csv"))
            assert isinstance(parsed, ParsedReferral), (question["name"], answer)
            assert not isinstance(parsed, AdapterDefectError | AdapterError)
            validate(parsed.document, "referral/1.0")
            read += 1
    assert read == 332 - 1


def test_a_filled_in_official_template_is_read_but_for_the_columns_with_two_headings() -> None:
    for path in sorted(sample("htcds").glob("Toolkit__Excel*.xlsx")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl leaves the template's lists to choose from out when it writes
            book = openpyxl.load_workbook(path)
            sheet = book.worksheets[0]
            for column in range(2, 40):
                heading = sheet.cell(1, column).value
                sheet.cell(3, column).value = FILLED.get(str(heading), "x")
            file = io.BytesIO()
            book.save(file)
        parsed = parse_outcome(HTCDS, Inbound(file.getvalue(), XLSX))
        assert isinstance(parsed, ParsedReferral), parsed
        validate(parsed.document, "referral/1.0")
        lost = {loss.path for loss in parsed.losses}
        assert {"/*", "/con_Consent"} <= lost
        assert "/prs_MailingCity" not in lost
        subject = parsed.document["subject"]
        assert isinstance(subject, dict)
        assert subject["addresses"] == [{"use": "other", "region": "x"}]
        assert parsed.document["situation"] == {
            "victim_status": "presumed",
            "decided_by": "police",
            "exploitation": [{"type": "forced_labour", "industry": "agriculture"}],
            "means": ["debt_bondage"],
            "recruitment": ["work"],
            "narrative": [{"section": "other", "text": "x"}],
        }


FILLED = {
    "con_Consent": True,
    "prs_Birthdate": "2003-09-14",
    "prs_Gender": "Feminine",
    "prs_Citizenship": "RO",
    "vic_TraffickingStatus": "Possible victim of trafficking",
    "vic_TraffickinStatusDecisionMakingOrg": "Police",
    "vic_MethodOfRecruitment": "At work",
    "vic_MethodsOfControl": "Debt bondage ",
    "vic_TypeOfExploitation": "Forced labour",
    "vic_ForcedLabourIndustry": "Agriculture, forestry and fishing",
    "vic_TypeOfSexExploitation": "Pornography",
    "cas_Status": "Active",
}

"""Every official HTCDS document is read, or refused for a reason that is true of it; the table is printed (-s)."""

import csv
import io

from samples import sample

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.systems.htcds.adapter import Htcds
from schemas.validation import validate

HTCDS = Htcds()
MEDIA_TYPES = {".csv": "text/csv"}

OUTCOMES = {
    "field-standards-2.0.csv": ("ragged at /rows/1", "a description of fields whose rows are cut short"),
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
        print(f"{name:60} {outcome:28} {OUTCOMES.get(name, ('', ''))[1]}")  # noqa: T201 - the table is the point
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

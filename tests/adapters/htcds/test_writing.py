"""What is written: only what the profile lets through, in the standard's own choices, and never a formula."""

import csv
import io
import json
import re

import pytest
from checkout import ROOT
from samples import sample

from adapters.sdk.checks import sample_outgoing
from adapters.sdk.codes import Document, Json
from adapters.sdk.contract import Inbound, Outbound, ParsedReferral
from adapters.sdk.countries import read_countries
from adapters.sdk.errors import CannotRenderError
from adapters.sdk.guard import Guard
from adapters.systems.htcds.adapter import Htcds
from adapters.systems.htcds.choices import read_choices
from schemas.catalogue import load
from schemas.leaves import leaves

HTCDS = Guard(Htcds())
EXAMPLES = {path.stem: json.loads(path.read_bytes()) for path in (ROOT / "schemas/profiles/examples").glob("*.json")}
WITH_HER = {name: document for name, document in EXAMPLES.items() if "pseudonym" in document.get("subject", {})}
PSEUDONYM = "0" * 27
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")  # noqa: RUF001 - wide forms count


def render(document: Document) -> Outbound:
    return HTCDS.render(sample_outgoing(document))


def cells(outbound: Outbound) -> dict[str, str]:
    heading, row = csv.reader(io.StringIO(outbound.body.decode(), newline=""), strict=True)
    return dict(zip(heading, row, strict=True))


def read(outbound: Outbound) -> ParsedReferral:
    parsed = HTCDS.parse(Inbound(outbound.body, outbound.media_type))
    assert isinstance(parsed, ParsedReferral)
    return parsed


def test_a_shelter_gets_exactly_these_columns() -> None:
    assert cells(render(EXAMPLES["shelter.assistance.accommodation"])) == {
        "gx_MessageId": "m-2f6c1d5e8a90",
        "gx_Sender": "agency-a",
        "gx_SenderTitle": "Agency A",
        "gx_Purpose": "assistance.accommodation",
        "gx_Urgency": "routine",
        "gx_SentOn": "2031-05-06",
        "gx_UseUntil": "2031-08-04",
        "gx_Obligations": "no_enforcement_use no_onward_transfer",
        "gx_Pseudonym": "000000000000000000000000000",
        "gx_AgeBand": "21--23",
        "gx_Alias": "Linnet",
        "gx_InterpreterNeeded": "TRUE",
        "gx_InterpreterLanguage": "ro",
        "prs_PrimaryLanguage": "rum",
        "prs_SecondaryLanguage": "rus",
        "gx_OtherLanguages": "rms",
        "gx_MeetingPoint": "Town library, ground floor, Tuesdays",
        "prs_Gender": "Feminine",
        "gx_Needs": "accommodation.emergency mental_health",
        "gx_RiskLevel": "high",
        "gx_RiskReasons": "exploiter_nearby threats_to_family",
        "gx_AccessNeeds": "female_staff",
        "gx_Alerts": "medication",
    }


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - WITH_HER.keys()))
def test_a_notice_without_a_person_has_no_record(name: str) -> None:
    with pytest.raises(CannotRenderError, match="required at /subject/pseudonym"):
        render(EXAMPLES[name])


def published_choices() -> dict[str, set[str]]:
    lists: dict[str, set[str]] = {}
    for row in csv.DictReader(sample("htcds", "xlsform-choices.csv").read_text("utf-8-sig").splitlines()):
        lists.setdefault(row["list_name"], set()).add(row["name"])
    return lists


LIST_OF = {
    "prs_Gender": "gender",
    "prs_Citizenship": "citizenship",
    "vic_MethodOfRecruitment": "methodofrecruitment",
    "vic_TraffickingStatus": "traffickingstatus",
    "vic_TraffickingStatusDecisionMakingOrg": "traffickingstatusdecisionmakingorg",
    "vic_MethodsOfControl": "methodsofcontrol",
    "vic_TypeOfExploitation": "typeofexploitation",
    "vic_ForcedLabourIndustry": "forcedlabourindustry",
}


def test_every_published_choice_is_known_and_nothing_else_is_written() -> None:
    for name, published in published_choices().items():
        if name == "citizenship":
            assert published == set(read_countries().by_iso2)
            continue
        choices, stripped = read_choices()[name], {code.strip() for code in published}
        assert stripped <= set(choices.by_code)
        assert {*choices.written.values(), *choices.nearest.values()} <= stripped


@pytest.mark.parametrize("name", sorted(WITH_HER))
def test_what_is_written_is_in_the_published_lists(name: str) -> None:
    lists = {key: {code.strip() for code in codes} for key, codes in published_choices().items()}
    for column, cell in cells(render(WITH_HER[name])).items():
        if column in LIST_OF:
            assert set(cell.split()) <= lists[LIST_OF[column]], column


def test_our_own_lists_are_those_of_the_canonical_referral() -> None:
    enums = {"/".join(leaf.path): leaf.node.get("enum") for leaf in leaves(load("referral/1.0"))}
    for name, place in {
        "gx_age_band": "subject/age_band",
        "gx_minor_status": "subject/minor_status",
        "gx_gender": "subject/interpreter/gender",
        "gx_risk_level": "risk/level",
        "gx_risk_reasons": "risk/reasons/*",
        "gx_access_needs": "health/access_needs/*",
        "gx_alerts": "health/alerts/*",
    }.items():
        assert list(read_choices()[name].by_code) == enums[place]
    for name, place in {
        "methodsofcontrol": "situation/means/*",
        "methodofrecruitment": "situation/recruitment/*",
        "typeofexploitation": "situation/exploitation/*/type",
        "forcedlabourindustry": "situation/exploitation/*/industry",
        "traffickingstatus": "situation/victim_status",
        "traffickingstatusdecisionmakingorg": "situation/decided_by",
    }.items():
        choices, codes = read_choices()[name], set(enums[place] or ())
        assert {choice.ours for choice in choices.by_code.values()} - {None} <= codes
        assert choices.nearest.keys() <= codes


# ------------------------------------------------------------------------------------------------ canaries and formulas


def planted(document: Json, path: str = "") -> Json:
    """The document with every text and code replaced by a canary that says where it was."""
    match document:
        case dict():
            return {key: planted(member, f"{path}.{key}") for key, member in document.items()}
        case list():
            return [planted(member, path) for member in document]
        case str():
            return f"CANARY{path}"
        case _:
            return document


FORBIDDEN: Document = {
    "person_ref": "x",
    "group_ref": "x",
    "addresses": [{"use": "current", "line": "x", "locality": "x", "region": "x", "postal_code": "x", "country": "x"}],
}
ELSEWHERE: Document = {
    "sender_reference": "x",
    "recorded_on": "x",
    "third_parties": [{"role": "x", "name": "x", "note": "x"}],
    "staff": [{"role": "x", "name": "x", "unit": "x", "phone": "x", "email": "x"}],
    "attachments": [{"name": "x", "media_type": "x"}],
    "situation": {
        "credibility": "x",
        "offences": [{"system": "x", "code": "x"}],
        "narrative": [{"section": "x", "text": "x"}],
        "immigration_status": "x",
        "reflection_until": "x",
        "cooperation": "x",
        "last_contact": "x",
    },
    "health": {"referral_reason": "x"},
    "risk": {"keep_away": "x"},
    "needs": [{"code": "other", "note": "x"}],
}


def test_no_canary_of_what_the_manifest_does_not_name_is_written_and_each_is_reported() -> None:
    document = planted({**ELSEWHERE, "subject": FORBIDDEN})
    assert isinstance(document, dict)
    document = {
        **document,
        "subject": {**FORBIDDEN, "pseudonym": PSEUDONYM},
        "needs": [{"code": "other", "note": "CANARY"}],
    }
    outbound = render(document)
    assert b"CANARY" not in outbound.body
    assert {loss.path for loss in outbound.losses} == {
        "/attachments",
        "/health/referral_reason",
        "/needs/*/note",
        "/recorded_on",
        "/risk/keep_away",
        "/sender_reference",
        "/situation/cooperation",
        "/situation/credibility",
        "/situation/immigration_status",
        "/situation/last_contact",
        "/situation/narrative",
        "/situation/offences",
        "/situation/reflection_until",
        "/staff",
        "/subject/addresses",
        "/subject/group_ref",
        "/subject/person_ref",
        "/third_parties",
    }


@pytest.mark.parametrize("text", ["=1+1", "+40", "-x", "@x", "\t=x", " =x", "\n+x", "＝x", "'=x", "''x"])  # noqa: RUF001 - the wide form is the point
def test_no_cell_begins_like_a_formula_and_the_text_comes_back(text: str) -> None:
    outbound = render({"subject": {"pseudonym": PSEUDONYM, "names": [{"use": "official", "given": f"{text}y"}]}})
    assert not any(FORMULA.match(cell) for cell in cells(outbound).values())
    subject = read(outbound).document["subject"]
    assert isinstance(subject, dict)
    assert subject["names"] == [{"use": "official", "given": f"{text}y".strip()}]


def test_a_name_in_parts_is_written_though_it_stands_there_whole_too() -> None:
    whole = {"use": "official", "full": "Ada Beth Cole"}
    parts = {"given": "Ada", "family": "Cole"}
    for names, written, lost in (
        ([{**whole, **parts}], ("Ada", "Cole"), {"/subject/names/*/full"}),
        ([whole, {"use": "official", **parts}], ("Ada", "Cole"), {"/subject/names"}),
        ([whole], (None, None), {"/subject/names"}),
    ):
        outbound = render({"subject": {"pseudonym": PSEUDONYM, "names": names}})
        row = cells(outbound)
        assert (row.get("prs_FirstName"), row.get("prs_SecondName")) == written
        assert {loss.path for loss in outbound.losses} == lost

"""Every published form of UNHCR is read, or refused for a reason that is true of it; our tables cover its lists."""

from __future__ import annotations

import csv

import pytest
from samples import sample

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.countries import read_countries
from adapters.systems.errf.adapter import Errf
from adapters.systems.errf.codes import read_codes
from schemas.validation import validate

ERRF = Errf()
FIRST, SECOND = "199-00265997", "199-00265999"
SEVERAL = "subject_unclear at /UNHCR_RRF/CASE/dataIndividual"
OUTCOMES = {
    "V3-TEST.xml": "referral",
    "V3-TEST-AddressType2.xml": SEVERAL,
    "V3-TEST-CrossReference.xml": "referral",
    "V3-TEST-DateOfBirth.xml": "referral",
    "V3-TEST-FamilyName1.xml": SEVERAL,
    "V3-TEST-FamilyName2.xml": SEVERAL,
    "V3-TEST-MultipleErrors.xml": "unknown_code:unhcr at /UNHCR_RRF/CASE[1]/dataIndividual[1]/NationalityCode[1]",
    "V3-TEST-Nationality.xml": SEVERAL,
    "V3-TEST-OccupationCode.xml": "referral",
    "V3-TEST-Photo-Gif.xml": "referral",
    "V3-TEST-Photo1.xml": SEVERAL,
    "V3-TEST-Photo2.xml": SEVERAL,
    "V3-TEST-ProcessingGroup1.xml": SEVERAL,
    "V3-TEST-ProcessingGroup2.xml": SEVERAL,
    "V3-TEST-RelativesFamilyName.xml": SEVERAL,
}
"""With nobody named. Half of the forms are a father's and his daughter's; what is wrong in them is mostly not ours."""


def _outcome(name: str, subject: str | None = None) -> str:
    body = sample("unhcr-errf", "xml", name).read_bytes()
    outcome = parse_outcome(ERRF, Inbound(body, "application/xml", subject))
    if not isinstance(outcome, ParsedReferral):
        return str(outcome)
    validate(outcome.document, "referral/1.0")
    return "referral"


def test_every_official_document_is_accounted_for() -> None:
    found = {path.name: _outcome(path.name) for path in sorted(sample("unhcr-errf", "xml").glob("*.xml"))}
    assert found == OUTCOMES


@pytest.mark.parametrize("name", [name for name, outcome in OUTCOMES.items() if outcome == SEVERAL])
def test_of_a_household_each_can_be_named(name: str) -> None:
    assert _outcome(name, FIRST) == "referral"
    assert _outcome(name, SECOND) == "referral"


def _list(name: str) -> dict[str, str]:
    text = sample("unhcr-errf", "reference", f"{name}-Table 1.csv").read_text("utf-8-sig")
    rows = [row for row in csv.reader(text.splitlines()) if len(row) > 1]
    return {row[0]: row[1] for row in rows if row[0] not in {"-", name}}


def test_every_code_of_the_published_lists_has_a_meaning_here() -> None:
    codes, countries = read_codes(), read_countries()
    assert set(_list("SexCode")) == set(codes.sex)
    assert set(_list("AddressTypeCode")) <= set(codes.address)
    assert set(_list("VulnerabilityCode")) <= set(codes.vulnerability)
    assert set(_list("ResettlementCriteriaCode")) <= set(codes.criteria)
    assert set(_list("LanguageLevelCode")) == set(codes.level)
    assert set(_list("CountryCode")) <= countries.by_unhcr.keys() | countries.unhcr_unmapped


def test_every_language_of_ours_is_one_of_unhcrs_under_that_code() -> None:
    published = _list("LanguageCode")
    assert read_codes().languages.keys() <= published.keys()
    assert len(read_codes().languages) > 200
    assert {code: published[code] for code in ("ALN", "ALS", "AFR", "TGN")} == {
        "ALN": "Albanian, Tosk",
        "ALS": "Albanian, Gheg",
        "AFR": "Afar",
        "TGN": "Tigrigna",
    }

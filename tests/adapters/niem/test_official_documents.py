"""The published NIEM documents are other messages, and are refused as such; our tables are those of NIEM 6.0."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable

import pytest
from lxml import etree
from samples import sample

from adapters.sdk import Parsed, UnsupportedError
from adapters.sdk.countries import read_countries
from adapters.systems.niem.names import NAMESPACES
from adapters.systems.niem.tables import read_tables

XS = "{http://www.w3.org/2001/XMLSchema}"
OURS = "gx"
MODEL = ("niem", "niem-6.0-ps02")


def _codes(file: str, of: str) -> set[str]:
    root = etree.parse(str(sample(*MODEL, "xsd", *file.split("/")))).getroot()
    kind = next(kind for kind in root.iter(f"{XS}simpleType") if kind.get("name") == of)
    return {str(value.get("value")) for value in kind.iter(f"{XS}enumeration")}


@pytest.mark.parametrize(
    "place",
    [
        ("open-training", "CrashDriverSample.xml"),
        ("open-training", "CrashDriverSample.json"),
        ("ndr-6.0-examples", "CrashDriver.json"),
    ],
    ids="/".join,
)
def test_a_message_about_a_crash_is_another_message(parse: Callable[..., Parsed], place: tuple[str, str]) -> None:
    with pytest.raises(UnsupportedError, match="root"):
        parse(sample("niem", *place).read_bytes())


def test_our_prefixes_mean_what_the_published_context_says() -> None:
    context = json.loads(sample(*MODEL, "json-ld", "context.json").read_text("utf-8"))
    published = context.get("@context", context)
    theirs = {prefix: namespace for prefix, namespace in NAMESPACES.items() if prefix not in {OURS, "structures"}}
    assert {prefix: published[prefix] for prefix in theirs} == theirs


@pytest.mark.parametrize(
    ("table", "file", "kind"),
    [
        ("decided_by", "domains/hs.xsd", "IdentifiedAsVictimCategoryCodeSimpleType"),
        ("industry", "domains/hs.xsd", "ExploitationIndustryCodeSimpleType"),
        ("form", "domains/hs.xsd", "ExploitationIndustryCodeSimpleType"),
        ("service", "domains/hs.xsd", "ServiceCategoryCodeSimpleType"),
        ("name_use", "niem-core.xsd", "PersonNameCategoryCodeSimpleType"),
        ("sex", "domains/justice.xsd", "PersonSexCodeSimpleType"),
    ],
)
def test_the_codes_of_a_table_are_published_ones(table: str, file: str, kind: str) -> None:
    assert set(read_tables().crosswalks[table]) <= _codes(file, kind)


def test_every_industry_and_every_service_is_in_a_table() -> None:
    crosswalks = read_tables().crosswalks
    assert set(crosswalks["industry"]) | set(crosswalks["form"]) == _codes(
        "domains/hs.xsd", "ExploitationIndustryCodeSimpleType"
    )
    assert set(crosswalks["service"]) == _codes("domains/hs.xsd", "ServiceCategoryCodeSimpleType")
    for ours, code in crosswalks["industry_out"].items():
        assert crosswalks["industry"][code] == ours


def test_a_genc_code_that_iso_has_means_the_same_country() -> None:
    """GENC adds codes for what ISO 3166-1 has none for; it never gives one of ISO's another meaning."""
    text = sample(*MODEL, "xsd", "codes", "genc", "genc_geo-political_3-12_char2.csv").read_text("utf-8-sig")
    theirs = {row["char2 code"]: row["char3 code"] for row in csv.DictReader(text.splitlines())}
    ours = {code: country.iso3 for code, country in read_countries().by_iso2.items()}
    shared = theirs.keys() & ours.keys()
    assert len(shared) > 200
    assert {code: theirs[code] for code in shared} == {code: ours[code] for code in shared}

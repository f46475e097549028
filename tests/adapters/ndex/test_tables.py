"""The tables against what they are tables of: the official schemas and our own."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest
from lxml import etree
from samples import sample

from adapters.sdk.codes import AgeBand, DataCategory, Exploitation
from adapters.sdk.countries import read_countries
from adapters.sdk.guard import Guard
from adapters.sdk.languages import read_languages
from adapters.systems.ndex.attributes import CODES, FLAGS, LISTS, NUMBERS, PATTERNS
from adapters.systems.ndex.codes import (
    AGE_RANGES,
    IDENTIFIER_CATEGORIES,
    INSTRUCTIONS,
    MONTHS_IN,
    SEX,
    UNDER_A_YEAR,
)
from adapters.systems.ndex.names import NAMESPACES, read_vocabulary
from adapters.systems.ndex.offences import EXPLOITATION, TITLES, UCR, ucr_code
from adapters.systems.ndex.people import ROLES

X = "{http://www.w3.org/2001/XMLSchema}"
CANONICAL = Path(__file__).resolve().parents[3] / "schemas" / "referral" / "1.0.json"


def _codes(*parts: str, of: str) -> set[str]:
    """The enumeration of a simple type of an official schema."""
    root = etree.parse(str(sample("niem", "ndex-2.1.1", "xsd", *parts))).getroot()
    found = [simple for simple in root.iter(f"{X}simpleType") if simple.get("name") == of]
    assert len(found) == 1
    return {str(value.get("value")) for value in found[0].iter(f"{X}enumeration")}


def _leaf(path: str) -> dict[str, object]:
    """The schema of a canonical leaf."""
    here = cast("dict[str, dict[str, object]]", json.loads(CANONICAL.read_text()))
    for part in path.split("/")[1:]:
        here = cast("dict[str, dict[str, object]]", here["items"] if part == "*" else here["properties"][part])
    return cast("dict[str, object]", here)


# -- with the canonical schema


@pytest.mark.parametrize("path", CODES)
def test_the_codes_of_an_attribute_are_the_schemas(path: str) -> None:
    assert set(cast("list[str]", _leaf(path)["enum"])) == set(CODES[path])


@pytest.mark.parametrize("path", LISTS)
def test_a_list_of_attributes_is_as_long_as_the_schemas(path: str) -> None:
    schema = _leaf(path)
    limit, needed = LISTS[path]
    assert schema["maxItems"] == limit
    assert cast("dict[str, list[str]]", schema["items"]).get("required", [""]) == [needed]


def test_flags_numbers_and_tokens_are_the_schemas() -> None:
    assert all(_leaf(path)["type"] == "boolean" for path in FLAGS)
    assert all((_leaf(path)["minimum"], _leaf(path)["maximum"]) == (0, most) for path, most in NUMBERS.items())
    for path, pattern in PATTERNS.items():
        schema = _leaf(path)
        assert schema["type"] == "string"
        most = cast("int", schema.get("maxLength", 80))
        assert pattern.fullmatch("x" * (most + 1)) is None
        assert pattern.fullmatch("") is None


def test_every_carried_leaf_is_of_a_category_the_manifest_names(adapter: Guard) -> None:
    for path in [*CODES, *PATTERNS, *FLAGS, *NUMBERS]:
        assert DataCategory(str(_leaf(path)["x-data-category"])) in adapter.manifest.categories


def test_every_band_has_ages() -> None:
    assert set(AGE_RANGES) == set(AgeBand)
    bounded = [ages for band, ages in AGE_RANGES.items() if band != AgeBand.ADULT]
    for (_, high), (low, _) in pairwise(bounded):
        assert high is not None
        assert low == high + 1


def test_forms_of_exploitation_are_ours() -> None:
    assert set(EXPLOITATION.values()) <= set(Exploitation)
    assert set(EXPLOITATION) <= UCR


# -- with the official schemas


def test_every_name_is_one_of_the_official_schemas_and_every_one_of_theirs_is_here() -> None:
    prefixes = {uri: prefix for prefix, uri in NAMESPACES.items() if prefix not in {"s", "xsi"}}
    official = set()
    for path in sample("niem", "ndex-2.1.1", "xsd").rglob("*.xsd"):
        root = etree.parse(str(path)).getroot()
        prefix = prefixes.get(str(root.get("targetNamespace")))
        official |= {f"{prefix}:{tag.get('name')}" for tag in root.iter(f"{X}element") if prefix and tag.get("name")}
    assert set(read_vocabulary().names.values()) == official


def test_the_country_codes_written_are_in_the_official_list() -> None:
    official = _codes("lexs", "niem-constrained", "fips_10-4", "2.0", "fips_10-4.xsd", of="CountryCodeSimpleType")
    countries = read_countries()
    written = {code for iso in countries.by_iso2 if (code := countries.to_fips(iso)) is not None}
    assert written <= official
    assert official <= set(countries.by_fips) | countries.fips_unmapped  # each is a country, or known to be none


def test_the_language_codes_written_are_in_the_official_list() -> None:
    official = _codes("lexs", "niem-constrained", "iso_639-3", "2.0", "iso_639-3.xsd", of="LanguageCodeSimpleType")
    languages = read_languages()
    assert {languages.to_iso639_3(tag) for tag in languages.by_tag} <= official


def test_sex_units_instructions_and_categories_are_the_official_ones() -> None:
    niem = ("lexs", "niem-constrained")
    assert set(SEX) == _codes(*niem, "fbi", "2.0", "fbi.xsd", of="SEXCodeSimpleType")
    units = _codes(*niem, "unece_rec20-misc", "2.0", "unece_rec20-misc.xsd", of="TimeCodeSimpleType")
    assert set(MONTHS_IN) | UNDER_A_YEAR == units
    assert set(IDENTIFIER_CATEGORIES) <= _codes(*niem, "fbi", "2.0", "fbi.xsd", of="MNUCodeSimpleType")
    instructions = _codes("lexs", "codes", "3.1", "codes.xsd", of="DataItemPublishInstructionCodeSimpleType")
    assert set(INSTRUCTIONS) == instructions | {"Update"}


def test_offence_titles_are_entries_of_the_official_list() -> None:
    official = _codes("ndexia", "ndexia-codes", "2.1", "ndexia-codes.xsd", of="OffenseCodeSimpleType")
    assert set(TITLES) <= official
    assert set(TITLES.values()) <= UCR
    # No entry of the list begins with what looks like a code, so a title is never read as another offence's code.
    assert all(ucr_code(title) == TITLES.get(title) for title in official)


def test_every_role_of_a_person_is_known_or_an_other_one() -> None:
    digest = etree.parse(str(sample("niem", "ndex-2.1.1", "xsd", "lexs", "digest", "3.1", "digest.xsd"))).getroot()
    entity = next(kind for kind in digest.iter(f"{X}complexType") if kind.get("name") == "EntityPersonType")
    roles = {str(tag.get("ref")).partition(":")[2] for tag in entity.iter(f"{X}element")} - {"Person", "Resource"}
    assert set(ROLES) <= roles
    assert roles - set(ROLES) == {
        "Juror",
        "CaseJuror",
        "Lessee",
        "Lessor",
        "MissingPerson",
        "OtherInvolvedPerson",
        "ProtectedParty",
    }

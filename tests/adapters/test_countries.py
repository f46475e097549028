"""The country table says what ISO 3166-1 and FIPS 10-4 say, every code once, and refuses what it does not know."""

import csv
import re
from xml.etree import ElementTree as ET

import pytest
from samples import sample

from adapters.sdk import UnsupportedError
from adapters.sdk.countries import read_countries

COUNTRIES = read_countries()
NO_COUNTRY = {"AT", "BS", "CR", "EU", "GO", "IP", "JU", "NM", "NT", "OS", "PF", "PG", "TE", "UF"}
"""FIPS codes of seas, reefs nobody may settle, islands without an ISO code, and the dissolved Netherlands Antilles."""

FIPS_XSD = ("niem", "ndex-2.1.1", "xsd", "lexs", "niem-constrained", "fips_10-4", "2.0", "fips_10-4.xsd")


def published_fips() -> set[str]:
    tree = ET.parse(sample(*FIPS_XSD))  # noqa: S314 - an official schema file, read by its tests only
    return {str(node.get("value")) for node in tree.iter("{http://www.w3.org/2001/XMLSchema}enumeration")}


def test_all_249_countries_of_iso_3166_1_are_here_once() -> None:
    assert len(COUNTRIES.by_iso2) == len(COUNTRIES.by_iso3) == 249
    assert all(re.fullmatch("[A-Z]{2}", code) for code in COUNTRIES.by_iso2)
    assert all(re.fullmatch("[A-Z]{3}", code) for code in COUNTRIES.by_iso3)
    assert len({country.name for country in COUNTRIES.by_iso2.values()}) == 249


def test_every_published_fips_code_is_mapped_or_left_out_on_purpose() -> None:
    assert published_fips() == set(COUNTRIES.by_fips) | COUNTRIES.fips_unmapped


def test_no_fips_code_is_both_mapped_and_left_out_and_the_left_out_ones_are_known() -> None:
    assert COUNTRIES.fips_unmapped == NO_COUNTRY
    assert not NO_COUNTRY & set(COUNTRIES.by_fips)


def test_no_fips_code_means_two_countries() -> None:
    listed = [code for country in COUNTRIES.by_iso2.values() for code in country.fips]
    assert len(listed) == len(set(listed)) == 266 - len(NO_COUNTRY)


@pytest.mark.parametrize(
    ("fips", "iso2"),
    [
        ("AS", "AU"),
        ("AU", "AT"),
        ("BM", "MM"),
        ("BU", "BG"),
        ("CF", "CG"),
        ("CG", "CD"),
        ("CH", "CN"),
        ("GA", "GM"),
        ("GB", "GA"),
        ("GM", "DE"),
        ("IV", "CI"),
        ("LO", "SK"),
        ("LS", "LI"),
        ("LT", "LS"),
        ("LH", "LT"),
        ("MF", "YT"),
        ("NG", "NE"),
        ("NI", "NG"),
        ("NU", "NI"),
        ("PO", "PT"),
        ("RB", "RS"),
        ("RS", "RU"),
        ("SP", "ES"),
        ("SU", "SD"),
        ("SZ", "CH"),
        ("TO", "TG"),
        ("TN", "TO"),
        ("TS", "TN"),
        ("UK", "GB"),
        ("UP", "UA"),
        ("VM", "VN"),
        ("ZA", "ZM"),
    ],
)
def test_codes_that_look_alike_and_are_not_are_told_apart(fips: str, iso2: str) -> None:
    assert COUNTRIES.from_fips(fips, "/x") == iso2
    assert COUNTRIES.to_fips(iso2) == fips


def test_where_fips_is_finer_it_is_read_and_never_written() -> None:
    assert {COUNTRIES.from_fips("GZ", "/x"), COUNTRIES.from_fips("WE", "/x")} == {"PS"}
    assert COUNTRIES.to_fips("PS") is None


def test_a_country_fips_never_had_is_not_written() -> None:
    assert COUNTRIES.to_fips("SS") is None
    assert COUNTRIES.to_fips("XX") is None


def test_alpha_3_is_read() -> None:
    assert COUNTRIES.from_iso3("BGR", "/x") == "BG"
    assert COUNTRIES.from_iso2("BG", "/x") == "BG"


@pytest.mark.parametrize("code", sorted(NO_COUNTRY | {"XX", "", "bg", "BGR"}))
def test_an_unknown_code_is_refused_without_being_repeated(code: str) -> None:
    with pytest.raises(UnsupportedError) as refused:
        COUNTRIES.from_fips(code, "/person/0")
    assert (refused.value.pointer, refused.value.rule) == ("/person/0", "unknown_code:fips_10_4")
    for read in (COUNTRIES.from_iso2, COUNTRIES.from_iso3):
        with pytest.raises(UnsupportedError):
            read("ZZZZ", "/x")


def test_the_published_nationalities_and_countries_are_all_in_the_table() -> None:
    for name, column in (
        ("ms_nationalities.csv", COUNTRIES.by_demonym),
        ("ms_countries.csv", COUNTRIES.by_english_name),
    ):
        text = sample("uk-nrm", name).read_text("utf-8-sig")
        assert {row["value"].strip() for row in csv.DictReader(text.splitlines())} == set(column)


def test_every_name_leads_to_a_country_or_on_purpose_to_none() -> None:
    for table in (COUNTRIES.by_demonym, COUNTRIES.by_english_name):
        assert {code for code in table.values() if code is not None} <= set(COUNTRIES.by_iso2)
    assert {name for name, code in COUNTRIES.by_demonym.items() if code is None} == {
        "Kosovan",
        "Northern Irish",
        "Unknown",
    }
    assert {name for name, code in COUNTRIES.by_english_name.items() if code is None} == {"Kosovo", "Unknown"}


@pytest.mark.parametrize(
    ("demonym", "code"),
    [
        ("Dominican", "DM"),
        ("Citizen of the Dominican Republic", "DO"),
        ("Nigerian", "NG"),
        ("Nigerien", "NE"),
        ("Congolese (Congo)", "CG"),
        ("Congolese (DRC)", "CD"),
        ("Guinean", "GN"),
        ("Equatorial Guinean", "GQ"),
        ("Guyanese", "GY"),
        ("Mosotho", "LS"),
        ("Samoan", "WS"),
        ("Swazi", "SZ"),
        ("Swiss", "CH"),
        ("Welsh", "GB"),
        ("Georgian", "GE"),
        ("Niuean", "NU"),
    ],
)
def test_nationalities_that_sound_alike_are_told_apart(demonym: str, code: str) -> None:
    assert COUNTRIES.by_demonym[demonym] == code


def test_one_name_is_written_for_a_country_that_has_several() -> None:
    assert COUNTRIES.to_demonym("GB") == "British"
    assert COUNTRIES.to_demonym("SH") == "St Helenian"
    assert COUNTRIES.to_english_name("MM") == "Burma"
    assert COUNTRIES.to_demonym("XK") is None
    assert COUNTRIES.to_english_name("AQ") is None


def test_every_country_has_one_id_in_words_and_no_two_share_one() -> None:
    slugs = [country.slug for country in COUNTRIES.by_iso2.values()]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch("[a-z][a-z_]+", slug) for slug in slugs)
    assert COUNTRIES.slugs_unmapped == {"kosovo"}
    assert not COUNTRIES.slugs_unmapped & set(COUNTRIES.by_slug)


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("CD", "drc"),
        ("CG", "congo"),
        ("CI", "cote_divoire"),
        ("CV", "cabo_verde"),
        ("ET", "ethiopia"),
        ("GB", "uk"),
        ("GW", "guinea_bissau"),
        ("KP", "north_korea"),
        ("KR", "south_korea"),
        ("MK", "macedonia"),
        ("PS", "palestine"),
        ("ST", "sao_tome_and_principe"),
        ("SZ", "swaziland"),
        ("TL", "timor_leste"),
        ("US", "usa"),
        ("VN", "vietnam"),
    ],
)
def test_ids_are_those_that_primero_brings_along(code: str, slug: str) -> None:
    assert COUNTRIES.to_slug(code) == slug
    assert COUNTRIES.from_slug(slug, "/x") == code


def test_primero_brings_196_countries_along_and_the_others_are_read_and_never_written() -> None:
    assert sum(country.seeded for country in COUNTRIES.by_iso2.values()) == 196
    assert COUNTRIES.from_slug("greenland", "/x") == "GL"
    assert COUNTRIES.to_slug("GL") is None


@pytest.mark.parametrize("slug", ["nationality3", "", "Uk", "united_kingdom", "other", "unknown"])
def test_an_id_that_is_not_in_the_table_is_refused(slug: str) -> None:
    with pytest.raises(UnsupportedError, match="unknown_code:lookup-country"):
        COUNTRIES.from_slug(slug, "/x")


def test_a_country_is_known_by_its_name_and_never_by_a_part_of_it() -> None:
    assert COUNTRIES.from_name("aLbAnIa") == "AL"
    assert COUNTRIES.from_name("Guinea") == "GN"
    assert COUNTRIES.from_name("North") is None


def test_every_published_unhcr_code_is_mapped_or_left_out_on_purpose() -> None:
    text = sample("unhcr-errf", "reference", "CountryCode-Table 1.csv").read_text("utf-8-sig", errors="replace")
    published = {row["CountryCode"] for row in csv.DictReader(text.splitlines())} - {"-"}
    assert published == set(COUNTRIES.by_unhcr) | COUNTRIES.unhcr_unmapped
    assert {"KUR", "NAN", "SCG", "SIK", "SOV", "TIB", "U", "YUG", "ZZZ"} == COUNTRIES.unhcr_unmapped


def test_no_unhcr_code_means_two_countries_and_each_country_is_written_as_it_is_read() -> None:
    listed = [code for country in COUNTRIES.by_iso2.values() for code in country.unhcr]
    assert len(listed) == len(set(listed))
    written = {iso2: COUNTRIES.to_unhcr(iso2) for iso2 in COUNTRIES.by_iso2}
    assert all(COUNTRIES.from_unhcr(code, "/x") == iso2 for iso2, code in written.items() if code is not None)


@pytest.mark.parametrize(("unhcr", "iso2"), [("ARE", "EG"), ("AUS", "AT"), ("MAR", "MQ"), ("GFR", "DE"), ("UAE", "AE")])
def test_unhcr_codes_that_look_like_those_of_iso_are_told_apart(unhcr: str, iso2: str) -> None:
    assert COUNTRIES.from_unhcr(unhcr, "/x") == iso2


@pytest.mark.parametrize("unhcr", ["DEU", "", "are", "ZZ"])
def test_an_unknown_unhcr_code_is_refused(unhcr: str) -> None:
    with pytest.raises(UnsupportedError):
        COUNTRIES.from_unhcr(unhcr, "/x")


def test_a_state_that_is_no_more_is_no_country() -> None:
    assert COUNTRIES.from_unhcr("YUG", "/x") is None

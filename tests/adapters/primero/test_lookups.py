"""Primero's ids and ours: each table is closed, each country has one id, and no two countries share one."""

import re

import pytest

from adapters.sdk.countries import read_countries
from adapters.systems.primero.countries import COUNTRIES_WITHOUT_ISO_CODE, NOT_IN_SEED, country_ids
from adapters.systems.primero.languages import LANGUAGE, LANGUAGE_ID
from adapters.systems.primero.lookups import OTHER_SERVICE, SERVICE_OF_NEED, SERVICE_TYPE
from schemas.vocabulary import Need

IDS = country_ids(read_countries())


def test_every_country_has_an_id_and_no_two_share_one() -> None:
    assert set(IDS) == set(read_countries().by_iso2)
    assert len(set(IDS.values())) == len(IDS)
    assert all(re.fullmatch("[a-z][a-z_]+", slug) for slug in IDS.values())
    assert not COUNTRIES_WITHOUT_ISO_CODE & set(IDS.values())


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
def test_ids_are_those_of_the_seed(code: str, slug: str) -> None:
    assert IDS[code] == slug


def test_the_seed_lists_196_countries_that_have_an_iso_code() -> None:
    assert len(set(IDS) - NOT_IN_SEED) == 196
    assert set(IDS) >= NOT_IN_SEED


def test_a_language_has_one_id_to_write_and_that_id_reads_back() -> None:
    assert {LANGUAGE.of(slug, "/x") for slug in LANGUAGE} == set(LANGUAGE_ID)
    assert all(LANGUAGE.of(slug, "/x") == code for code, slug in LANGUAGE_ID.items())


def test_every_need_has_a_service_and_every_service_is_known() -> None:
    written = {SERVICE_OF_NEED.get(need, OTHER_SERVICE) for need in Need}
    assert written <= set(SERVICE_TYPE)


def test_an_exact_service_means_the_same_both_ways() -> None:
    for slug in SERVICE_TYPE:
        service = SERVICE_TYPE.of(slug, "/x")
        if service.exact and slug != OTHER_SERVICE:
            assert SERVICE_OF_NEED[service.need] == slug

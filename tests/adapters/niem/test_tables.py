"""Every code that the message's schema allows is the canonical referral's, and every element of ours has a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from adapters.systems.niem.tables import read_tables
from schemas.catalogue import load
from schemas.vocabulary import Need

TABLES = read_tables()
LEAVES = [("person", ""), ("victim", ""), ("victim_lists", "/*")]


def _leaf(path: str) -> Mapping[str, object]:
    here: object = load("referral/1.0")
    for step in path.split("/")[1:]:
        node = cast("Mapping[str, Mapping[str, object]]", here)
        here = node["items"] if step == "*" else node["properties"][step]
    return cast("Mapping[str, object]", here)


@pytest.mark.parametrize(("table", "items"), LEAVES)
def test_an_element_of_ours_stands_for_a_leaf_of_the_referral(table: str, items: str) -> None:
    for name, pointer in TABLES.crosswalks[table].items():
        assert name in TABLES.schema.primitives
        assert "x-data-category" in _leaf(f"{pointer}{items}")


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ("decided_by", "/situation/decided_by"),
        ("form", "/situation/exploitation/*/type"),
        ("industry", "/situation/exploitation/*/industry"),
        ("name_use", "/subject/names/*/use"),
        ("service", "/needs/*/code"),
        ("sex", "/subject/sex"),
    ],
)
def test_every_code_a_table_gives_is_ours(table: str, path: str) -> None:
    assert set(TABLES.crosswalks[table].values()) <= set(cast("list[str]", _leaf(path)["enum"]))


def test_every_need_that_has_a_service_is_ours_and_its_service_is_of_niem() -> None:
    assert set(TABLES.crosswalks["service_out"]) <= {need.value for need in Need}
    assert set(TABLES.crosswalks["service_out"].values()) <= set(TABLES.crosswalks["service"])
    assert set(TABLES.crosswalks["service_coarse"]) <= set(TABLES.crosswalks["service"])
    assert set(TABLES.crosswalks["service_coarse"].values()) <= {"coarsened", "guessed"}

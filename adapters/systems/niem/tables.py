"""Every table of this adapter, read when it is made: NIEM's codes and ours, countries, languages, the schema."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adapters.sdk.countries import Countries, read_countries
from adapters.sdk.languages import Languages, read_languages
from adapters.sdk.xml.schema import Schema
from adapters.systems.niem.names import read_message_schema

BANDS: Mapping[str, tuple[int, int | None]] = {
    "0--8": (0, 8),
    "9--17": (9, 17),
    "18--20": (18, 20),
    "21--23": (21, 23),
    "24--26": (24, 26),
    "27--29": (27, 29),
    "30--38": (30, 38),
    "39--47": (39, 47),
    "48+": (48, None),
    "adult": (18, None),
}
"""The ages a band stands for; None is open above."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables. `crosswalks` are those of `data/crosswalks.toml`, by their names there."""

    schema: Schema
    countries: Countries
    languages: Languages
    crosswalks: Mapping[str, Mapping[str, str]]


@cache
def read_tables() -> Tables:
    """Return the tables, read from the packages on first use."""
    text = files("adapters.systems.niem").joinpath("data/crosswalks.toml").read_text(encoding="utf-8")
    return Tables(read_message_schema(), read_countries(), read_languages(), tomllib.loads(text))

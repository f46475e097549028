"""The code tables of `data/codes.toml` and `data/languages.csv`, read when the adapter is made."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adapters.sdk import CodeTable


@dataclass(frozen=True, slots=True)
class Codes:
    """Every table of the form. A code that is known and has no place with us becomes ""."""

    sex: CodeTable[str]
    address: CodeTable[str]
    vulnerability: CodeTable[str]
    criteria: CodeTable[str]
    level: CodeTable[str]
    languages: Mapping[str, str]
    """UNHCR's language code -> BCP 47 tag. They look like ISO 639-3 and are not: UNHCR's ALN is Tosk, ISO's is Gheg."""


@cache
def read_codes() -> Codes:
    """Return the tables, read from the package on first use."""
    folder = files("adapters.systems.errf").joinpath("data")
    tables = tomllib.loads(folder.joinpath("codes.toml").read_text(encoding="utf-8"))
    rows = csv.DictReader(folder.joinpath("languages.csv").read_text(encoding="utf-8").splitlines())
    return Codes(
        **{name: CodeTable(name, table) for name, table in tables.items()},
        languages={row["code"]: row["tag"] for row in rows},
    )

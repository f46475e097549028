"""One audited table of countries: ISO 3166-1, FIPS 10-4, UNHCR, Primero, names, demonyms; the unknown is refused.

`data/countries.csv` has a row for each ISO 3166-1 country, with every FIPS 10-4 code that means a part or all of it,
and, without an ISO code, a row for each code that means no country there (seas, disputed reefs, a dissolved territory).
`unhcr` are the three-letter codes of UNHCR's registration, which look like ISO's and are not: its ARE is Egypt.
`slug` is the id that an instance of Primero gives a country, and `primero` says `seed` where its own list has it.
`data/english_names.csv` and `data/demonyms.csv` are the lists of the United Kingdom's public services, each entry with
its country, or without one where ISO 3166-1 has none or the word means two. The first of several is what is written.
Nothing here is a statement about anybody's status; it is what the two standards say.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adapters.sdk.errors import UnsupportedError


@dataclass(frozen=True, slots=True)
class Country:
    """One ISO 3166-1 country. `fips` are its FIPS 10-4 codes: none, one, or several where FIPS is finer.

    `unhcr` are UNHCR's, the one to write first.

    `slug` is its id in lookup-country of Primero, and `seeded` whether the list that Primero brings along has it.
    """

    iso2: str
    iso3: str
    name: str
    fips: tuple[str, ...]
    unhcr: tuple[str, ...]
    slug: str
    seeded: bool


@dataclass(frozen=True, slots=True)
class Countries:
    """The table, by each of its codes. Adapters take it from `read_countries` when they are made: no I/O later."""

    by_iso2: Mapping[str, Country]
    by_iso3: Mapping[str, Country]
    by_fips: Mapping[str, Country]
    by_unhcr: Mapping[str, Country]
    by_slug: Mapping[str, Country]
    by_name: Mapping[str, Country]
    fips_unmapped: frozenset[str]
    unhcr_unmapped: frozenset[str]
    slugs_unmapped: frozenset[str]
    by_english_name: Mapping[str, str | None]
    by_demonym: Mapping[str, str | None]

    def from_iso2(self, code: str, pointer: str) -> str:
        """Return the alpha-2 code when it is one. Raises UnsupportedError."""
        return _known(self.by_iso2, code, pointer, "iso_3166_1")

    def from_iso3(self, code: str, pointer: str) -> str:
        """Return the alpha-2 code of an alpha-3 code. Raises UnsupportedError."""
        return _known(self.by_iso3, code, pointer, "iso_3166_1")

    def from_fips(self, code: str, pointer: str) -> str:
        """Return the alpha-2 code of a FIPS 10-4 code. Raises UnsupportedError, also for codes that mean no country."""
        return _known(self.by_fips, code, pointer, "fips_10_4")

    def to_fips(self, iso2: str) -> str | None:
        """Return the FIPS 10-4 code, or None where FIPS has none or has several and so cannot say just this country."""
        country = self.by_iso2.get(iso2)
        return country.fips[0] if country is not None and len(country.fips) == 1 else None

    def from_unhcr(self, code: str, pointer: str) -> str | None:
        """Return the alpha-2 code, or None for a code that is no country of ISO 3166-1. Raises UnsupportedError."""
        return None if code in self.unhcr_unmapped else _known(self.by_unhcr, code, pointer, "unhcr")

    def to_unhcr(self, iso2: str) -> str | None:
        """Return UNHCR's code, or None where it has none."""
        country = self.by_iso2.get(iso2)
        return country.unhcr[0] if country is not None and country.unhcr else None

    def from_slug(self, slug: str, pointer: str) -> str | None:
        """Return the alpha-2 code, or None for an id that ISO 3166-1 has no code for. Raises UnsupportedError."""
        return None if slug in self.slugs_unmapped else _known(self.by_slug, slug, pointer, "lookup-country")

    def to_slug(self, iso2: str) -> str | None:
        """Return the id in Primero's own list, or None where that list does not have the country."""
        country = self.by_iso2.get(iso2)
        return country.slug if country is not None and country.seeded else None

    def from_name(self, name: str) -> str | None:
        """Return the alpha-2 code of the name in this table, whatever its letters' case, or None."""
        country = self.by_name.get(name.casefold())
        return None if country is None else country.iso2

    def to_english_name(self, iso2: str) -> str | None:
        """Return the country's name in the list of names, or None where it is not in it."""
        return next((name for name, code in self.by_english_name.items() if code == iso2), None)

    def to_demonym(self, iso2: str) -> str | None:
        """Return the first demonym of the country, or None."""
        return next((name for name, code in self.by_demonym.items() if code == iso2), None)


def _known(table: Mapping[str, Country], code: str, pointer: str, name: str) -> str:
    country = table.get(code)
    if country is None:
        raise UnsupportedError(pointer, f"unknown_code:{name}")
    return country.iso2


def _listed(name: str, column: str) -> dict[str, str | None]:
    text = files("adapters.sdk").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return {row[column]: row["iso2"] or None for row in csv.DictReader(text.splitlines())}


@cache
def read_countries() -> Countries:
    """Return the table, read from the package on first use."""
    text = files("adapters.sdk").joinpath("data/countries.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    countries = [
        Country(
            iso2=row["iso2"],
            iso3=row["iso3"],
            name=row["name"],
            fips=tuple(row["fips"].split()),
            unhcr=tuple(row["unhcr"].split()),
            slug=row["slug"],
            seeded=bool(row["primero"]),
        )
        for row in rows
        if row["iso2"]
    ]
    return Countries(
        by_iso2={country.iso2: country for country in countries},
        by_iso3={country.iso3: country for country in countries},
        by_fips={code: country for country in countries for code in country.fips},
        by_unhcr={code: country for country in countries for code in country.unhcr},
        by_slug={country.slug: country for country in countries},
        by_name={country.name.casefold(): country for country in countries},
        fips_unmapped=frozenset(row["fips"] for row in rows if row["fips"] and not row["iso2"]),
        unhcr_unmapped=frozenset(row["unhcr"] for row in rows if row["unhcr"] and not row["iso2"]),
        slugs_unmapped=frozenset(row["slug"] for row in rows if row["slug"] and not row["iso2"]),
        by_english_name=_listed("english_names.csv", "name"),
        by_demonym=_listed("demonyms.csv", "demonym"),
    )

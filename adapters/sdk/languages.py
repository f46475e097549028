"""One audited table of languages: BCP 47 tags, ISO 639-2 and 639-3 codes, English names; the unknown is never guessed.

`data/languages.csv` has a row for each language with a two-letter code and for those without one that survivors speak
most often. A name stands in one row only. What is not here is refused or lost, as its adapter says.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_ISO_639_3 = re.compile("(?!q[a-t])[a-z]{3}")
_SUBTAGS = re.compile("(-[A-Za-z0-9]{2,8})*")
_SCRIPT, _REGION = re.compile("[A-Za-z]{4}"), re.compile("[A-Za-z]{2}")
_NO_LANGUAGE = frozenset({"mis", "mul", "und", "zxx"})


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `tag` is its shortest BCP 47 tag; `bibliographic` is its ISO 639-2/B code, or "" without one."""

    tag: str
    iso639_3: str
    bibliographic: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Languages:
    """The table by tag, by three letters (639-3, which is 639-2/T, and 639-2/B) and by English name in lower case."""

    by_tag: Mapping[str, Language]
    by_three_letters: Mapping[str, Language]
    by_name: Mapping[str, Language]

    def from_code(self, code: str) -> str | None:
        """Return the tag of a two- or three-letter code in lower case, or None."""
        found = self.by_tag.get(code) or self.by_three_letters.get(code)
        return None if found is None else found.tag

    def from_iso639_3(self, code: str) -> str | None:
        """Return the tag of an ISO 639-3 code: ours, or the code itself, which is a tag, where our table is shorter.

        None for a code that means no language, several or an unknown one, and for what is no such code.
        """
        known = self.by_three_letters.get(code)
        if known is not None:
            return known.tag
        return code if _ISO_639_3.fullmatch(code) is not None and code not in _NO_LANGUAGE else None

    def from_tag(self, tag: str) -> str | None:
        """Return a BCP 47 tag as it is usually written (RFC 5646 section 2.1.1), or None where its language is none.

        What it says beyond the language (`sr-Latn`, `ar-SY`) stays.
        """
        language, dash, rest = tag.partition("-")
        known = self.from_code(language.lower()) or self.from_iso639_3(language.lower())
        if known is None or _SUBTAGS.fullmatch(dash + rest) is None:
            return None
        return "-".join([known, *map(_as_written, rest.split("-"))]) if rest else known

    def from_name(self, name: str) -> str | None:
        """Return the tag of an English name, whatever its letters' case, or None."""
        found = self.by_name.get(name.strip().casefold())
        return None if found is None else found.tag

    def to_iso639_3(self, tag: str) -> str | None:
        """Return the ISO 639-3 code of a plain tag, or None."""
        found = self.by_tag.get(tag)
        return None if found is None else found.iso639_3

    def from_slug(self, slug: str) -> str | None:
        """Return the tag of an English name written as an id (`haitian_creole`), or None."""
        return self.from_name(slug.replace("_", " ")) if slug.islower() else None

    def to_slug(self, tag: str) -> str | None:
        """Return the first English name of a plain tag as an id, or None where it is more than words."""
        name = self.to_name(tag)
        return name.lower().replace(" ", "_") if name is not None and name.replace(" ", "").isalpha() else None

    def to_bibliographic(self, tag: str) -> str | None:
        """Return the ISO 639-2/B code of a plain tag, or None; a tag that says more (`ar-SY`) has none."""
        found = self.by_tag.get(tag)
        return None if found is None else found.bibliographic or None

    def to_name(self, tag: str) -> str | None:
        """Return the first English name of a plain tag, or None."""
        found = self.by_tag.get(tag)
        return None if found is None else found.names[0]


def _as_written(subtag: str) -> str:
    if _SCRIPT.fullmatch(subtag):
        return subtag.capitalize()
    return subtag.upper() if _REGION.fullmatch(subtag) else subtag.lower()


@cache
def read_languages() -> Languages:
    """Return the table, read from the package on first use."""
    text = files("adapters.sdk").joinpath("data/languages.csv").read_text(encoding="utf-8")
    languages = [
        Language(row["tag"], row["iso639_3"], row["iso639_2b"], tuple(row["names"].split(";")))
        for row in csv.DictReader(text.splitlines())
    ]
    threes = {language.iso639_3: language for language in languages}
    return Languages(
        by_tag={language.tag: language for language in languages},
        by_three_letters=threes
        | {language.bibliographic: language for language in languages if language.bibliographic},
        by_name={name.casefold(): language for language in languages for name in language.names},
    )

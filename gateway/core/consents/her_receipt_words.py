"""The words of her paper, a file a language: short, everyday, and telling a stranger nothing.

A file says whether somebody who speaks the language has checked it. One that nobody has is a draft: its paper says so,
and the English stands below it. What is missing in a file stops the tests, never her.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from gateway.core.errors import Defect

FALLBACK: Final = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; `direction` is ltr or rtl, `reviewed` whether a speaker of it has checked them."""

    language: str
    reviewed: bool
    direction: str
    months: tuple[str, ...]
    date: str
    headings: Mapping[str, str]
    sentences: Mapping[str, str]
    kinds: Mapping[str, str]
    purposes: Mapping[str, str]
    categories: Mapping[str, str]

    def day(self, at: datetime) -> str:
        """Write a day, in UTC."""
        return self.date.format(day=at.day, month=self.months[at.month - 1], year=at.year)


@cache
def languages() -> frozenset[str]:
    """Return every language there are words in."""
    return frozenset(file.name.removesuffix(".toml") for file in _folder().iterdir() if file.name.endswith(".toml"))


@cache
def words(language: str) -> Words:
    """Return the words of one language. Raises Defect for one there are none in."""
    if language not in languages():
        raise Defect("no words in that language")
    read = tomllib.loads((_folder() / f"{language}.toml").read_text("utf-8"))
    tables = {name: read[name] for name in ("headings", "sentences", "kinds", "purposes", "categories")}
    return Words(language, read["reviewed"] is True, read["direction"], tuple(read["months"]), read["date"], **tables)


def chosen(wanted: str, allowed: frozenset[str]) -> Words:
    """Return the words in her language where the country's profile has it and there is a file; else English.

    A region is passed over: the words of `pt` are better than none for who speaks `pt-BR`.
    """
    for language in (wanted, wanted.partition("-")[0]):
        if language in allowed and language in languages():
            return words(language)
    return words(FALLBACK)


def _folder() -> Traversable:
    return files("gateway.core.consents") / "words"

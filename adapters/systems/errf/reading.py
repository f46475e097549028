"""One form while it is read: text, codes, countries and days of the person it is about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.sdk import CodeTable, MalformedError
from adapters.sdk.countries import Countries
from adapters.sdk.values import is_day, is_writable
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree
from adapters.systems.errf.codes import Codes
from adapters.systems.errf.household import Member
from adapters.systems.errf.names import NOTHING

_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_MIDNIGHT = re.compile(r"T00:00:00(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class Reader:
    """A form, the person, and the tables. Made anew for each document."""

    tree: Tree
    member: Member
    codes: Codes
    countries: Countries

    def parts(self, name: str) -> Iterator[Element]:
        """The parts of that name that are about her."""
        return self.member.parts(self.tree, name)

    def text(self, parent: Element, name: str, limit: int) -> str | None:
        """Return a text as one line; None where nothing is said, or it is too long or not to be written (lost)."""
        element = self._said(parent, name)
        if element is None or not is_writable(element.text):
            return None
        return self.tree.line(parent, name, limit)

    def code(self, parent: Element, name: str, table: CodeTable[str]) -> str | None:
        """Return our code, or None where nothing is said or we have no place for what is. Raises UnsupportedError."""
        element = self._said(parent, name)
        if element is None:
            return None
        found = table.find(element.text)
        if found is None:  # To say where walks the whole document.
            found = table.of(element.text, self.tree.pointer(element))
        if found:
            self.tree.taken(element)
        return found or None

    def country(self, parent: Element, name: str) -> str | None:
        """Return a country's alpha-2 code; None where nothing is said or it is none of ISO 3166-1 (lost).

        Raises UnsupportedError.
        """
        element = self._said(parent, name)
        if element is None:
            return None
        known = element.text in self.countries.by_unhcr or element.text in self.countries.unhcr_unmapped
        found = self.countries.from_unhcr(element.text, "" if known else self.tree.pointer(element))
        if found is not None:
            self.tree.taken(element)
        return found

    def flag(self, parent: Element, name: str) -> bool | None:
        """Return xs:boolean, or None where nothing is said. Raises MalformedError."""
        element = self._said(parent, name)
        if element is None:
            return None
        if element.text not in {"true", "false", "1", "0"}:
            raise MalformedError(self.tree.pointer(element), "boolean")
        return self.tree.take(element) in {"true", "1"}

    def day(self, parent: Element, name: str) -> str | None:
        """Return the day of an xs:dateTime as it is written down, or None. Raises MalformedError, rule date.

        Midnight without a zone is how the form writes a day; any other time, or a zone, is reported as coarsened.
        """
        element = self._said(parent, name)
        if element is None:
            return None
        match = _DATE_TIME.fullmatch(element.text)
        if match is None or not is_day(match[1]):
            raise MalformedError(self.tree.pointer(element), "date")
        if match[2] and _MIDNIGHT.fullmatch(match[2]) is None:
            self.tree.coarsened(element)
        else:
            self.tree.taken(element)
        return match[1]

    def says_more(self, parent: Element, name: str) -> bool:
        """Say whether an element holds more than its text: an attribute, or elements of its own."""
        element = self._said(parent, name)
        return element is not None and (element.annotated or bool(element.children))

    def _said(self, parent: Element, name: str) -> Element | None:
        element = self.tree.child(parent, name)
        return None if element is None or element.text in NOTHING else element

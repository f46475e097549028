"""What every reader of this message needs: an element's parts as ours, taken from the tree as they are understood.

The schema has held already, so an element is where it may be, a code is one of its list, and a text is short enough.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.sdk.codes import Json
from adapters.sdk.xml.dates import read_date
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree
from adapters.systems.niem.tables import Tables


@dataclass(frozen=True, slots=True)
class Reader:
    """One document being read."""

    tree: Tree
    tables: Tables

    def below(self, element: Element, *path: str) -> Element | None:
        """Return the element at the end of a path of single children, or None."""
        found: Element | None = element
        for name in path:
            found = None if found is None else self.tree.child(found, name)
        return found

    def text(self, element: Element, *path: str) -> str | None:
        """Take the text at the end of a path as one line, or None."""
        found = self.below(element, *path)
        return (" ".join(self.tree.take(found).split()) or None) if found is not None else None

    def prose(self, element: Element, *path: str) -> str | None:
        """Take the text at the end of a path with its lines, or None."""
        found = self.below(element, *path)
        return (self.tree.take(found) or None) if found is not None else None

    def flag(self, element: Element, *path: str) -> bool | None:
        """Take true or false at the end of a path, or None."""
        said = self.text(element, *path)
        return None if said is None else said in {"true", "1"}

    def number(self, element: Element, *path: str) -> int | None:
        """Take the whole number at the end of a path, or None."""
        said = self.text(element, *path)
        return None if said is None else int(said)

    def code(self, element: Element | None, table: str) -> str | None:
        """Take our code for one of NIEM's, or None where there is none: it is then lost."""
        ours = None if element is None else self.tables.crosswalks[table].get(" ".join(element.text.split()))
        if element is not None and ours is not None:
            self.tree.take(element)
        return ours

    def day(self, element: Element, *path: str) -> str | None:
        """Take the date at the end of a path, or None."""
        return read_date(self.tree, self.below(element, *path))

    def country(self, element: Element, *path: str) -> str | None:
        """Take the ISO 3166-1 alpha-2 code of a nc:CountryType. Raises UnsupportedError for a code that is none.

        A name that is not in our table is a text, and is lost.
        """
        country = self.below(element, *path)
        if country is None:
            return None
        for name in ("iso_3166:CountryAlpha2Code", "genc:CountryAlpha2Code"):
            code = self.tree.child(country, name)
            if code is not None and code.text:
                known = code.text in self.tables.countries.by_iso2  # to say where walks the whole document
                return self.tables.countries.from_iso2(self.tree.take(code), "" if known else self.tree.pointer(code))
        named = self.tree.child(country, "nc:CountryName")
        found = None if named is None else self.tables.countries.from_name(" ".join(named.text.split()))
        if named is not None and found is not None:
            self.tree.take(named)
        return found

    def place(self, address: Element | None) -> dict[str, Json]:
        """Take a nc:AddressType as country, region, locality, line and postal code, as far as they are there."""
        if address is None:
            return {}
        line = self.text(address, "nc:AddressDeliveryPointText") or self.text(address, "nc:AddressFullText")
        found: dict[str, Json] = {
            "country": self.country(address, "nc:AddressCountry"),
            "region": self.text(address, "nc:AddressState", "nc:StateName"),
            "locality": self.text(address, "nc:AddressCityName"),
            "line": line,
            "postal_code": self.text(address, "nc:AddressPostalCode"),
        }
        return {key: value for key, value in found.items() if value is not None}

    def leaves(self, holder: Element | None, table: str) -> Iterator[tuple[str, str]]:
        """Take every child of ours that the table names, with its place in the canonical referral."""
        for name, pointer in self.tables.crosswalks[table].items():
            for element in self.tree.children(holder, name) if holder is not None else ():
                if element.text:
                    yield pointer, " ".join(self.tree.take(element).split())


def put(document: dict[str, Json], pointer: str, value: Json) -> None:
    """Set the leaf at a pointer, making the objects on the way."""
    *above, key = pointer.split("/")[1:]
    here = document
    for name in above:
        below = here.setdefault(name, {})
        if not isinstance(below, dict):
            return
        here = below
    here[key] = value


def present(members: Mapping[str, Json]) -> dict[str, Json]:
    """Return what is there: no None, no empty list, no empty object."""
    return {key: value for key, value in members.items() if value is not None and value not in ([], {})}

"""What a mapping is, once it has been read and checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from adapters.sdk.manifest import Manifest
from schemas.documents import Document

Scalar: TypeAlias = str | int | bool
"""What stands at a leaf."""

Path: TypeAlias = tuple[str, ...]
"""A canonical path in steps; `*` is any item of a list, a number is one item of its own."""


class Format(StrEnum):
    """What a document is written in."""

    CSV = "csv"
    """A heading and rows (RFC 4180 in UTF-8); a field is a heading."""
    JSON = "json"
    """A field is a JSON pointer, with `*` for the items of a list."""
    XML = "xml"
    """A field is a path of elements below the record, `@name` an attribute, `*` after an element that may repeat."""


class Way(StrEnum):
    """In which direction a field is used."""

    BOTH = "both"
    """Read and written."""
    IN = "in"
    """Only read."""
    OUT = "out"
    """Only written."""


class Cardinality(StrEnum):
    """How often a field may say something in one record."""

    OPTIONAL = "0..1"
    """At most once."""
    ONE = "1"
    """Once; a document without it is refused."""
    ANY = "0..n"
    """Any number of times."""
    SOME = "1..n"
    """At least once."""

    @property
    def is_needed(self) -> bool:
        """Whether a document without the field is refused."""
        return self in {Cardinality.ONE, Cardinality.SOME}

    @property
    def is_many(self) -> bool:
        """Whether more than one value may stand there."""
        return self in {Cardinality.ANY, Cardinality.SOME}


@dataclass(frozen=True, slots=True)
class Hook:
    """Two pure functions for the one field in twenty that a table cannot translate.

    Each returns None for "says nothing of ours", which is reported as lost.
    """

    read: Callable[[str], Scalar | None]
    write: Callable[[Scalar], str | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Codec:
    """How one field's text becomes a canonical value and back.

    `read` raises AdapterError at the pointer it is given for what it must not guess; None from either is a loss.
    """

    read: Callable[[str, str], Scalar | None]
    write: Callable[[Scalar], Scalar | None]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the format. `to` is empty for one that is never sent; `kept` then says why."""

    name: str
    pointer: str
    line: int
    to: Path
    kept: str
    way: Way
    cardinality: Cardinality
    separator: str
    coarsened: bool
    codec: Codec
    said: str
    """How it is translated, in words, for its page."""


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """One system's format as data.

    `records` is the place of the records in a document, `separator` that of a CSV, `namespaces` those of XML by prefix.
    """

    manifest: Manifest
    format: Format
    records: Path
    namespaces: Mapping[str, str]
    separator: str
    fields: tuple[Field, ...]
    constants: Mapping[Path, Scalar]
    tables: Mapping[str, Mapping[str, Scalar]]
    leaves: Mapping[Path, Document] = field(repr=False)

    def read_fields(self) -> tuple[Field, ...]:
        """The fields a document may have, also those that are never sent."""
        return tuple(each for each in self.fields if each.way is not Way.OUT)

    def written_fields(self) -> tuple[Field, ...]:
        """The fields a document is written with, in order."""
        return tuple(each for each in self.fields if each.way is not Way.IN and each.to)

"""The shapes that travel between parts: a document as parsed JSON, and a document that has been checked.

Standard library only, beside the code lists. Nothing here checks anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from schemas.vocabulary import DataCategory, FunctionClass, Purpose

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"
"""JSON without floating point numbers, which canonical bytes cannot carry (RFC 8785, section 3.2.2.3)."""

Document: TypeAlias = Mapping[str, Json]
"""A JSON object nobody has checked yet."""


@dataclass(frozen=True, slots=True)
class ValidDocument:
    """A document that satisfies the named schema. Made by `schemas.validation.validate` and by nothing else."""

    schema: str
    document: Document


@dataclass(frozen=True, slots=True)
class Loss:
    """One path that a translation dropped, coarsened or guessed; a path and a kind, never a value."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class ProfileLeaf:
    """One scalar a recipient may get: where it goes, where it comes from, and how coarse it becomes.

    Paths are tuples of keys in which `*` stands for every item of an array, so `("needs", "*", "code")`.
    """

    target: tuple[str, ...]
    """Where the value stands in the recipient's document."""

    source: tuple[str, ...]
    """Where it stands in the canonical referral; `("subject",)` for an age band; empty for const and pseudonym."""

    category: DataCategory
    """The category a consent must name before this leaf may leave."""

    granularity: str
    """One of `exact`, `year`, `age_band`, `country`, `region`, `coded`, `name_given`, `const`, `pseudonym`."""

    allowed: frozenset[str] | None
    """The only values that may leave, or None where the canonical schema already says all there is to say."""

    required: bool
    """Whether the recipient cannot act without it, wherever in the document it stands."""

    where: tuple[str, str] | None
    """Items of the array move only if this member of the *source* item has this value (M-07: `("safe", "yes")`)."""

    pattern: str | None = None
    """Values that `re.fullmatch` of this refuses are dropped; None where the canonical pattern is as narrow."""

    required_in_item: bool = False
    """Whether an array item without it is worth nothing and is dropped whole."""


@dataclass(frozen=True, slots=True)
class CompiledProfile:
    """A minimal-disclosure profile as plain data, so that deciding and minimising need only the standard library."""

    name: str
    """Such as `profile/shelter/assistance.accommodation/1.0`."""

    function_class: FunctionClass
    purpose: Purpose

    hash: str
    """SHA-256 of the canonical bytes of the profile's schema, in hex; what a ledger leaf names."""

    leaves: tuple[ProfileLeaf, ...]
    """Sorted by target."""

    categories: frozenset[DataCategory]
    """Every category some leaf has, `envelope` and `pseudonym` included."""

    required: frozenset[DataCategory]
    """Every category some required leaf has, `envelope` and `pseudonym` included."""

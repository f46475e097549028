"""Adds to a native document what its format has no place for, and lets nobody say two things about one person.

A supplement is a closed subset of the canonical referral. It fills gaps; it never overrules (DESIGN section 4).
"""

from collections.abc import Iterator, Mapping

from schemas.documents import Document, Json, ValidDocument
from schemas.errors import Fault, SchemaViolationError
from schemas.leaves import pointer
from schemas.validation import MAX_FAULTS

_SCHEMA = "supplement/1.0"
_OWN = frozenset({"schema"})


def merged(native: Document, supplement: ValidDocument) -> Document:
    """Return `native` with what only `supplement` says; both may say the same. The result is still to be validated.

    An array is one thing, said by one or by both alike: items have no names by which they could be matched. Raises
    SchemaViolationError("supplement/1.0") with rule `conflict` at every place where the two differ.
    """
    return joined(native, {key: value for key, value in supplement.document.items() if key not in _OWN}, _SCHEMA)


def joined(native: Document, addition: Document, schema: str) -> Document:
    """Return `native` with what only `addition` says, like `merged`; both are still to be validated.

    Raises SchemaViolationError of that schema with rule `conflict` at every place where the two differ.
    """
    conflicts = sorted({pointer(place) for place in _conflicts(native, addition, ())})
    if conflicts:
        raise SchemaViolationError(schema, tuple(Fault(place, "conflict") for place in conflicts[:MAX_FAULTS]))
    return _joined(native, addition)


def _conflicts(native: Document, addition: Document, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key in native.keys() & addition.keys():
        here, there = native[key], addition[key]
        if isinstance(here, Mapping) and isinstance(there, Mapping):
            yield from _conflicts(here, there, (*place, key))
        elif here != there:
            yield (*place, key)


def _joined(native: Document, addition: Document) -> dict[str, Json]:
    joined = dict(native)
    for key, there in addition.items():
        here = joined.get(key)
        if key not in joined:
            joined[key] = there
        elif isinstance(here, Mapping) and isinstance(there, Mapping):
            joined[key] = _joined(here, there)
    return joined

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
_SITUATION, _NARRATIVE = "situation", "narrative"


def merged(native: Document, supplement: ValidDocument) -> Document:
    """Return `native` with what only `supplement` says; both may say the same. The result is still to be validated.

    An array is one thing, said by one or by both alike: items have no names by which they could be matched. Only what
    the sender's client sealed is another thing by nature, and stands beside the prose of the document. Raises
    SchemaViolationError("supplement/1.0") with rule `conflict` at every place where the two differ.
    """
    said = {key: value for key, value in supplement.document.items() if key not in _OWN}
    sealed = said.pop(_SITUATION, None)
    whole = joined(native, said, _SCHEMA)
    return whole if sealed is None else {**whole, _SITUATION: _with_sealed(whole.get(_SITUATION), sealed)}


def joined(native: Document, addition: Document, schema: str) -> Document:
    """Return `native` with what only `addition` says, like `merged`; both are still to be validated.

    Raises SchemaViolationError of that schema with rule `conflict` at every place where the two differ.
    """
    conflicts = sorted({pointer(place) for place in _conflicts(native, addition, ())})
    if conflicts:
        raise SchemaViolationError(schema, tuple(Fault(place, "conflict") for place in conflicts[:MAX_FAULTS]))
    return _joined(native, addition)


def _with_sealed(native: Json, sealed: Json) -> Json:
    """Put sealed accounts behind those of the document; what is neither is left to be found invalid."""
    if native is None or not isinstance(sealed, Mapping):
        return sealed
    if not isinstance(native, Mapping):
        return native
    readable, opaque = native.get(_NARRATIVE, []), sealed.get(_NARRATIVE)
    if not (isinstance(readable, list) and isinstance(opaque, list)):
        return native
    return {**native, _NARRATIVE: [*readable, *opaque]}


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

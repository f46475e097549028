"""Deep copies for the guard: JSON the gateway can write, and no longer in the hands of the adapter that made it."""

import marshal
from collections.abc import Mapping

from adapters.sdk.errors import AdapterDefectError, MalformedError
from schemas.documents import Document, Json
from schemas.plainness import is_plain
from schemas.shape import MAX_DEPTH

_SAFE_INTEGER = 2**53 - 1


def copied(document: Document) -> Document:
    """Return `document` in plain dicts and lists, which the JSON writers and validators know.

    Raises AdapterDefectError for anything that is not JSON without floats, MalformedError for half a surrogate pair.
    """
    if type(document) is dict and is_plain(document, MAX_DEPTH):
        # What is plain already is copied without a call for each member; marshal knows just these types.
        plain: Document = marshal.loads(marshal.dumps(document))  # noqa: S302 - its own bytes, of this very line
        return plain
    if not isinstance(document, Mapping):
        raise AdapterDefectError("", "result_type")
    return _object(document, 1)


def _object(members: Mapping[str, Json], depth: int) -> Document:
    if depth > MAX_DEPTH:
        raise AdapterDefectError("", "depth")
    made: dict[str, Json] = {}
    for key, member in members.items():
        if type(key) is not str or not key.isascii():
            raise AdapterDefectError("", "key")
        # Most members are such strings, and a call for each is most of what a copy costs.
        made[key] = member if type(member) is str and member.isascii() else _copied(member, depth)
    return made


def _copied(value: Json, depth: int) -> Json:
    match value:
        case str():
            return _text(value)
        case None | bool():
            return value
        case int() if abs(value) <= _SAFE_INTEGER:
            return int(value)
        case dict() | Mapping():
            return _object(value, depth + 1)
        case list() | tuple() if depth < MAX_DEPTH:
            return [_copied(member, depth + 1) for member in value]
        case list() | tuple():
            raise AdapterDefectError("", "depth")
        case _:
            raise AdapterDefectError("", "not_json")


def _text(value: str) -> str:
    """Return the plain string, also of a StrEnum member."""
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise MalformedError("", "utf-8") from None
    return value if type(value) is str else str.__str__(value)

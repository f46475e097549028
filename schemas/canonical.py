"""Canonical bytes of a JSON value (RFC 8785): the only serialisation that is ever hashed, signed or sealed.

Floating point numbers are refused rather than formatted, so the standard library is enough. Keys of our schemas are
ASCII, for which Python's ordering by code point and the RFC's ordering by UTF-16 unit agree; other keys are refused.
"""

import json
from collections.abc import Mapping, Sequence

from schemas.documents import Json
from schemas.plainness import is_plain

_SAFE_INTEGER = 2**53 - 1
_DEEPEST = 32


class NotCanonicalError(ValueError):
    """A value has no canonical bytes: a float, an integer readers would round, half a character, a key beyond ASCII."""


def canonical(value: Json) -> bytes:
    """Return the canonical bytes of `value`. Raises NotCanonicalError, which never carries the value."""
    if not is_plain(value, _DEEPEST):
        _refuse_uncanonical(value)
    try:
        return _encode(value)
    except UnicodeEncodeError:
        fault = "half a surrogate pair"
    # Raised outside the handler: as its context, the codec's error would carry the value along.
    raise NotCanonicalError(fault)


def canonical_trusted(value: Json) -> bytes:
    """Return canonical bytes of a value this program built itself from strings, small integers and ASCII keys.

    Skips the walk of `canonical`, for the accept path; never for a value that came from outside.
    """
    return _encode(value)


def _encode(value: Json) -> bytes:
    return _ENCODER.encode(value).encode()


def _thawed(value: object) -> dict[str, Json]:
    # Called for what json does not know: a read-only mapping is one, raw bytes are none.
    if isinstance(value, Mapping):
        return dict(value)
    raise NotCanonicalError("value without canonical form")


def _refuse_uncanonical(value: Json) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) > _SAFE_INTEGER:
                raise NotCanonicalError("integer beyond 2**53-1")
        case Mapping():
            for key, member in value.items():
                if not _is_ascii_text(key):
                    raise NotCanonicalError("key outside ASCII")
                _refuse_uncanonical(member)
        case Sequence():
            for member in value:
                _refuse_uncanonical(member)
        case _:
            raise NotCanonicalError("value without canonical form")


def _is_ascii_text(key: object) -> bool:
    # The standard library would write an integer key as text, and two keys could become one.
    return isinstance(key, str) and key.isascii()


_ENCODER = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,  # What has passed is_plain or was built here is a tree.
    default=_thawed,
)

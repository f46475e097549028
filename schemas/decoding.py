"""Strict JSON from bytes: what every reader would read the same way, or nothing.

Python's reader is lenient: it takes NaN, floating point, byte order marks, the last of two equal keys and halves of
surrogate pairs. Each is refused here, because two programs that read one signed text differently are an attack (RFC
8259 section 4, RFC 8785 section 3.1). Errors carry a rule and never the text: the library's own carry all of it.
"""

import json
from typing import Final

from schemas.documents import Document, Json
from schemas.errors import Fault, SchemaViolationError
from schemas.shape import MAX_DEPTH, MAX_MEMBERS, measure

JSON = "json"
"""What a violation names where the schema would stand."""

_MOST_COMMAS = 4 * MAX_MEMBERS
"""Text has commas too, but nobody writes so many: a document that has is refused before it costs half a second."""

_SAFE_INTEGER = 2**53 - 1
_SAFE_DIGITS = 17  # of 2**53 - 1, and its sign


class Fraction:
    """A number that is no whole number. It is of none of the kinds that a reader looks for; its text is its digits."""

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        """Keep what is written."""
        self._digits = digits

    def __str__(self) -> str:
        """Return what is written."""
        return self._digits


_LEAVES: Final[frozenset[type]] = frozenset({str, int, bool, type(None), Fraction})


class _RefusedError(ValueError):
    """Valid in Python's reading, refused in ours."""


def decode_json(body: bytes, *, fractions: bool = False) -> Document:
    """Return the JSON object in `body`. With `fractions`, a number such as 1.5 is let stand as a `Fraction`.

    Raises SchemaViolationError("json") with one fault at the root: rule `utf-8` (not UTF-8, a byte order mark, half a
    surrogate pair), `syntax`, `duplicate-key`, `number` (fraction, exponent, NaN, beyond 2**53-1), `depth`,
    `members`, or `type` (no object).
    """
    text = _text(body)
    commas = text.count(",")
    if commas > _MOST_COMMAS:
        raise _violation("members")
    value, rule = _decoded(text, _WITH_FRACTIONS if fractions else _DECODER)
    if rule is not None:
        raise _violation(rule)
    if not isinstance(value, dict):
        raise _violation("type")
    # Cheaper than walking: fewer brackets than levels allowed, fewer commas than members allowed would need.
    if commas >= MAX_MEMBERS - MAX_DEPTH or text.count("{") + text.count("[") > MAX_DEPTH:
        measure(value, JSON, _LEAVES)
    if ("\\ud" in text or "\\uD" in text) and not _is_encodable(value):
        raise _violation("utf-8")
    return value


def _text(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\ufeff"
    # Raised outside the handler, whose error would carry the bytes along.
    if text.startswith("\ufeff"):
        raise _violation("utf-8")
    return text


def _decoded(text: str, decoder: json.JSONDecoder) -> tuple[Json, str | None]:
    try:
        return decoder.decode(text), None
    except _RefusedError as refused:
        return None, str(refused)
    except RecursionError:
        return None, "depth"
    except ValueError:
        return None, "syntax"


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _RefusedError("duplicate-key")
    return members


def _integer(digits: str) -> int:
    if len(digits) > _SAFE_DIGITS or abs(number := int(digits)) > _SAFE_INTEGER:
        raise _RefusedError("number")
    return number


def _no_number(_literal: str) -> Json:
    raise _RefusedError("number")


def _is_encodable(value: Json) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _violation(rule: str) -> SchemaViolationError:
    return SchemaViolationError(JSON, (Fault("", rule),))


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_no_number, parse_constant=_no_number
)
_WITH_FRACTIONS = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=Fraction, parse_constant=_no_number
)

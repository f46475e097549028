"""Takes a JWS in compact form apart (RFC 7515 section 5.2, steps 1 to 7) without believing any of it.

Why not joserfc's own reader: it refuses headers over 512 bytes (a DPoP proof with an RSA key has 550), lets a deeply
nested header escape as RecursionError, skips characters that are not base64url, and takes the last of two equal names.
What this module returns is UNVERIFIED; only `keys.check_signature` makes it evidence.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Final, NoReturn

from gateway.oauth.errors import UnverifiableError, Why

_LONGEST: Final = (4096, 8192, 1024)
"""Characters of header, payload and signature."""
_STANDARD: Final = bytes.maketrans(b"-_+/=", b"+/...")
"""From base64url to base64; what only base64 has becomes what neither has."""
_PADDING: Final = (b"", b"===", b"==", b"=")
_DEEPEST: Final = 8
"""Objects and arrays inside each other; the details of an authorization (RFC 9396) have four."""

_TOKEN_ID: Final = re.compile(r"[ -~]{1,256}")
_END_OF_TIME: Final = 2**40


@dataclass(frozen=True, slots=True)
class Compact:
    """Header, payload and signature as they were sent: text of bounded length, not decoded, not verified."""

    header: str
    payload: str
    signature: str

    @property
    def signing_input(self) -> bytes:
        """RFC 7515 section 5.1, step 5."""
        return f"{self.header}.{self.payload}".encode("ascii")


def split(text: str) -> Compact:
    """Cut at the two dots. Raises `UnverifiableError` for any other form, and for what is too long."""
    parts = text.split(".", maxsplit=3)
    if len(parts) != len(_LONGEST) or not text.isascii():
        raise UnverifiableError(Why.NOT_COMPACT)
    if not all(part and len(part) <= longest for part, longest in zip(parts, _LONGEST, strict=True)):
        raise UnverifiableError(Why.NOT_COMPACT)
    return Compact(*parts)


def decode(segment: str) -> bytes:
    """Undo base64url without padding (RFC 7515 section 2), refusing every other character instead of skipping it."""
    try:
        raw = segment.encode("ascii").translate(_STANDARD)
        return binascii.a2b_base64(raw + _PADDING[len(raw) % 4], strict_mode=True)
    except ValueError:
        raise UnverifiableError(Why.NOT_COMPACT) from None


def encode(raw: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def read_object(segment: str) -> dict[str, object]:
    """Read a segment as one JSON object whose names are distinct (RFC 7515 section 4). Still unverified."""
    try:
        value = read_json(decode(segment).decode("utf-8"))
    except ValueError:
        raise UnverifiableError(Why.NOT_JSON) from None
    if not isinstance(value, dict):
        raise UnverifiableError(Why.NOT_JSON)
    return value


def read_json(text: str) -> object:
    """Read a JSON value in which no object has two members of one name, and nothing stands deeper than eight levels."""
    try:
        value: object = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise UnverifiableError(Why.NOT_JSON) from None
    if not _is_shallow(value):
        raise UnverifiableError(Why.NOT_JSON)
    return value


def read_header(segment: str, *, names: frozenset[str], types: frozenset[str | None]) -> dict[str, object]:
    """Read a header that may hold `names` and nothing else.

    `types` are the values allowed for typ, in lower case, None for an absent one.

    Refusing every other name refuses crit, b64, jku and x5u too, which would have to be understood (RFC 7515 section
    4.1).
    """
    header = read_object(segment)
    if not header.keys() <= names or not isinstance(header.get("alg"), str):
        raise UnverifiableError(Why.HEADER)
    explicit = header.get("typ")
    if "typ" in header and not isinstance(explicit, str):
        raise UnverifiableError(Why.HEADER)
    if (explicit.lower() if isinstance(explicit, str) else None) not in types:
        raise UnverifiableError(Why.TYPE)
    return header


def seconds(claims: dict[str, object], name: str) -> int:
    """Read a required NumericDate (RFC 7519 section 2) as whole seconds since 1970."""
    value = claims.get(name)
    # The comparison is false for NaN too; bool is an int to Python and not a number to JSON.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _END_OF_TIME:
        raise UnverifiableError(Why.CLAIM)
    return int(value)


def token_id(claims: dict[str, object]) -> str:
    """Read the required jti: 1 to 256 printable ASCII characters."""
    value = claims.get("jti")
    if not isinstance(value, str) or _TOKEN_ID.fullmatch(value) is None:
        raise UnverifiableError(Why.CLAIM)
    return value


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _is_shallow(value: object, levels: int = _DEEPEST) -> bool:
    """Said here, since how deep is too deep for Python's reader is another depth in each of its versions."""
    match value:
        case dict():
            members = [*value.values()]
        case list():
            members = value
        case _:
            return True
    return levels > 0 and all(_is_shallow(member, levels - 1) for member in members)


def _refuse(_: str) -> NoReturn:
    raise ValueError


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_refuse)

"""What makes a public key the key it is, and an address the address, however somebody wrote it (F-01).

One key has many spellings: a number with a zero before it, as Java writes one, a character whose last bits count for
nothing, a JWK and an agency's file. Compared is what the key is; two who hold it are the same hands.
"""

import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from gateway.core.encoding import unbase64
from schemas.documents import Document, Json
from schemas.vocabulary import FunctionClass

_P256: Final = "P-256"
_UNCOMPRESSED: Final = 65
_FIELD: Final = 2**255 - 19
_PORT: Final = 443


def of_jwk(jwk: Mapping[str, object]) -> str:
    """Name the key of a JWK, whatever it is called."""
    kind = jwk.get("crv", jwk.get("kty"))
    return ":".join((str(kind), *(_number(jwk[name]) for name in ("x", "y", "n", "e") if name in jwk)))


def of_agency(filed: Document) -> frozenset[str]:
    """Name every public key of an agency's registration."""
    return frozenset(_named(key) for key in _keys(filed))


def enforces(filed: Document) -> bool:
    """Say whether an agency enforces immigration law."""
    return filed["function_class"] == FunctionClass.IMMIGRATION_ENFORCEMENT


def across(agency: str, registered: Sequence[Document]) -> frozenset[str]:
    """Name every key of the agencies on the other side of the firewall; none where that agency is not registered."""
    side = next((enforces(filed) for filed in registered if filed["id"] == agency), None)
    others = [of_agency(filed) for filed in registered if side is not None and enforces(filed) != side]
    return frozenset[str]().union(*others)


def endpoint_of(filed: Document) -> frozenset[str]:
    """Return where what is for an agency is brought, where it says so: without a port that goes without saying."""
    said = filed.get("delivery_endpoint")
    if not isinstance(said, str):
        return frozenset()
    parts = urlsplit(said)
    host, port = (parts.hostname or "").rstrip("."), parts.netloc.rpartition(":")[2]
    return frozenset({f"{host}:{int(port) if port.isdecimal() else _PORT}{parts.path.rstrip('/')}"})


def _named(key: Mapping[str, Json]) -> str:
    raw = unbase64(str(key["public_key"]))
    match key.get("use"):
        case None:
            return f"Ed25519:{_hex(raw)}"
        case "jwe-p256" if len(raw) == _UNCOMPRESSED:
            return f"{_P256}:{_hex(raw[1:33])}:{_hex(raw[33:])}"
        case "hpke-x25519":  # RFC 7748 section 5: the highest bit is not looked at, the rest is a number modulo p.
            return f"X25519:{int.from_bytes(raw, 'little') % 2**255 % _FIELD:x}"
        case use:
            return f"{use}:{_hex(raw)}"


def _keys(filed: Document) -> Iterator[Mapping[str, Json]]:
    uses = filed["keys"]
    for listed in uses.values() if isinstance(uses, Mapping) else ():
        for key in listed if isinstance(listed, list) else ():
            if isinstance(key, Mapping):
                yield key


def _number(member: object) -> str:
    """Write a member as the number it is; one that is none, as it stands."""
    try:
        return _hex(unbase64(str(member)))
    except (binascii.Error, ValueError):
        return str(member)


def _hex(raw: bytes) -> str:
    return f"{int.from_bytes(raw):x}"

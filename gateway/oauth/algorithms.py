"""The closed list of signature algorithms, and which key each may be used with.

Written out on purpose: joserfc's default list (HS256, RS256, ES256) is used nowhere in this door, because it lets a
public key be tried as an HMAC secret and refuses what FAPI 2.0 asks for. Nothing symmetric and never `none` stands
here.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class KeyShape:
    """Key type and curve (RFC 7518 section 6, RFC 8037 section 2) an algorithm needs; `members` are the public ones."""

    kty: str
    crv: str | None
    members: tuple[str, ...]


_RSA: Final = KeyShape("RSA", None, ("n", "e"))
_P256: Final = KeyShape("EC", "P-256", ("crv", "x", "y"))
_P384: Final = KeyShape("EC", "P-384", ("crv", "x", "y"))
_ED25519: Final = KeyShape("OKP", "Ed25519", ("crv", "x"))

ALGORITHMS: Final = MappingProxyType(
    {
        "ES256": _P256,
        "Ed25519": _ED25519,
        # The name that RFC 9864 replaced; clients in the field still sign under it. Only with the Ed25519 curve.
        "EdDSA": _ED25519,
        "PS256": _RSA,
        "ES384": _P384,
    }
)
"""Every algorithm accepted for client assertions and DPoP proofs, in the order they are advertised."""

USUAL: Final = frozenset({"ES256", "Ed25519", "PS256"})
"""What a client may sign its assertions with unless a person registered something else (ES384, for SMART clients)."""

SMART: Final = USUAL | {"ES384"}
"""What a SMART client may sign with: SMART asks servers for ES384."""

SIGNING: Final = "ES256"
"""What the gateway signs access tokens with, and the only algorithm it accepts on one."""

SMALLEST_RSA: Final = 2048
LARGEST_RSA: Final = 4096
"""Bits. FAPI 2.0 section 5.4.1 sets the lower bound; the upper one bounds the work of a verification."""


def registered(algorithm: str, allowed: frozenset[str]) -> bool:
    """Tell whether a client registered for `allowed` may sign with `algorithm`; both names of Ed25519 are one."""
    return algorithm in ALGORITHMS and (algorithm in allowed or (algorithm == "EdDSA" and "Ed25519" in allowed))

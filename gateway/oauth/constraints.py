"""What an access token is bound to: a closed set, written into the token's claim cnf (RFC 7800) and read back from it.

Whoever asks what a sender must show matches on all of it, so that a new kind breaks the build where it is not checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from gateway.oauth.errors import UnverifiableError, Why


@dataclass(frozen=True, slots=True)
class ToKey:
    """A DPoP key, by its thumbprint (RFC 9449 section 6.1): each request carries a proof of it."""

    thumbprint: str


@dataclass(frozen=True, slots=True)
class ToCertificate:
    """A client certificate, by its SHA-256 (RFC 8705 section 3.1): each request comes over TLS that showed it."""

    thumbprint: str


@dataclass(frozen=True, slots=True)
class ToNothing:
    """No key: whoever holds the token can use it. Only the FHIR endpoint knows such tokens (`smart`)."""


Constraint: TypeAlias = ToKey | ToCertificate | ToNothing


def scheme(constraint: Constraint) -> str:
    """Return the token_type, and the scheme of the Authorization header (RFC 9449 section 5, RFC 8705 section 3)."""
    match constraint:
        case ToKey():
            return "DPoP"
        case ToCertificate() | ToNothing():
            return "Bearer"
        case _:
            assert_never(constraint)


def confirmation(constraint: Constraint) -> dict[str, dict[str, str]]:
    """Return the claim cnf as a member, or no member."""
    match constraint:
        case ToKey(thumbprint):
            return {"cnf": {"jkt": thumbprint}}
        case ToCertificate(thumbprint):
            return {"cnf": {"x5t#S256": thumbprint}}
        case ToNothing():
            return {}
        case _:
            assert_never(constraint)


def read_constraint(claims: Mapping[str, object]) -> Constraint:
    """Return what a token's claims bind it to. Raises `UnverifiableError` for a binding that is not one of ours."""
    if "cnf" not in claims:
        return ToNothing()
    match claims["cnf"]:
        case {"jkt": str(thumbprint), **more} if thumbprint and not more:
            return ToKey(thumbprint)
        case {"x5t#S256": str(thumbprint), **more} if thumbprint and not more:
            return ToCertificate(thumbprint)
        case _:
            raise UnverifiableError(Why.CLAIM)

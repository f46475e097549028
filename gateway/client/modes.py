"""How a client shows that a token is its own: as a person registered it, never as a request would like it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from gateway.client.keys import Signer

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path, not a token
_PLAIN: Final = "JWT"


class Mode(Protocol):
    """One way to hold a token."""

    def audience(self, url: str) -> str:
        """Return whom an assertion is for, at the gateway of that URL."""
        ...

    def assertion_type(self) -> str:
        """Return the assertion's explicit type (RFC 8725 section 3.11)."""
        ...

    def asking(self, signer: Signer, url: str, nonce: str) -> Mapping[str, str]:
        """Return the headers of a token request."""
        ...

    def showing(self, signer: Signer, method: str, url: str, token: str, nonce: str) -> Mapping[str, str]:
        """Return the headers of one request to the API."""
        ...


@dataclass(frozen=True, slots=True)
class DPoP:
    """private_key_jwt and tokens bound to the key (RFC 9449): what every client uses unless registered otherwise."""

    def audience(self, url: str) -> str:
        """Return the issuer."""
        return url

    def assertion_type(self) -> str:
        """Return what says that it is for this alone."""
        return "client-authentication+jwt"

    def asking(self, signer: Signer, url: str, nonce: str) -> Mapping[str, str]:
        """Prove the key to which the token will be bound."""
        return {"DPoP": signer.proof("POST", url + TOKEN_PATH, nonce=nonce)}

    def showing(self, signer: Signer, method: str, url: str, token: str, nonce: str) -> Mapping[str, str]:
        """Prove the key for this request."""
        return {"Authorization": f"DPoP {token}", "DPoP": signer.proof(method, url, token, nonce)}


@dataclass(frozen=True, slots=True)
class Smart:
    """SMART Backend Services 2.2: bearer tokens, good for the FHIR endpoint and nowhere else."""

    def audience(self, url: str) -> str:
        """Return the token endpoint, as SMART says."""
        return url + TOKEN_PATH

    def assertion_type(self) -> str:
        """Return what every SMART client sends."""
        return _PLAIN

    def asking(self, _signer: Signer, _url: str, _nonce: str) -> Mapping[str, str]:
        """Prove nothing more than the assertion does."""
        return {}

    def showing(self, _signer: Signer, _method: str, _url: str, token: str, _nonce: str) -> Mapping[str, str]:
        """Show the token."""
        return {"Authorization": f"Bearer {token}"}


DPOP: Final = DPoP()
SMART: Final = Smart()

"""How a client shows that a token is its own: as a person registered it, never as a request would like it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from gateway.client.keys import Signer

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path, not a token
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Mode(Protocol):
    """One way to hold a token."""

    def authenticating(self, signer: Signer, url: str) -> Mapping[str, str]:
        """Return the fields of a token request that say who asks, at the gateway of that URL."""
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

    def authenticating(self, signer: Signer, url: str) -> Mapping[str, str]:
        """Sign an assertion for the issuer, typed for this alone (draft rfc7523bis)."""
        return _asserted(signer.assertion(url, "client-authentication+jwt"))

    def asking(self, signer: Signer, url: str, nonce: str) -> Mapping[str, str]:
        """Prove the key to which the token will be bound."""
        return {"DPoP": signer.proof("POST", url + TOKEN_PATH, nonce=nonce)}

    def showing(self, signer: Signer, method: str, url: str, token: str, nonce: str) -> Mapping[str, str]:
        """Prove the key for this request."""
        return {"Authorization": f"DPoP {token}", "DPoP": signer.proof(method, url, token, nonce)}


class _Bearer:
    """A token that is shown and no more."""

    __slots__ = ()

    def asking(self, _signer: Signer, _url: str, _nonce: str) -> Mapping[str, str]:
        """Prove nothing more than the fields do."""
        return {}

    def showing(self, _signer: Signer, _method: str, _url: str, token: str, _nonce: str) -> Mapping[str, str]:
        """Show the token."""
        return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True)
class Smart(_Bearer):
    """SMART Backend Services 2.2: bearer tokens, good for the FHIR endpoint and nowhere else."""

    def authenticating(self, signer: Signer, url: str) -> Mapping[str, str]:
        """Sign an assertion for the token endpoint, as SMART says."""
        return _asserted(signer.assertion(url + TOKEN_PATH, "JWT"))


@dataclass(frozen=True)
class MutualTls(_Bearer):
    """A certificate shown in TLS (RFC 8705): it authenticates, and the token is good with it alone."""

    def authenticating(self, signer: Signer, _url: str) -> Mapping[str, str]:
        """Say which client; TLS proves it."""
        return {"client_id": signer.client_id}


DPOP: Final = DPoP()
SMART: Final = Smart()
MTLS: Final = MutualTls()


def _asserted(assertion: str) -> Mapping[str, str]:
    return {"client_assertion_type": _ASSERTION, "client_assertion": assertion}

"""Who asks: the proven identity behind a request, and the refusal of one that proved nothing.

Here and not in a door, because gateway/oauth makes a `Caller` and gateway/web hands it on. Holding a `Caller` does not
mean that its proof was fresh: that is known only when the transaction that confirms the request has inserted
`Caller.proof`.
"""

from dataclasses import dataclass
from typing import Final

from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import Act, Details, OutsideDetailsError, within
from gateway.core.errors import SenderError
from schemas.vocabulary import Purpose

CERTIFICATES: Final = "gateway.client_certificates"
"""Where a request's scope holds the values of Client-Cert (RFC 9440). Only gateway/serving puts them there, and only
for what came through the proxy's own socket; nobody reads the header itself."""


@dataclass(frozen=True, slots=True)
class UsedProof:
    """The name of something that may be used once: a DPoP proof or a client assertion.

    `id` is 32 bytes (SHA-256); `expires_at` is in seconds since 1970 and is the first moment at which the thing itself
    would be refused for its age, by the slowest clock allowed. A store that forgets it earlier accepts a replay.
    """

    id: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that showed a valid access token and proved that it holds the key the token is bound to.

    `proof` is what is used up for this request; where the request carried nothing of the kind, a name drawn for it.
    `details` limit the token beside its scopes (RFC 9396).
    """

    client_id: str
    agency: str
    scopes: frozenset[Scope]
    token_jti: str
    proof: UsedProof
    details: Details = ()

    def require(self, *scopes: Scope) -> None:
        """Raise `ScopeMissingError` unless the token carries one of these scopes."""
        if self.scopes.isdisjoint(scopes):
            raise ScopeMissingError(scopes[0])

    def require_within(self, act: Act, recipient: str, purpose: Purpose) -> None:
        """Raise `OutsideDetailsError` unless the token's details allow this act."""
        if not within(self.details, act, recipient, purpose):
            raise OutsideDetailsError


class CallerRefusedError(SenderError):
    """The request did not prove who sent it; the answer is 401 and nothing was looked up.

    `challenge` is the value of WWW-Authenticate (RFC 9449 section 7.1): codes and algorithm names only. `nonce`, where
    there is one, goes into DPoP-Nonce, and the client may try again with it at once. `code` and `why` are members of
    closed sets, fit for a log line or a metric; only `code` may be told to the client.
    """

    def __init__(self, code: str, why: str, challenge: str, nonce: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.why = why
        self.challenge = challenge
        self.nonce = nonce


class ScopeMissingError(SenderError):
    """The caller is known, but its token does not carry the scope (RFC 6750 section 3.1: 403, insufficient_scope)."""

    def __init__(self, scope: Scope) -> None:
        super().__init__("insufficient_scope")
        self.scope = scope

    @property
    def challenge(self) -> str:
        """The value of WWW-Authenticate."""
        return f'DPoP error="insufficient_scope", scope="{self.scope.value}"'

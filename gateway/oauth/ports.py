"""What this door asks of the world: protocols only, because it never touches the database.

`Clock` and `Entropy` stand in `gateway.core.ports`, the keyed digest behind nonces in `gateway.core.crypto.keys`.
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, unique
from typing import Protocol

from joserfc.jwk import ECKey

from gateway.core.access.certificates import CertificateName
from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import EVERY_RIGHT, ClientRights
from gateway.core.access.scopes import Scope
from gateway.core.callers import UsedProof
from gateway.oauth.algorithms import USUAL


@dataclass(frozen=True, slots=True)
class RegisteredClient:
    """A client as a person registered it. `jwks` holds its few public keys (RFC 7517), each with its kid.

    `mode` is how it holds its tokens; SMART asks for ES384 beside the usual algorithms. `rights` bound every token.
    With MTLS the keys stand for certificates, and `names` are what an authority's may say.
    """

    client_id: str
    agency: str
    jwks: Sequence[Mapping[str, object]]
    scopes: frozenset[Scope]
    enabled: bool = True
    algorithms: frozenset[str] = USUAL
    mode: ClientMode = ClientMode.DPOP
    rights: ClientRights = EVERY_RIGHT
    names: Sequence[CertificateName] = ()


class ClientDirectory(Protocol):
    """The registered clients."""

    def client(self, client_id: str) -> RegisteredClient | None:
        """Return the client of that id; None for an unknown one, never an error. Called from pool threads.

        `client_id` comes from an unverified assertion: any text at all, to be compared and not to be logged. An unknown
        id must cost about as much as a known one.
        """
        ...


@unique
class UseOutcome(Enum):
    """What became of the things that may be used once."""

    FRESH = "fresh"
    """Every id was new and is now durably used."""
    REPLAYED = "replayed"
    """At least one id was used before; none of the others was inserted."""
    REVOKED = "revoked"
    """The client or the token is under the kill switch; nothing was inserted."""


class OnceStore(Protocol):
    """Remembers what was used, on every node and over restarts."""

    def use(self, *, proofs: Sequence[UsedProof], client_id: str, token_jti: str | None) -> Awaitable[UseOutcome]:
        """Insert all ids in one transaction, all or none, and answer only after it is durable.

        Of any number of calls with one id exactly one is answered FRESH. An id may be forgotten only after `expires_at`
        by a margin that covers a clock set back. `token_jti` is None where no access token is at hand yet.
        """
        ...


class Revocations(Protocol):
    """What was taken back before its time: single tokens, and whole clients by the kill switch."""

    def revoke_token(self, jti: str, expires_at: int) -> Awaitable[None]:
        """Durably revoke one token; after `expires_at` (seconds since 1970) nobody would accept it any more."""
        ...

    def is_revoked(self, client_id: str, token_jti: str) -> bool:
        """Tell whether the client or the token is revoked. Asked on every request: from memory, in microseconds."""
        ...

    def was_taken_back(self, client_id: str, token_jti: str) -> bool:
        """Tell the same from what every node has committed. Waits for the database: called from pool threads."""
        ...


class TokenKeys(Protocol):
    """The keys access tokens are signed with. `gateway.oauth.keys.SigningKeys` is one; asked again for every token."""

    def active(self) -> ECKey:
        """Return the P-256 private key that signs now; it has a kid."""
        ...

    def published(self) -> Sequence[ECKey]:
        """Return next, current and previous key. A token signed with any other is refused at once."""
        ...

"""The authorization server: Authlib's framework-free core bound to checked forms and to our ports.

Synchronous, for the thread pool. Each request has two halves, `begin_*` and what follows; between them the caller must
await `OnceStore.use` with the `proofs` of the first half, and go on only when they were FRESH. Never stores a token,
never logs one.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request
from typing_extensions import override

from gateway.core.callers import UsedProof
from gateway.core.errors import Defect
from gateway.core.ports import Clock, Entropy
from gateway.core.token_details import Details
from gateway.oauth.assertions import PrivateKeyJWT
from gateway.oauth.clients import AUTHENTICATION, Decoys, OAuthClient
from gateway.oauth.compact import encode
from gateway.oauth.dpop import Proofs, Target
from gateway.oauth.errors import (
    InvalidClientError,
    InvalidRequestError,
    InvalidScopeError,
    OAuthError,
    UnsupportedGrantTypeError,
    UnverifiableError,
    Why,
)
from gateway.oauth.grants import ClientCredentials
from gateway.oauth.ports import ClientDirectory, TokenKeys
from gateway.oauth.profile import Profile
from gateway.oauth.requests import BoundRequest
from gateway.oauth.revocation import Revocation
from gateway.oauth.smart_tokens import BearerTokens, read_bearer_token
from gateway.oauth.tokens import AccessToken, AccessTokens, Binding, read_access_token

_JTI_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class PendingToken:
    """A token request in which everything is right and nothing is used up yet."""

    grant: ClientCredentials
    client_id: str
    proofs: tuple[UsedProof, ...]


@dataclass(frozen=True, slots=True)
class PendingRevocation:
    """A revocation request of an authenticated client; `token` is None where there is nothing of its own to revoke."""

    token: AccessToken | None
    client_id: str
    proofs: tuple[UsedProof, ...]


@dataclass(frozen=True, slots=True)
class World:
    """What the server asks of the world while it runs in the thread pool."""

    clients: ClientDirectory
    keys: TokenKeys
    clock: Clock
    entropy: Entropy


class Server(AuthorizationServer):
    """One grant, one way to authenticate, no state."""

    def __init__(self, profile: Profile, world: World, proofs: Proofs) -> None:
        super().__init__(scopes_supported=None)  # Each client's own scopes are looked at, in the words of its mode.
        self.profile = profile
        self._world = world
        self._proofs = proofs
        self._decoys = Decoys()
        self.register_grant(ClientCredentials)
        # The name in registrations and metadata; Authlib calls its own class client_assertion_jwt.
        self.register_client_auth_method(AUTHENTICATION, self._authenticate)
        quiet_authlib()

    def begin_token(self, form: Mapping[str, str], dpop: Sequence[str]) -> PendingToken:
        """Check a token request: form, proof, client, resource and scope, in this order.

        The proof comes before the client so that a nonce challenge never meets a spent assertion. Whether there had to
        be one is known when the client is: nobody learns from it who is registered for what. Raises `OAuthError`.
        """
        if not form.get("grant_type"):
            raise InvalidRequestError(Why.PARAMETER_MISSING)
        try:
            target = Target(self.profile.issuer, "/oauth/token")
            proof = self._proofs.check(dpop, "POST", target) if dpop else None
            request = BoundRequest(self.profile.token_endpoint, form, proof.thumbprint if proof else "")
            grant = self.get_token_grant(request)
            if not isinstance(grant, ClientCredentials):
                raise Defect("only one grant is registered")
            grant.validate_token_request()
        except OAuth2Error as error:
            raise _translated(error) from None
        proofs = (_assertion_of(request), *((proof.used,) if proof else ()))
        return PendingToken(grant, grant.client.client_id, proofs)

    def issue(self, pending: PendingToken) -> dict[str, object]:
        """Make the token of a request whose proofs were used up just now; the body of RFC 6749 section 5.1."""
        return pending.grant.issue()

    def begin_revocation(self, form: Mapping[str, str]) -> PendingRevocation:
        """Check a revocation request (RFC 7009 section 2.1). Raises `OAuthError`."""
        request = BoundRequest(self.profile.revocation_endpoint, form)
        endpoint = Revocation(self)
        authenticate: Callable[[BoundRequest], OAuthClient] = endpoint.authenticate_endpoint_client
        try:
            client = authenticate(request)
            token = endpoint.authenticate_token(request, client)
        except OAuth2Error as error:
            raise _translated(error) from None
        return PendingRevocation(token, client.client_id, (_assertion_of(request),))

    def access_tokens(self, thumbprint: str, details: Details) -> AccessTokens:
        """Return a maker of one token, bound to that key (to none without one) and limited to these details."""
        issued = int(self._world.clock.now().timestamp())
        binding = Binding(issued, encode(self._world.entropy.bytes(_JTI_BYTES)), thumbprint, details)
        make = AccessTokens if thumbprint else BearerTokens
        return make(self.profile, self._world.keys.active(), binding)

    def read_token(self, text: str) -> AccessToken:
        """Read a token this server made, bound or not. Raises `UnverifiableError`."""
        try:
            return read_access_token(text, self._world.keys, self.profile)
        except UnverifiableError:
            return read_bearer_token(text, self._world.keys, self.profile)

    @override
    def query_client(self, client_id: str) -> OAuthClient:
        """Return the client as claimed; an unknown one too, so that it costs the same (see `clients`)."""
        return OAuthClient(client_id, self._world.clients.client(client_id))

    @override
    def save_token(self, token: dict[str, str | int], request: OAuth2Request) -> None:
        """Keep nothing: a token is proven by its signature."""

    @override
    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody: Authlib's signals carry tokens."""

    def _authenticate(self, query_client: Callable[[str], OAuthClient], request: BoundRequest) -> OAuthClient | None:
        now = self._world.clock.now().timestamp()
        return PrivateKeyJWT(self.profile, self._decoys, now)(query_client, request)


def quiet_authlib() -> None:
    """Keep Authlib's debug lines off, which hold tokens and client ids, even where everything else is debugged."""
    logger = logging.getLogger("authlib")
    if logger.level < logging.INFO:
        logger.setLevel(logging.INFO)


def _assertion_of(request: BoundRequest) -> UsedProof:
    if request.assertion is None:
        raise Defect("a client was authenticated without an assertion")
    return request.assertion


def _translated(error: OAuth2Error) -> OAuthError:
    """Say in our words what Authlib refused; its descriptions name values and are dropped."""
    match error.error:
        case "invalid_client":
            return InvalidClientError(Why.MISSING)
        case "invalid_scope":
            return InvalidScopeError(Why.SCOPE)
        case "unsupported_grant_type":
            return UnsupportedGrantTypeError(Why.GRANT_TYPE)
        case _:
            return InvalidRequestError(Why.PARAMETER_MISSING)

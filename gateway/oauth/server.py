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

from gateway.core.access.certificates import NOBODY, Authorities
from gateway.core.access.token_details import Details
from gateway.core.callers import UsedProof
from gateway.core.errors import Defect
from gateway.core.ports import Clock, Entropy
from gateway.oauth import mutual_tls
from gateway.oauth.assertions import PrivateKeyJWT
from gateway.oauth.client_certificates import ClientCertificates
from gateway.oauth.clients import AUTHENTICATION, MUTUAL_TLS, Decoys, OAuthClient
from gateway.oauth.compact import encode
from gateway.oauth.constraints import Constraint, ToNothing
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
from gateway.oauth.introspection import Introspection
from gateway.oauth.ports import ClientDirectory, TokenKeys
from gateway.oauth.profile import LONGEST_SKEW, Profile
from gateway.oauth.requests import BoundRequest, ShownCertificate
from gateway.oauth.revocation import Revocation
from gateway.oauth.smart_tokens import BearerTokens
from gateway.oauth.tokens import AccessToken, AccessTokens, Binding, read_token

_JTI_BYTES: Final = 16
_ONCE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class PendingToken:
    """A token request in which everything is right and nothing is used up yet."""

    grant: ClientCredentials
    client_id: str
    proofs: tuple[UsedProof, ...]


@dataclass(frozen=True, slots=True)
class PendingRevocation:
    """A revocation request of an authenticated client; `token` is None where there is nothing of its own to revoke.

    A token that ran out longer ago than any clock may be wrong is nothing either: no node takes it any more.
    """

    token: AccessToken | None
    client_id: str
    proofs: tuple[UsedProof, ...]


@dataclass(frozen=True, slots=True)
class PendingIntrospection:
    """A question of an authenticated resource server; `token` is None where it may not know of it."""

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
    authorities: Authorities = NOBODY


class Server(AuthorizationServer):
    """One grant, two ways to authenticate, no state."""

    def __init__(self, profile: Profile, world: World, proofs: Proofs) -> None:
        super().__init__(scopes_supported=None)  # Each client's own scopes are looked at, in the words of its mode.
        self.profile = profile
        self._world = world
        self._proofs = proofs
        self._decoys = Decoys()
        self._certificates = ClientCertificates()
        self.register_grant(ClientCredentials)
        # The name in registrations and metadata; Authlib calls its own class client_assertion_jwt.
        self.register_client_auth_method(AUTHENTICATION, self._authenticate)
        self.register_client_auth_method(MUTUAL_TLS, mutual_tls.authenticate)
        quiet_authlib()

    def begin_token(
        self, form: Mapping[str, str], dpop: Sequence[str], certificates: Sequence[str] = ()
    ) -> PendingToken:
        """Check a token request: form, proof, client, resource and scope, in this order.

        `certificates` are the values of Client-Cert that came through the proxy's socket.

        The proof comes before the client so that a nonce challenge never meets a spent assertion. Whether there had to
        be one is known when the client is: nobody learns from it who is registered for what. Raises `OAuthError`.
        """
        if not form.get("grant_type"):
            raise InvalidRequestError(Why.PARAMETER_MISSING)
        try:
            target = Target(self.profile.issuer, "/oauth/token")
            proof = self._proofs.check(dpop, "POST", target) if dpop else None
            shown = self._shown(form, certificates)
            request = BoundRequest(self.profile.token_endpoint, form, proof.thumbprint if proof else "", shown)
            grant = self.get_token_grant(request)
            if not isinstance(grant, ClientCredentials):
                raise Defect("only one grant is registered")
            grant.validate_token_request()
        except OAuth2Error as error:
            raise _translated(error) from None
        proofs = (self._used(request), *((proof.used,) if proof else ()))
        return PendingToken(grant, grant.client.client_id, proofs)

    def issue(self, pending: PendingToken) -> dict[str, object]:
        """Make the token of a request whose proofs were used up just now; the body of RFC 6749 section 5.1."""
        return pending.grant.issue()

    def begin_introspection(self, form: Mapping[str, str]) -> PendingIntrospection:
        """Check an introspection request (RFC 7662 section 2.1). Raises `OAuthError`."""
        request = BoundRequest(self.profile.introspection_endpoint, form)
        token, client = self._found(request, Introspection(self))
        return PendingIntrospection(token, client.client_id, (self._used(request),))

    def is_over(self, token: AccessToken) -> bool:
        """Tell whether a token has run out."""
        return token.is_over(self._world.clock.now().timestamp())

    def begin_revocation(self, form: Mapping[str, str], certificates: Sequence[str]) -> PendingRevocation:
        """Check a revocation request (RFC 7009 section 2.1). Raises `OAuthError`."""
        request = BoundRequest(self.profile.revocation_endpoint, form, certificate=self._shown(form, certificates))
        token, client = self._found(request, Revocation(self))
        live = token if token and token.expires + LONGEST_SKEW > self._world.clock.now().timestamp() else None
        return PendingRevocation(live, client.client_id, (self._used(request),))

    def _found(
        self, request: BoundRequest, endpoint: Introspection | Revocation
    ) -> tuple[AccessToken | None, OAuthClient]:
        """Return the token a request is about, as far as its client may know of it, and that client."""
        authenticate: Callable[[BoundRequest], OAuthClient] = endpoint.authenticate_endpoint_client
        try:
            client = authenticate(request)
            return endpoint.authenticate_token(request, client), client
        except OAuth2Error as error:
            raise _translated(error) from None

    def access_tokens(self, constraint: Constraint, details: Details, audience: str) -> AccessTokens:
        """Return a maker of one token for that audience, bound to that and limited to these details."""
        issued = int(self._world.clock.now().timestamp())
        binding = Binding(issued, encode(self._world.entropy.bytes(_JTI_BYTES)), constraint, details, audience)
        make = BearerTokens if isinstance(constraint, ToNothing) else AccessTokens
        return make(self.profile, self._world.keys.active(), binding)

    def read_token(self, text: str) -> AccessToken:
        """Read a token this server made, bound or not, whoever it is for. Raises `UnverifiableError`."""
        return read_token(text, self._world.keys, self.profile.issuer)

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

    def _used(self, request: BoundRequest) -> UsedProof:
        """Return what is used up for how the client authenticated; for mutual TLS, which replays nothing, a name drawn.

        So that every token is preceded by the transaction that looks whether its client is still enabled.
        """
        if request.assertion is not None:
            return request.assertion
        if request.certificate is None:
            raise Defect("a client was authenticated with nothing")
        now = int(self._world.clock.now().timestamp())
        return UsedProof(self._world.entropy.bytes(_ONCE_BYTES), now + LONGEST_SKEW)

    def _shown(self, form: Mapping[str, str], certificates: Sequence[str]) -> ShownCertificate | None:
        """Read the certificate of a request that came with one, whoever it says it is. Raises `InvalidClientError`.

        A request with an assertion authenticates by that alone, whatever its TLS showed.
        """
        if not certificates or form.get("client_assertion"):
            return None
        now = self._world.clock.now()
        try:
            certificate = self._certificates.shown(certificates, now)
        except UnverifiableError as error:
            raise InvalidClientError(error.why) from None
        return ShownCertificate(certificate, self._world.authorities.vouch_for(certificate, now), now)


def quiet_authlib() -> None:
    """Keep Authlib's debug lines off, which hold tokens and client ids, even where everything else is debugged."""
    logger = logging.getLogger("authlib")
    if logger.level < logging.INFO:
        logger.setLevel(logging.INFO)


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

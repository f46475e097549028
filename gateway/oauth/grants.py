"""The one grant: client_credentials (RFC 6749 section 4.4). There is no code, no password, no refresh.

Validation and issue are two steps, because between them the assertion and the proof are used up, which is awaited.
"""

from collections.abc import Collection
from typing import Protocol, assert_never

from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from typing_extensions import override

from gateway.core.access.client_modes import ClientMode
from gateway.core.access.token_details import Details
from gateway.oauth.clients import AUTHENTICATION, MUTUAL_TLS, OAuthClient
from gateway.oauth.constraints import Constraint, ToCertificate, ToKey, ToNothing
from gateway.oauth.details import granted
from gateway.oauth.errors import (
    InvalidDPoPProofError,
    InvalidRequestError,
    InvalidTargetError,
    UnauthorizedClientError,
    Why,
)
from gateway.oauth.ports import RegisteredClient
from gateway.oauth.profile import Profile
from gateway.oauth.requests import BoundRequest
from gateway.oauth.tokens import AccessTokens, limits


class Issuer(Protocol):
    """What the grant needs of its server."""

    profile: Profile

    def access_tokens(self, constraint: Constraint, details: Details, audience: str) -> AccessTokens:
        """Return a maker of one token for that audience, bound to that and limited to these details."""
        ...


class ClientCredentials(ClientCredentialsGrant):
    """Authlib's grant, with the profile's bounds around it."""

    TOKEN_ENDPOINT_AUTH_METHODS: Collection[str] = (AUTHENTICATION, MUTUAL_TLS)

    def __init__(self, request: BoundRequest, server: Issuer) -> None:
        super().__init__(request, server)
        self._bound = request
        self._issuer = server
        self._details: Details = ()
        self._constraint: Constraint = ToNothing()
        self._audience = server.profile.resource

    @override
    def validate_token_request(self) -> None:
        """Authenticate the client, then check everything that could still refuse. Uses nothing up, makes nothing."""
        super().validate_token_request()
        client: OAuthClient = self.client
        registered, form = client.registered, self._bound.form
        self._constraint = self._bound_to(registered.mode)
        self._audience = self._asked_for(registered, form.get("resource"))
        self.request.scope = client.get_allowed_scope(form.get("scope"))
        self._details = granted(form.get("authorization_details"), registered.rights.limit)

    @override
    def generate_token(
        self,
        user: None = None,
        scope: str | None = None,
        grant_type: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = False,
    ) -> dict[str, str | int]:
        """Make the token, bound to what the request was checked to show."""
        make = self._issuer.access_tokens(self._constraint, self._details, self._audience)
        return make(self.GRANT_TYPE, self.client, scope=scope, include_refresh_token=False)

    def _bound_to(self, mode: ClientMode) -> Constraint:
        """Return what the token will be bound to: the registration says it, and the request must show just that."""
        proof, shown = self._bound.thumbprint, self._bound.certificate
        match mode:
            case ClientMode.DPOP if proof:
                return ToKey(proof)
            case ClientMode.DPOP:
                raise InvalidDPoPProofError(Why.MISSING)
            case ClientMode.SMART if not proof:
                return ToNothing()
            case ClientMode.MTLS if shown is not None and not proof:
                return ToCertificate(shown.certificate.thumbprint)
            case ClientMode.RESOURCE_SERVER:
                raise UnauthorizedClientError(Why.MODE)
            case ClientMode.SMART | ClientMode.MTLS:
                raise InvalidRequestError(Why.MODE)
            case _:
                assert_never(mode)

    def _asked_for(self, client: RegisteredClient, resource: str | None) -> str:
        """Return whom the token is for: this gateway, or a resource server the client is registered for (RFC 8707)."""
        profile = self._issuer.profile
        ours = profile.fhir if client.mode is ClientMode.SMART else profile.resource
        if resource is None or resource == ours:
            return ours
        if client.mode is ClientMode.SMART or resource not in client.rights.resources:
            raise InvalidTargetError(Why.RESOURCE)
        return resource

    def issue(self) -> dict[str, object]:
        """Make the answer to a validated request whose proofs were used up.

        Authlib's `create_token_response` does the same and writes the whole token into its debug log; nothing calls it.
        """
        return {**self.generate_token(scope=self.request.scope), **limits(self._details)}

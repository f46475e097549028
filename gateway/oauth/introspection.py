"""Token introspection (RFC 7662): a registered resource server asks whether a token it was shown is good, and for what.

It hears of tokens made for itself and of no others. For every other token, unknown, broken, foreign, expired or taken
back, the answer is the same and says nothing. A bound token is good only for whoever shows what it is bound to: `cnf`
is told so that the resource server looks (RFC 9449 section 6.2, RFC 8705 section 3.2).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from typing_extensions import override

from gateway.core.access.scopes import Scope
from gateway.oauth.clients import AUTHENTICATION, OAuthClient
from gateway.oauth.constraints import confirmation, scheme
from gateway.oauth.errors import InvalidRequestError, UnauthorizedClientError, UnverifiableError, Why
from gateway.oauth.requests import BoundRequest
from gateway.oauth.revocation import TokenReader
from gateway.oauth.tokens import AccessToken, limits

INACTIVE: Final[Mapping[str, object]] = MappingProxyType({"active": False})


class Introspection(IntrospectionEndpoint):
    """Authlib's endpoint up to the token; whether it still holds is asked by `endpoints`."""

    CLIENT_AUTH_METHODS = (AUTHENTICATION,)

    def __init__(self, server: TokenReader) -> None:
        super().__init__(server)
        self._reader = server

    @override
    def authenticate_token(self, request: BoundRequest, client: OAuthClient) -> AccessToken | None:
        """Return a token made for this resource server, or None for any other.

        Raises `UnauthorizedClientError` for a client that is no resource server: it would only be guessing.
        """
        audience = client.registered.rights.audience
        if audience is None:
            raise UnauthorizedClientError(Why.MODE)
        text = request.form.get("token")
        if text is None:
            raise InvalidRequestError(Why.PARAMETER_MISSING)
        try:
            token = self._reader.read_token(text)
        except UnverifiableError:
            return None
        return token if token.audience == audience else None


def described(token: AccessToken, issuer: str) -> dict[str, object]:
    """Return what a resource server is told of a token that holds (RFC 7662 section 2.2, RFC 9396 section 9.2)."""
    return {
        "active": True,
        "iss": issuer,
        "aud": token.audience,
        "client_id": token.client_id,
        "sub": token.client_id,
        "agency": token.agency,
        "scope": " ".join(scope.value for scope in Scope if scope in token.scopes),
        "token_type": scheme(token.constraint),
        "iat": token.issued,
        "exp": token.expires,
        "jti": token.jti,
        **limits(token.details),
        **confirmation(token.constraint),
    }

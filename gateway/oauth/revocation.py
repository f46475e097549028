"""Token revocation (RFC 7009): a client takes back a token of its own; every other request to do so changes nothing."""

from typing import Protocol

from authlib.oauth2.rfc7009 import RevocationEndpoint
from typing_extensions import override

from gateway.oauth.clients import AUTHENTICATION, MUTUAL_TLS, OAuthClient
from gateway.oauth.errors import InvalidRequestError, UnverifiableError, Why
from gateway.oauth.requests import BoundRequest
from gateway.oauth.tokens import AccessToken


class TokenReader(Protocol):
    """What the endpoint needs of its server."""

    def read_token(self, text: str) -> AccessToken:
        """Read a token this server made. Raises `UnverifiableError`."""
        ...


class Revocation(RevocationEndpoint):
    """Authlib's endpoint up to the token; the revocation itself is awaited by `endpoints`."""

    CLIENT_AUTH_METHODS = (AUTHENTICATION, MUTUAL_TLS)

    def __init__(self, server: TokenReader) -> None:
        super().__init__(server)
        self._reader = server

    @override
    def authenticate_token(self, request: BoundRequest, client: OAuthClient) -> AccessToken | None:
        """Return the client's own token, or None for an unknown, foreign or broken one.

        None is no error (RFC 7009 section 2.2). token_type_hint is a hint and is not read: there is one kind of token.
        """
        text = request.form.get("token")
        if text is None:
            raise InvalidRequestError(Why.PARAMETER_MISSING)
        try:
            token = self._reader.read_token(text)
        except UnverifiableError:
            return None
        return token if token.client_id == client.client_id else None

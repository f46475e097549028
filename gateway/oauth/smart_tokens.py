"""Access tokens that are bound to no key, for SMART clients: how they are made, and how they are read back.

Good for the FHIR endpoint and nowhere else: that is their audience, and no other door reads a token without a key.
"""

from authlib.oauth2.rfc6749 import ClientMixin
from typing_extensions import override

from gateway.core.access.scopes import Scope
from gateway.oauth.clients import OAuthClient
from gateway.oauth.errors import UnverifiableError, Why
from gateway.oauth.ports import TokenKeys
from gateway.oauth.profile import Profile
from gateway.oauth.smart_scopes import told
from gateway.oauth.tokens import AccessToken, AccessTokens, read_claims, token_of


class BearerTokens(AccessTokens):
    """Makes one token that is bound to no key, for the FHIR endpoint."""

    @override
    def get_audiences(self, client: OAuthClient, user: None, scope: str) -> str:
        """Return the FHIR endpoint, so that no other accepts the token."""
        return self._profile.fhir

    @override
    def generate(
        self,
        grant_type: str,
        client: ClientMixin,
        user: None = None,
        scope: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = False,
    ) -> dict[str, str | int]:
        """Make the answer; its scopes are in the words of SMART."""
        answer = super().generate(grant_type, client, user, scope, expires_in, include_refresh_token=False)
        return {**answer, "scope": told([Scope(name) for name in (scope or "").split()])}


def read_bearer_token(text: str, keys: TokenKeys, profile: Profile) -> AccessToken:
    """Verify that this gateway signed the token for its FHIR endpoint, bound to nothing. Raises `UnverifiableError`."""
    kid, claims = read_claims(text, keys, profile.issuer, profile.fhir)
    if "cnf" in claims:
        raise UnverifiableError(Why.BINDING)
    return token_of(claims, kid)

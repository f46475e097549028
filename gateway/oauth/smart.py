"""SMART Backend Services (SMART App Launch 2.2): how FHIR systems that know no DPoP are told of it, and recognised.

A bearer token is as good as its secrecy. So such tokens are good for the FHIR endpoint and nowhere else, carry no more
than a person registered, and live as briefly as any. Who gets one is said in the registration, never in a request.
"""

from collections.abc import Sequence
from typing import Final

from gateway.core.callers import Caller, UsedProof
from gateway.oauth.algorithms import ALGORITHMS
from gateway.oauth.clients import AUTHENTICATION, GRANT
from gateway.oauth.errors import InvalidBearerTokenError, UnverifiableError, Why
from gateway.oauth.ports import Revocations
from gateway.oauth.profile import LONGEST_SKEW, Profile
from gateway.oauth.server import World
from gateway.oauth.smart_scopes import supported
from gateway.oauth.smart_tokens import read_bearer_token
from gateway.oauth.tokens import caller_of
from gateway.oauth.verifier import Verifier

SMART_PATH: Final = "/fhir/.well-known/smart-configuration"

_ONCE_BYTES: Final = 32


class FhirVerifier:
    """Says who sent a request to the FHIR endpoint: bound tokens as everywhere, and bearer tokens of SMART clients."""

    def __init__(self, bound: Verifier, world: World, profile: Profile, revocations: Revocations) -> None:
        self._bound = bound
        self._world = world
        self._profile = profile
        self._revocations = revocations

    def verify(
        self,
        authorization: Sequence[str],
        dpop: Sequence[str],
        method: str,
        path: str,
        certificates: Sequence[str] = (),
    ) -> Caller:
        """Return who sent the request with these header values. Raises CallerRefusedError.

        A bearer token proves nothing about one request, so what is used up for it is drawn here, and never repeats.
        """
        scheme, _, text = authorization[0].partition(" ") if len(authorization) == 1 else ("", "", "")
        if scheme.lower() != "bearer":
            return self._bound.verify(authorization, dpop, method, path, certificates)
        if dpop:
            raise InvalidBearerTokenError(Why.BINDING)
        now = self._world.clock.now().timestamp()
        try:
            token = read_bearer_token(text, self._world.keys, self._profile)
        except UnverifiableError as error:
            if error.why is Why.AUDIENCE:  # Bound to a certificate, perhaps: that comes under the same scheme.
                return self._bound.verify(authorization, dpop, method, path, certificates)
            raise InvalidBearerTokenError(error.why) from None
        if token.is_over(now):
            raise InvalidBearerTokenError(Why.EXPIRED)
        if self._revocations.is_revoked(token.client_id, token.jti):
            raise InvalidBearerTokenError(Why.REVOKED)
        once = UsedProof(self._world.entropy.bytes(_ONCE_BYTES), int(now) + LONGEST_SKEW)
        return caller_of(token, once)

    def fresh_nonce(self) -> str:
        """Return the newest nonce, for clients whose tokens are bound."""
        return self._bound.fresh_nonce()


def describe_smart(profile: Profile) -> dict[str, object]:
    """Return the SMART configuration: what a backend service needs, and no more than there is."""
    return {
        "issuer": profile.issuer,
        "jwks_uri": profile.jwks_uri,
        "token_endpoint": profile.token_endpoint,
        "revocation_endpoint": profile.revocation_endpoint,
        "grant_types_supported": [GRANT],
        "token_endpoint_auth_methods_supported": [AUTHENTICATION],
        "token_endpoint_auth_signing_alg_values_supported": [*ALGORITHMS],
        "scopes_supported": supported(),
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }

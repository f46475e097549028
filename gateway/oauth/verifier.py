"""Who sent this API request: access token and DPoP proof (RFC 9449 section 7), in memory and in one go.

Stands on the accept path, so what repeats is remembered: verified tokens by their hash until they expire, proof keys by
their header. The kill switch and the clock are asked every time. Does NOT use the proof up: the returned `Caller` is
who it says only once the transaction that confirms the request has inserted `Caller.proof`. Reads tokens from the
header only.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from gateway.core.callers import Caller
from gateway.core.ports import Clock
from gateway.oauth.caches import Bounded
from gateway.oauth.compact import encode
from gateway.oauth.dpop import Proofs, Target, TokenBinding
from gateway.oauth.errors import InvalidTokenError, UnverifiableError, Why
from gateway.oauth.nonces import Nonces
from gateway.oauth.ports import Revocations, TokenKeys
from gateway.oauth.profile import Profile
from gateway.oauth.tokens import AccessToken, caller_of, read_access_token

_TOKENS_REMEMBERED: Final = 4096


class Verifier:
    """Verifies API requests. One for the process; safe between threads."""

    def __init__(
        self, profile: Profile, keys: TokenKeys, revocations: Revocations, nonces: Nonces, clock: Clock
    ) -> None:
        self._profile = profile
        self._origin = profile.resource_origin
        self._keys = keys
        self._revocations = revocations
        self._nonces = nonces
        self._clock = clock
        self._proofs = Proofs(profile, nonces, clock)
        self._tokens: Bounded[bytes, AccessToken] = Bounded(_TOKENS_REMEMBERED)

    def verify(
        self, authorization_headers: Sequence[str], dpop_headers: Sequence[str], method: str, path: str
    ) -> Caller:
        """Return who sent the request with these header values.

        `path` is the path as the router sees it, percent-decoded and without query; the rest of the URL is the
        configured one. Raises `InvalidTokenError`, `InvalidDPoPProofError` or `UseDPoPNonceError`, all of them
        `CallerRefusedError`.
        """
        text = _one_token(authorization_headers)
        digest = sha256(text.encode("ascii", "replace")).digest()
        token = self._token(text, digest)
        if self._revocations.is_revoked(token.client_id, token.jti):
            raise InvalidTokenError(Why.REVOKED)
        binding = TokenBinding(encode(digest), token.thumbprint)
        proof = self._proofs.check(dpop_headers, method, Target(self._origin, path), binding)
        return caller_of(token, proof.used)

    def fresh_nonce(self) -> str:
        """Return the newest nonce, for the DPoP-Nonce header of any answer (RFC 9449 section 8.2)."""
        return self._nonces.fresh()

    def _token(self, text: str, digest: bytes) -> AccessToken:
        token = self._tokens.get(digest)
        if token is None:
            try:
                token = read_access_token(text, self._keys, self._profile)
            except UnverifiableError as error:
                raise InvalidTokenError(error.why) from None
            self._tokens.put(digest, token)
        elif all(key.kid != token.kid for key in self._keys.published()):
            self._tokens.drop(digest)
            raise InvalidTokenError(Why.KEY)
        if token.expires <= self._clock.now().timestamp():
            self._tokens.drop(digest)
            raise InvalidTokenError(Why.EXPIRED)
        return token


def _one_token(headers: Sequence[str]) -> str:
    if not headers:
        raise InvalidTokenError(Why.MISSING)
    if len(headers) > 1:
        raise InvalidTokenError(Why.REPEATED)
    scheme, _, text = headers[0].partition(" ")
    if scheme.lower() != "dpop" or not text:
        # Another scheme (Bearer, Basic) shows no credentials for this one.
        raise InvalidTokenError(Why.MISSING)
    return text

"""Who sent this API request: access token and what it is bound to (RFC 9449 section 7), in memory and in one go.

Stands on the accept path, so what repeats is remembered: verified tokens by their hash until they expire, proof keys by
their header. The kill switch and the clock are asked every time. Does NOT use the proof up: the returned `Caller` is
who it says only once the transaction that confirms the request has inserted `Caller.proof`. Reads tokens from the
header only.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, assert_never

from gateway.core.callers import Caller, UsedProof
from gateway.core.ports import Clock, Entropy
from gateway.oauth.caches import Bounded
from gateway.oauth.client_certificates import ClientCertificates
from gateway.oauth.compact import encode
from gateway.oauth.constraints import ToCertificate, ToKey, ToNothing, scheme
from gateway.oauth.dpop import Proofs, Target, TokenBinding
from gateway.oauth.errors import InvalidBearerTokenError, InvalidTokenError, UnverifiableError, Why
from gateway.oauth.nonces import Nonces
from gateway.oauth.ports import Revocations, TokenKeys
from gateway.oauth.profile import LONGEST_SKEW, Profile
from gateway.oauth.tokens import AccessToken, caller_of, read_access_token

_TOKENS_REMEMBERED: Final = 4096
_ONCE_BYTES: Final = 32
_SCHEMES: Final = frozenset({"dpop", "bearer"})


class Verifier:
    """Verifies API requests. One for the process; safe between threads."""

    def __init__(
        self,
        profile: Profile,
        keys: TokenKeys,
        revocations: Revocations,
        nonces: Nonces,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._profile = profile
        self._origin = profile.resource_origin
        self._keys = keys
        self._revocations = revocations
        self._nonces = nonces
        self._clock = clock
        self._entropy = entropy
        self._certificates = ClientCertificates()
        self._proofs = Proofs(profile, nonces, clock)
        self._tokens: Bounded[bytes, AccessToken] = Bounded(_TOKENS_REMEMBERED)

    def verify(
        self,
        authorization: Sequence[str],
        dpop: Sequence[str],
        method: str,
        path: str,
        certificates: Sequence[str] = (),
    ) -> Caller:
        """Return who sent the request with these header values; the only place that looks at what a token is bound to.

        `path` is the path as the router sees it, percent-decoded and without query; the rest of the URL is the
        configured one. `certificates` are the values of Client-Cert that came through the proxy's socket. Raises
        `InvalidTokenError`, `InvalidDPoPProofError` or `UseDPoPNonceError`, all of them `CallerRefusedError`.
        """
        shown_as, text = _one_token(authorization)
        try:
            return self._verified(shown_as, text, method, path, (dpop, certificates))
        except InvalidTokenError as error:
            raise (InvalidBearerTokenError(error.reason) if shown_as == "bearer" else error) from None

    def fresh_nonce(self) -> str:
        """Return the newest nonce, for the DPoP-Nonce header of any answer (RFC 9449 section 8.2)."""
        return self._nonces.fresh()

    def _verified(
        self, shown_as: str, text: str, method: str, path: str, shown: tuple[Sequence[str], Sequence[str]]
    ) -> Caller:
        digest, (dpop, certificates) = sha256(text.encode("ascii", "replace")).digest(), shown
        token = self._token(text, digest)
        if shown_as != scheme(token.constraint).lower():
            raise InvalidTokenError(Why.BINDING)
        if self._revocations.is_revoked(token.client_id, token.jti):
            raise InvalidTokenError(Why.REVOKED)
        match token.constraint:
            case ToKey(thumbprint):
                binding = TokenBinding(encode(digest), thumbprint)
                used = self._proofs.check(dpop, method, Target(self._origin, path), binding).used
            case ToCertificate(thumbprint):
                used = self._certified(thumbprint, certificates, dpop)
            case ToNothing():
                raise InvalidTokenError(Why.BINDING)
            case _:
                assert_never(token.constraint)
        return caller_of(token, used)

    def _certified(self, thumbprint: str, certificates: Sequence[str], dpop: Sequence[str]) -> UsedProof:
        """Check the certificate of this request's TLS (RFC 8705 section 3); return a name drawn to be used up.

        TLS replays nothing, so nothing in the request is good for one use only. Raises `InvalidTokenError`.
        """
        now = self._clock.now()
        try:
            certificate = self._certificates.shown(certificates, now)
        except UnverifiableError as error:
            raise InvalidTokenError(error.why) from None
        if dpop or certificate.thumbprint != thumbprint:
            raise InvalidTokenError(Why.BINDING)
        return UsedProof(self._entropy.bytes(_ONCE_BYTES), int(now.timestamp()) + LONGEST_SKEW)

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
        if token.is_over(self._clock.now().timestamp()):
            self._tokens.drop(digest)
            raise InvalidTokenError(Why.EXPIRED)
        return token


def _one_token(headers: Sequence[str]) -> tuple[str, str]:
    """Return scheme, in lower case, and token."""
    if not headers:
        raise InvalidTokenError(Why.MISSING)
    if len(headers) > 1:
        raise InvalidTokenError(Why.REPEATED)
    shown_as, _, text = headers[0].partition(" ")
    if shown_as.lower() not in _SCHEMES or not text:
        # Another scheme (Basic) shows no credentials for this one.
        raise InvalidTokenError(Why.MISSING)
    return shown_as.lower(), text

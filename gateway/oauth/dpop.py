"""DPoP proofs (RFC 9449 section 4.3): shows that the sender of this very request holds a private key.

Checked here: one header; typ; algorithm of the closed list; public key of that kind; signature; method; URL as
configured, never as the Host header says; token hash at the API; age; nonce. NOT done here: using the proof up.
`Proof.used` must be inserted, once, by whoever lets the request have an effect. A refusal uses nothing up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import unquote, urlsplit

from joserfc.jwk import Key

from gateway.core.callers import UsedProof
from gateway.core.ports import Clock
from gateway.oauth.caches import Bounded
from gateway.oauth.compact import Compact, read_header, read_object, seconds, split, token_id
from gateway.oauth.errors import InvalidDPoPProofError, InvalidTokenError, UnverifiableError, UseDPoPNonceError, Why
from gateway.oauth.keys import check_signature, public_key
from gateway.oauth.nonces import Nonces
from gateway.oauth.profile import LONGEST_SKEW, Profile

_NAMES: Final = frozenset({"typ", "alg", "jwk"})
_TYPES: Final[frozenset[str | None]] = frozenset({"dpop+jwt"})
_URL: Final = re.compile(r"[!-~]{1,2048}")
_TELLING: Final = frozenset("%?#")
"""Without these a URL reads the same before and after decoding."""
_KEYS_REMEMBERED: Final = 1024


@dataclass(frozen=True, slots=True)
class Proof:
    """A verified proof: the thumbprint of the key (RFC 7638) and the name under which it must be used up."""

    thumbprint: str
    used: UsedProof


@dataclass(frozen=True, slots=True)
class TokenBinding:
    """What a proof must show at the API: the access token's hash (claim ath) and the key it is bound to (cnf.jkt)."""

    token_hash: str
    thumbprint: str


@dataclass(frozen=True, slots=True)
class Target:
    """The URL of a request: the configured origin, and the path as the router sees it, percent-decoded."""

    origin: str
    path: str

    def is_named_by(self, htu: object) -> bool:
        """Compare with the claim htu, ignoring query and fragment (RFC 9449 section 4.3, step 9)."""
        if not isinstance(htu, str):
            return False
        if htu == self.origin + self.path and _TELLING.isdisjoint(htu):
            return True
        if _URL.fullmatch(htu) is None:
            return False
        try:
            claimed = urlsplit(htu)
            return _authority(htu) == _authority(self.origin) and (unquote(claimed.path) or "/") == (self.path or "/")
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class _ProofKey:
    algorithm: str
    key: Key
    thumbprint: str


class Proofs:
    """Checks proofs. Remembers the keys it has seen sign, by the exact header they came in."""

    def __init__(self, profile: Profile, nonces: Nonces, clock: Clock) -> None:
        self._profile = profile
        self._nonces = nonces
        self._clock = clock
        self._keys: Bounded[str, _ProofKey] = Bounded(_KEYS_REMEMBERED)

    def check(self, headers: Sequence[str], method: str, target: Target, binding: TokenBinding | None = None) -> Proof:
        """Verify the proof among the values of the DPoP header; `binding` where there is an access token.

        Raises `InvalidDPoPProofError`; `InvalidTokenError` when the token is bound to another key; `UseDPoPNonceError`
        when all is well but the nonce.
        """
        if len(headers) != 1:
            raise InvalidDPoPProofError(Why.REPEATED if headers else Why.MISSING)
        try:
            jws = split(headers[0])
            found = self._keys.get(jws.header)
            signer = found or _read_key(jws.header)
            if binding is not None and signer.thumbprint != binding.thumbprint:
                raise InvalidTokenError(Why.BINDING)
            check_signature(jws, signer.algorithm, signer.key)
            if found is None:
                self._keys.put(jws.header, signer)
            used = self._check_claims(jws, signer.thumbprint, method, target, binding)
        except UnverifiableError as error:
            raise InvalidDPoPProofError(error.why) from None
        return Proof(signer.thumbprint, used)

    def _check_claims(
        self, jws: Compact, thumbprint: str, method: str, target: Target, binding: TokenBinding | None
    ) -> UsedProof:
        claims = read_object(jws.payload)
        jti, made = token_id(claims), seconds(claims, "iat")
        if claims.get("htm") != method:
            raise UnverifiableError(Why.METHOD)
        if not target.is_named_by(claims.get("htu")):
            raise UnverifiableError(Why.TARGET)
        if binding is not None and claims.get("ath") != binding.token_hash:
            raise UnverifiableError(Why.TOKEN_HASH)
        now = self._clock.now().timestamp()
        if made > now + self._profile.skew:
            raise UnverifiableError(Why.NOT_YET)
        if made < now - self._profile.proof_lifetime:
            raise UnverifiableError(Why.EXPIRED)
        # Last, so that a client is asked to try again only where trying again will help.
        if not self._nonces.accepts(claims.get("nonce")):
            raise UseDPoPNonceError(Why.NONCE, self._nonces.fresh())
        name = sha256(f"{thumbprint}|{jti}".encode("ascii")).digest()
        return UsedProof(name, made + self._profile.proof_lifetime + LONGEST_SKEW)


def _read_key(segment: str) -> _ProofKey:
    """Read the key out of a proof's header. It is the sender's own claim until the signature holds."""
    header = read_header(segment, names=_NAMES, types=_TYPES)
    algorithm = str(header["alg"])
    key = public_key(header.get("jwk"), algorithm)
    return _ProofKey(algorithm, key, key.thumbprint())


def _authority(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port in comparable form (RFC 3986 section 6.2.3). Raises ValueError."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise ValueError
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)

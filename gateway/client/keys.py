"""A private key of an agency's system, and what is signed with it: client assertions and proofs of possession.

The key stays in this process. Its public half is what the operator registers (`referral-gateway client add`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from gateway.client.errors import MisconfiguredError
from gateway.client.ports import Clock, Entropy
from gateway.core.encoding import base64url

_CURVES: Final = {"P-256": "ES256", "P-384": "ES384", "Ed25519": "Ed25519"}
_RSA: Final = "PS256"
_ONCE_BYTES: Final = 16
_ASSERTION_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with the id under which its public half is registered."""

    jwk: ECKey | OKPKey | RSAKey
    kid: str
    algorithm: str
    """By its kind: ES256, ES384, Ed25519 or PS256."""

    @classmethod
    def of(cls, jwk: ECKey | OKPKey | RSAKey, kid: str | None = None) -> "SigningKey":
        """Take a key; where it has no id and none is given, its thumbprint (RFC 7638) is. Raises MisconfiguredError."""
        algorithm = _RSA if isinstance(jwk, RSAKey) else _CURVES.get(str(jwk.curve_name))
        if algorithm is None or not jwk.is_private:
            raise MisconfiguredError("not a private P-256, P-384, Ed25519 or RSA key")
        return cls(jwk, kid or jwk.kid or jwk.thumbprint(), algorithm)

    @classmethod
    def from_jwk(cls, document: Mapping[str, str | list[str]]) -> "SigningKey":
        """Read a JWK (RFC 7517). Raises MisconfiguredError."""
        try:
            jwk = JWKRegistry.import_key({**document})
        except (JoseError, ValueError, KeyError, TypeError):
            raise MisconfiguredError("not a key (RFC 7517)") from None
        if not isinstance(jwk, ECKey | OKPKey | RSAKey):
            raise MisconfiguredError("not a private P-256, P-384, Ed25519 or RSA key")
        return cls.of(jwk)

    @classmethod
    def from_file(cls, file: Path | str) -> "SigningKey":
        """Read a JWK from a file. Raises MisconfiguredError."""
        try:
            document = json.loads(Path(file).read_bytes())
        except (OSError, ValueError):
            raise MisconfiguredError("the key file cannot be read") from None
        if not isinstance(document, dict):
            raise MisconfiguredError("not a key (RFC 7517)")
        return cls.from_jwk(document)

    def public(self) -> dict[str, str | list[str]]:
        """Return the public half, as it is registered."""
        return {**self.jwk.as_dict(private=False), "kid": self.kid}

    def sign(self, header: Mapping[str, object], claims: Mapping[str, object]) -> str:
        """Return a JWT in compact form."""
        return jwt.encode({**header, "alg": self.algorithm}, {**claims}, self.jwk, algorithms=[self.algorithm])


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: a registered client with its key; without one where a certificate is shown instead (RFC 8705).

    Every assertion and every proof is another one.
    """

    client_id: str
    key: SigningKey | None
    clock: Clock
    entropy: Entropy

    def assertion(self, audience: str, typ: str) -> str:
        """Say who asks for a token (RFC 7523, draft rfc7523bis), for a minute."""
        now = self._now()
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": audience,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": self._once(),
        }
        key = self._key()
        return key.sign({"kid": key.kid, "typ": typ}, claims)

    def proof(self, method: str, url: str, token: str = "", nonce: str = "") -> str:
        """Prove for one request that this process holds the key (RFC 9449); `url` has no query."""
        claims: dict[str, object] = {"jti": self._once(), "htm": method, "htu": url, "iat": self._now()}
        if token:
            claims["ath"] = base64url(hashlib.sha256(token.encode()).digest())
        if nonce:
            claims["nonce"] = nonce
        key = self._key()
        public = {name: value for name, value in key.public().items() if name != "kid"}
        return key.sign({"typ": "dpop+jwt", "jwk": public}, claims)

    def _key(self) -> SigningKey:
        if self.key is None:
            raise MisconfiguredError("a client that shows a certificate signs nothing")
        return self.key

    def _once(self) -> str:
        return self.entropy.bytes(_ONCE_BYTES).hex()

    def _now(self) -> int:
        return int(self.clock.now().timestamp())

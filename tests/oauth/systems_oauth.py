"""An agency's system as a test plays it: its keys, its assertions and proofs, and every way to sign them wrongly.

Signing here shares nothing with the code under test but the library's raw signature, so that any header can be written.
"""

import base64
import hashlib
import itertools
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from oauth.fakes_oauth import SetClock

from gateway.core.access.scopes import Scope
from gateway.oauth.ports import RegisteredClient

ISSUER: Final = "https://gateway.example"
RESOURCE: Final = "https://gateway.example/api"
TOKEN_URL: Final = f"{ISSUER}/oauth/token"
REVOKE_URL: Final = f"{ISSUER}/oauth/revoke"
API_PATH: Final = "/api/referrals"
API_URL: Final = f"{ISSUER}{API_PATH}"
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

ABSENT: Final = object()
"""As a changed value: leave the member out."""

_numbers = itertools.count(1)


@cache
def a_key(algorithm: str, name: str = "key") -> Key:
    """Return a private key for that algorithm; one for each name, made once a run."""
    match algorithm:
        case "ES256" | "ES384":
            return ECKey.generate_key({"ES256": "P-256", "ES384": "P-384"}[algorithm], {"kid": name})
        case "Ed25519" | "EdDSA":
            return OKPKey.generate_key("Ed25519", {"kid": name})
        case _:
            return RSAKey.generate_key(2048, {"kid": name})


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign_raw(header: str, payload: str, key: Key, algorithm: str) -> str:
    """Sign any text as header and payload."""
    head = f"{b64(header.encode())}.{b64(payload.encode())}"
    return f"{head}.{b64(JWSRegistry.algorithms[algorithm].sign(head.encode(), key))}"


def sign(header: dict[str, object], claims: object, key: Key, algorithm: str | None = None) -> str:
    """Sign with the algorithm the header names, or secretly with another."""
    return sign_raw(json.dumps(header), json.dumps(claims), key, algorithm or str(header["alg"]))


def changed(base: dict[str, object], changes: dict[str, object]) -> dict[str, object]:
    """Put the changes over the base and leave out what is ABSENT."""
    return {name: value for name, value in {**base, **changes}.items() if value is not ABSENT}


@dataclass
class System:
    """One agency's system. `algorithm` signs its assertions, `proof_algorithm` its proofs."""

    clock: SetClock
    client_id: str = "shelter-one"
    algorithm: str = "ES256"
    proof_algorithm: str = "ES256"
    key: Key = field(default=None)
    proof_key: Key = field(default=None)

    def __post_init__(self) -> None:
        self.key = self.key or a_key(self.algorithm, self.client_id)
        self.proof_key = self.proof_key or a_key(self.proof_algorithm, f"{self.client_id}-proof")

    def registration(self, **changes: object) -> RegisteredClient:
        """Return this system as a person would register it."""
        facts: dict[str, object] = {
            "client_id": self.client_id,
            "agency": f"agency-of-{self.client_id}",
            "jwks": [self.key.as_dict(private=False)],
            "scopes": frozenset({Scope.SEND_REFERRALS, Scope.READ_INBOX}),
        }
        return RegisteredClient(**{**facts, **changes})

    def assertion_claims(self) -> dict[str, object]:
        now = self.clock.seconds
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": ISSUER, "iat": now, "exp": now + 60}
        return {**claims, "jti": f"assertion-{next(_numbers)}"}

    def assertion(self, header: dict[str, object] | None = None, **claims: object) -> str:
        """Sign a client assertion, right but for the changes."""
        kid = self.key.kid
        head = changed({"alg": self.algorithm, "typ": "client-authentication+jwt", "kid": kid}, header or {})
        return sign(head, changed(self.assertion_claims(), claims), self.key, self.algorithm)

    def form(self, **fields: str) -> dict[str, str]:
        """Make the body of a token request with a new assertion."""
        body = {"grant_type": "client_credentials", "scope": "referrals:send"}
        return {**body, "client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion(), **fields}

    def proof_header(self) -> dict[str, object]:
        return {"typ": "dpop+jwt", "alg": self.proof_algorithm, "jwk": public_jwk(self.proof_key)}

    def proof_claims(self, url: str, method: str, nonce: str | None, token: str | None) -> dict[str, object]:
        claims: dict[str, object] = {"htm": method, "htu": url, "iat": self.clock.seconds}
        claims["jti"] = f"proof-{next(_numbers)}"
        if nonce is not None:
            claims["nonce"] = nonce
        if token is not None:
            claims["ath"] = b64(hashlib.sha256(token.encode()).digest())
        return claims

    def proof(
        self,
        url: str = TOKEN_URL,
        method: str = "POST",
        *,
        nonce: str | None,
        token: str | None = None,
        header: dict[str, object] | None = None,
        **claims: object,
    ) -> str:
        """Sign a DPoP proof, right but for the changes."""
        head = changed(self.proof_header(), header or {})
        body = changed(self.proof_claims(url, method, nonce, token), claims)
        return sign(head, body, self.proof_key, self.proof_algorithm)


def public_jwk(key: Key) -> dict[str, object]:
    """Return the public members, as clients send them in a proof."""
    return {name: value for name, value in key.as_dict(private=False).items() if name not in {"kid", "use", "alg"}}


def public_pem(key: Key) -> bytes:
    """Return the public key as everybody may have it on file."""
    assert isinstance(key, ECKey | OKPKey | RSAKey)
    return key.as_pem(private=False)

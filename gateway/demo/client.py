"""An agency's system as the gateway meets it: its key, its tokens (private_key_jwt, DPoP) and its requests over HTTP.

It knows nothing of the inside of the gateway; what it does, docs/quickstart_agency.py does with public libraries alone.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.core.encoding import base64url
from gateway.core.errors import GatewayError
from gateway.core.ports import Clock, Entropy
from gateway.core.scopes import Scope
from schemas.documents import Document, Json

_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS: Final = 60
_TRIES: Final = 2  # The first request learns the nonce (RFC 9449, section 8).
_OK: Final = 200


class UnexpectedAnswerError(GatewayError):
    """The gateway answered a request of the demonstration in a way that was not planned."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[str, ...]
    """The names of the headers, in order."""
    size: int
    """The length of the body in bytes."""
    body: Document

    def text(self, name: str) -> str:
        """Return a member that is text. Raises UnexpectedAnswerError."""
        return text(self.body, name)

    def objects(self, name: str) -> tuple[Document, ...]:
        """Return a member that is a list of objects. Raises UnexpectedAnswerError."""
        return objects(self.body, name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a member that is a list of texts. Raises UnexpectedAnswerError."""
        member = self.body.get(name)
        if not isinstance(member, list) or not all(isinstance(one, str) for one in member):
            raise UnexpectedAnswerError(f"{self.status}: no list '{name}' in the answer")
        return tuple(str(one) for one in member)


def text(document: Document, name: str) -> str:
    """Return a member that is text. Raises UnexpectedAnswerError."""
    member = document.get(name)
    if not isinstance(member, str):
        raise UnexpectedAnswerError(f"no text '{name}' in the answer")
    return member


def objects(document: Document, name: str) -> tuple[Document, ...]:
    """Return a member that is a list of objects. Raises UnexpectedAnswerError."""
    member = document.get(name)
    if not isinstance(member, list) or not all(isinstance(one, Mapping) for one in member):
        raise UnexpectedAnswerError(f"no list '{name}' in the answer")
    return tuple(one for one in member if isinstance(one, Mapping))


@dataclass(slots=True)
class System:
    """One OAuth client. `url` is the gateway's public URL, which every proof names."""

    client: str
    key: ECKey
    scopes: frozenset[Scope]
    url: str
    http: httpx.Client
    clock: Clock
    entropy: Entropy
    token: str = field(default="", repr=False)
    _nonce: str = field(default="", repr=False)

    def sign_in(self, scopes: Iterable[Scope] | None = None) -> None:
        """Get an access token for these scopes, or all of the client's own. Raises UnexpectedAnswerError."""
        self.token = ""
        wanted = " ".join(sorted(self.scopes if scopes is None else scopes))
        status = 0
        for _ in range(_TRIES):
            form = {
                "grant_type": "client_credentials",
                "scope": wanted,
                "client_assertion_type": _ASSERTION_TYPE,
                "client_assertion": self._assertion(),
            }
            proof = {"DPoP": self.proof("POST", "/oauth/token")}
            response = self.http.post(f"{self.url}/oauth/token", data=form, headers=proof)
            self._nonce, status = response.headers.get("DPoP-Nonce", self._nonce), response.status_code
            if status == _OK:
                self.token = str(response.json()["access_token"])
                return
        raise UnexpectedAnswerError(f"{status}: no access token")

    def post(self, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """POST with a new Idempotency-Key, unless the headers bring one."""
        fresh = {"Idempotency-Key": self.entropy.bytes(16).hex(), "Content-Type": "application/json"}
        return self._call("POST", path, body, {**fresh, **(headers or {})})

    def get(self, path: str) -> Answer:
        """GET."""
        return self._call("GET", path, b"", {})

    def proof(self, method: str, path: str) -> str:
        """Return a DPoP proof for one request (RFC 9449)."""
        claims: dict[str, object] = {
            "jti": self.entropy.bytes(16).hex(),
            "htm": method,
            "htu": self.url + path,
            "iat": self._seconds(),
        }
        if self.token:
            claims["ath"] = base64url(hashlib.sha256(self.token.encode()).digest())
        if self._nonce:
            claims["nonce"] = self._nonce
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self.key.as_dict(private=False)}
        return jwt.encode(header, claims, self.key)

    def _assertion(self) -> str:
        now = self._seconds()
        claims = {
            "iss": self.client,
            "sub": self.client,
            "aud": self.url,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": self.entropy.bytes(16).hex(),
        }
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def _call(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        proven = {"Authorization": f"DPoP {self.token}", "DPoP": self.proof(method, path), **headers}
        response = self.http.request(method, self.url + path, content=body, headers=proven)
        self._nonce = response.headers.get("DPoP-Nonce", self._nonce)
        told: Json = response.json()
        if not isinstance(told, Mapping):
            raise UnexpectedAnswerError(f"{response.status_code}: not an object")
        names = tuple(name.lower() for name, _ in response.headers.multi_items())
        return Answer(response.status_code, names, len(response.content), told)

    def _seconds(self) -> int:
        return int(self.clock.now().timestamp())

"""An agency's system that shows every answer as it came: for the demonstration, and for tests that ask what is wrong.

It signs as `gateway.client` signs, and does nothing else that an agency wants of a client: no answer is asked for
again, no no is raised.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import httpx
from joserfc.jwk import ECKey

from gateway.client.keys import Signer, SigningKey
from gateway.client.line import FORM
from gateway.client.modes import DPOP, TOKEN_PATH
from gateway.client.wanted import Wanted
from gateway.core.access.scopes import Scope
from gateway.core.errors import GatewayError
from gateway.core.ports import Clock, Entropy
from schemas.documents import Document, Json

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
        self.token, status = "", 0
        wanted = Wanted(tuple(sorted(self.scopes if scopes is None else scopes)))
        for _ in range(_TRIES):
            form = urlencode(wanted.form(DPOP.authenticating(self.signer, self.url)))
            headers = {"Content-Type": FORM, **DPOP.asking(self.signer, self.url, self._nonce)}
            response = self.http.post(self.url + TOKEN_PATH, content=form, headers=headers)
            self._nonce, status = response.headers.get("DPoP-Nonce", self._nonce), response.status_code
            if status == _OK:
                self.token = str(response.json()["access_token"])
                return
        raise UnexpectedAnswerError(f"{status}: no access token")

    @property
    def signer(self) -> Signer:
        """What signs in this system's name."""
        return Signer(self.client, SigningKey.of(self.key), self.clock, self.entropy)

    def post(self, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """POST with a new Idempotency-Key, unless the headers bring one."""
        fresh = {"Idempotency-Key": self.entropy.bytes(16).hex(), "Content-Type": "application/json"}
        return self._call("POST", path, body, {**fresh, **(headers or {})})

    def get(self, path: str) -> Answer:
        """GET."""
        return self._call("GET", path, b"", {})

    def proof(self, method: str, path: str) -> str:
        """Return a DPoP proof for one request (RFC 9449)."""
        return self.signer.proof(method, self.url + path, self.token, self._nonce)

    def _call(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        proven = {**DPOP.showing(self.signer, method, self.url + path, self.token, self._nonce), **headers}
        response = self.http.request(method, self.url + path, content=body, headers=proven)
        self._nonce = response.headers.get("DPoP-Nonce", self._nonce)
        told: Json = response.json()
        if not isinstance(told, Mapping):
            raise UnexpectedAnswerError(f"{response.status_code}: not an object")
        names = tuple(name.lower() for name, _ in response.headers.multi_items())
        return Answer(response.status_code, names, len(response.content), told)

"""One client's connection to one gateway: tokens, proofs, nonces, and asking again. Used by many threads at once."""

import ipaddress
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Final
from urllib.parse import urlencode, urlsplit

import httpx

from gateway.client.answers import Answer, count, text
from gateway.client.errors import MisconfiguredError, NotUnderstoodError, SignInRefusedError
from gateway.client.keys import Signer
from gateway.client.modes import TOKEN_PATH, Mode
from gateway.client.persistence import Persistence
from gateway.client.wanted import Wanted

_NONCE: Final = "DPoP-Nonce"
_USE_NONCE: Final = "use_dpop_nonce"
_EARLY: Final = timedelta(seconds=30)
"""A token is renewed so long before it ends: a request on its way must not outlive it."""
_KEY: Final = "Idempotency-Key"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `path` has no query; `body` is sent as it is, or else what `stream` yields each time it is asked."""

    method: str
    path: str
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    stream: Callable[[], Iterator[bytes]] | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    renew: datetime


class Line:
    """Asks the gateway at `url` as one client. Give it back with `close` when nothing more is asked."""

    def __init__(
        self, url: str, signer: Signer, mode: Mode, wanted: Wanted, http: httpx.Client, again: Persistence
    ) -> None:
        """Connect nothing yet. Raises MisconfiguredError for an address without TLS that is not this machine."""
        self.url = _safe(url)
        self._signer = signer
        self._mode = mode
        self._wanted = wanted
        self._http = http
        self._again = again
        self._lock = Lock()
        self._token: _Token | None = None
        self._nonce = ""

    def ask(self, asked: Asked) -> Answer:
        """Send a request, as often as it takes; any answer that is final is returned, a no as well.

        Raises NoAnswerError, SignInRefusedError.
        """
        return self._again.until_told(lambda: self._recognised(asked), self._signer.entropy, asked.headers.get(_KEY))

    def sign_in(self) -> str:
        """Return a token that lives for a while yet. Raises SignInRefusedError, NoAnswerError."""
        with self._lock:
            if self._token is None or self._token.renew <= self._signer.clock.now():
                self._token = self._issued()
            return self._token.value

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _recognised(self, asked: Asked) -> Answer:
        """Send once more where only the nonce is old, and once more with a new token where only the token is."""
        token = self.sign_in()
        answer = self._sent(asked, token)
        if answer.status == HTTPStatus.UNAUTHORIZED and _USE_NONCE in answer.challenge:
            answer = self._sent(asked, token)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._forget(token)
            answer = self._sent(asked, self.sign_in())
        return answer

    def _sent(self, asked: Asked, token: str) -> Answer:
        url = self.url + asked.path
        shown = self._mode.showing(self._signer, asked.method, url, token, self._nonce)
        query = f"?{urlencode(asked.query)}" if asked.query else ""
        body = asked.body if asked.stream is None else asked.stream()
        return self._exchanged(asked.method, url + query, body, {**asked.headers, **shown})

    def _issued(self) -> _Token:
        """Ask for a token; the first answer may only bring the nonce (RFC 9449, section 8)."""
        answer = self._again.until_told(self._asked_for_token, self._signer.entropy, None)
        if answer.status != HTTPStatus.OK:
            raise SignInRefusedError(_oauth_error(answer))
        told = answer.document()
        lives = timedelta(seconds=count(answer.status, told, "expires_in"))
        renew = self._signer.clock.now() + max(lives - _EARLY, lives / 2)
        return _Token(text(answer.status, told, "access_token"), renew)

    def _asked_for_token(self) -> Answer:
        answer = self._token_request()
        if answer.status == HTTPStatus.BAD_REQUEST and _oauth_error(answer) == _USE_NONCE:
            answer = self._token_request()
        return answer

    def _token_request(self) -> Answer:
        who = self._mode.authenticating(self._signer, self.url)
        form = urlencode(self._wanted.form(who)).encode()
        headers = {"Content-Type": FORM, **self._mode.asking(self._signer, self.url, self._nonce)}
        return self._exchanged("POST", self.url + TOKEN_PATH, form, headers)

    def _exchanged(self, method: str, url: str, body: bytes | Iterator[bytes], headers: Mapping[str, str]) -> Answer:
        response = self._http.request(method, url, content=body, headers={**headers}, follow_redirects=False)
        self._nonce = response.headers.get(_NONCE, self._nonce)
        return Answer.of(response)

    def _forget(self, token: str) -> None:
        """Forget that token, unless another thread has already got a new one."""
        with self._lock:
            if self._token is not None and self._token.value == token:
                self._token = None


def posted(document: object, key: str, **more: str) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a POST of JSON."""
    return json.dumps(document).encode(), {"Content-Type": "application/json", _KEY: key, **more}


def _oauth_error(answer: Answer) -> str:
    try:
        return text(answer.status, answer.document(), "error")
    except NotUnderstoodError:
        return f"status_{answer.status}"


def _safe(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.hostname or "")):
        return url.rstrip("/")
    raise MisconfiguredError("a gateway is reached over https, or on this machine")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""An agency's own system over real HTTP: it keeps what it is brought by the message's id, and fails as it is told.

It gives out access tokens for assertions signed by the gateway's key (RFC 7523), bound to that key where DPoP is shown
(RFC 9449), and lets nobody in without one where it is told to ask.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

NONCE = "nonce-of-the-agency"
TOKEN = "token-of-the-agency"  # noqa: S105 - an invented one


@dataclass(frozen=True)
class Heard:
    """One call, as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass
class AgencySystem:
    """What it does and what it heard. `answers` says status, headers and body for a call."""

    answers: Callable[[Heard], tuple[int, Mapping[str, str], bytes]] = lambda _heard: (201, {}, b"")
    asks: bool = False
    dpop: bool = False
    keys: list[ECKey] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    tokens: int = 0
    port: int = 0
    path: str = field(default_factory=lambda: f"/inbound-{os.urandom(4).hex()}")
    _seen: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    @property
    def token_url(self) -> str:
        """Where tokens are had."""
        return f"http://127.0.0.1:{self.port}/token"

    @property
    def kept(self) -> list[str]:
        """The ids of the messages it took, in the order they came; one for each time."""
        return [one.headers["idempotency-key"] for one in self.heard]

    def wait_for(self, count: int, seconds: float = 10.0) -> None:
        """Wait until it heard so many calls."""
        with self._seen:
            assert self._seen.wait_for(lambda: len(self.heard) >= count, seconds), f"only {len(self.heard)} calls came"

    def answer(self, heard: Heard) -> tuple[int, Mapping[str, str], bytes]:
        """Answer one call."""
        if heard.path == "/token":
            return self._token(heard)
        if not heard.path.startswith(self.path):
            return 404, {}, b""  # Meant for a system that had this port before.
        if self.asks and not self._let_in(heard):
            return 401, {"WWW-Authenticate": "DPoP", "DPoP-Nonce": NONCE}, b""
        answered = self.answers(heard)
        with self._seen:
            self.heard.append(heard)
            self._seen.notify_all()
        return answered

    def _token(self, heard: Heard) -> tuple[int, Mapping[str, str], bytes]:
        form = {name: values[0] for name, values in parse_qs(heard.body.decode()).items()}
        claims = self._verified(form.get("client_assertion", ""))
        right = claims and (claims["iss"], claims["sub"], claims["aud"]) == ("gateway", "gateway", self.token_url)
        if not right or form["grant_type"] != "client_credentials" or claims["exp"] - claims["iat"] > 300:
            return 401, {}, b'{"error":"invalid_client"}'
        if self.dpop and self._proof(heard, "/token").get("nonce") != NONCE:
            return 400, {"DPoP-Nonce": NONCE}, b'{"error":"use_dpop_nonce"}'
        self.tokens += 1
        told = {"access_token": TOKEN, "token_type": "DPoP" if self.dpop else "Bearer", "expires_in": 300}
        return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()

    def _let_in(self, heard: Heard) -> bool:
        said = heard.headers.get("authorization", "")
        if not self.dpop:
            return said == f"Bearer {TOKEN}"
        proof = self._proof(heard, heard.path)
        return said == f"DPoP {TOKEN}" and proof.get("nonce") == NONCE and "ath" in proof

    def _proof(self, heard: Heard, path: str) -> Mapping[str, object]:
        claims = self._verified(heard.headers.get("dpop", ""))
        url = f"http://127.0.0.1:{self.port}{path}"
        return claims if claims and (claims.get("htm"), claims.get("htu")) == (heard.method, url) else {}

    def _verified(self, signed: str) -> Mapping[str, object]:
        for key in self.keys:
            try:
                return jwt.decode(signed, key, algorithms=["ES256"]).claims
            except (JoseError, ValueError):
                continue
        return {}


@contextmanager
def serving(system: AgencySystem) -> Iterator[AgencySystem]:
    """Serve it on a port of this machine, in threads of this process."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            said = {name.lower(): value for name, value in self.headers.items()}
            heard = Heard(self.command, self.path, said, body, time.monotonic())
            status, headers, told = system.answer(heard)
            self.send_response_only(status)
            for name, value in {**headers, "Content-Length": str(len(told))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told)

        do_PATCH = do_POST  # noqa: N815 - as its base calls it

        def log_message(self, *_words: object) -> None:
            """Stay silent."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128
        disable_nagle_algorithm = True

        def handle_error(self, *_where: object) -> None:
            """A caller that hung up is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    system.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

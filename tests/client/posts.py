"""A gateway and the clients of its agencies, over a transport that can be made to fail."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

import httpx
from journeys.in_process import Line

from gateway.client import Client, Opener, Persistence, SigningKey, Surroundings
from gateway.client.modes import DPOP, Mode

Fault = Callable[[httpx.Request, Callable[[], httpx.Response]], httpx.Response]


@dataclass
class Faulty(httpx.BaseTransport):
    """Hands requests to the gateway, one at a time, unless a fault is laid out for one; remembers what it handed on."""

    inner: httpx.Client
    faults: list[Fault | None] = field(default_factory=list)
    seen: list[httpx.Request] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        with self.lock:
            self.seen.append(request)
            fault = self.faults.pop(0) if self.faults and not request.url.path.startswith("/oauth") else None
            return fault(request, lambda: self._handed_on(request)) if fault else self._handed_on(request)

    def _handed_on(self, request: httpx.Request) -> httpx.Response:
        told = self.inner.request(request.method, request.url, content=request.content, headers=request.headers)
        return httpx.Response(told.status_code, headers=told.headers, content=told.content)

    def paths(self) -> list[str]:
        return [request.url.path for request in self.seen]


@dataclass
class Post:
    """The gateway, and how its agencies' clients are made; `waits` are the pauses of the client made last."""

    line: Line
    waits: list[float] = field(default_factory=list)

    def client(self, name: str, faulty: Faulty | None = None, mode: Mode = DPOP, **more: object) -> Client:
        key = json.loads((self.line.world.folder.clients / f"{name}.json").read_text())
        transport = faulty or self.faulty()
        self.waits = []
        around = Surroundings(
            http=lambda: httpx.Client(transport=transport),
            again=Persistence(pause=self.waits.append),
            clock=self.line.clock,
        )
        return Client(self.line.world.url, name, SigningKey.from_jwk(key), mode=mode, within=around, **more)

    def faulty(self, *faults: Fault | None) -> Faulty:
        return Faulty(self.line.world.http, [*faults])

    def opener(self, agency: str) -> Opener:
        key = self.line.world.members[agency].sealing
        return Opener(agency, (key,) if key else (), (self.line.world.gateway.base.ring.message_public_key(),))

    def log_key(self) -> str:
        return self.line.world.gateway.door.tracking.verifier_key()

    @contextmanager
    def later(self, **passed: float) -> Iterator[None]:
        """Let time pass, for gateway and clients."""
        self.line.clock.ahead = timedelta(**passed)
        try:
            yield
        finally:
            self.line.clock.ahead = timedelta()

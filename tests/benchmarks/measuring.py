"""One round: fresh servers and databases side by side, a warm-up nobody counts, then slices of requests in turn.

While one server works the others rest. The slices are short, so that a machine that grows slow for some seconds is slow
for all of them.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from agency_server import AgencySystem
from benchmarks.lean_requests import FOLDER, LeanClient
from benchmarks.token_requests import TOKEN, token_requests
from delivering import a_node
from furnished import PERSONS, SENDING, SHELTER, Installation
from load import Sent, send_all
from referral_documents import BODIES, CANONICAL, CLIENT, fresh_keys, requests_of
from sending_system import SendingSystem
from served import COUNTED, Server
from trials.delivery import couriers

from gateway.settings import PREFIX

LEAN, PUSH, SINGLE, SECOND, NEW = "lean", "push", "single", "second", "new"
_PROCESSES = {SINGLE: 1, SECOND: 2}
_SLICE = 250
_LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What one round gave. Times in milliseconds, processor time in microseconds a request."""

    rps: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    rows_per_commit: float


@dataclass(slots=True)
class Measured:
    """A running server, the requests it gets, and all its answers so far.

    With `arrived`, a request is over when what it sent has arrived where it was to be brought.
    """

    server: Server
    prepare: Callable[[int], Sequence[bytes]]
    status: int = 201
    arrived: Callable[[], int] | None = None
    sent: Sent = field(default_factory=Sent)
    cpu_seconds: float = 0.0
    commits: int = 0
    rows: int = 0

    def warm(self, persons: int, clients: int) -> None:
        """Let everybody be seen once, uncounted."""
        self._require_accepted(self._sent(self.prepare(persons), clients))

    def take(self, requests: int, clients: int) -> None:
        """Send one slice."""
        prepared = self.prepare(requests)
        before, used = self._counted(), self.server.processor_seconds()
        sent = self._sent(prepared, clients)
        self.cpu_seconds += self.server.processor_seconds() - used
        after = self._counted()
        self._require_accepted(sent)
        self.sent.add(sent)
        self.commits += after["commits"] - before["commits"]
        self.rows += after["items"] - before["items"]

    def figures(self) -> Figures:
        """Return what all slices together gave."""
        requests = len(self.sent.latencies)
        return Figures(
            rps=requests / self.sent.seconds,
            p50_ms=self.sent.quantile(0.5) * 1e3,
            p99_ms=self.sent.quantile(0.99) * 1e3,
            cpu_us=self.cpu_seconds / requests * 1e6,
            rows_per_commit=self.rows / max(1, self.commits),
        )

    def _sent(self, prepared: Sequence[bytes], clients: int) -> Sent:
        before = self.arrived() if self.arrived else 0
        sent = send_all(self.server.port, prepared, clients)
        answered = time.perf_counter()
        while self.arrived and self.arrived() < before + len(prepared):
            if time.perf_counter() - answered > _LONGEST:
                raise RuntimeError("not everything arrived")
            time.sleep(0.01)
        sent.seconds += time.perf_counter() - answered if self.arrived else 0.0
        return sent

    def _require_accepted(self, sent: Sent) -> None:
        """A figure about refusals would be a figure about something else."""
        if set(sent.codes) != {self.status}:
            raise RuntimeError(f"not every request was accepted: {dict(sent.codes)}")

    def _counted(self) -> dict[str, int]:
        found = self.server.asked(COUNTED)
        if found is None:
            raise RuntimeError("the server went away")
        return found


def side_by_side(installed: Installation, cases: Sequence[str], clients: int, requests: int) -> dict[str, Figures]:
    """Measure the lean pipeline and the gateway with each kind of document, slice after slice in turn."""
    with ExitStack() as running:
        measured = {LEAN: running.enter_context(_lean())}
        for case in cases:
            running_case = _pushed(installed) if case == PUSH else _gateway(case, installed, requests)
            measured[case] = running.enter_context(running_case)
        for one in measured.values():
            one.warm(installed.persons, clients)
        for sent in range(0, requests, _SLICE):
            for one in measured.values():
                one.take(min(_SLICE, requests - sent), clients)
        return {name: one.figures() for name, one in measured.items()}


@contextmanager
def _lean() -> Iterator[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server.application("benchmarks.lean_app:app", {FOLDER: folder})
        client, bodies = LeanClient(Path(folder), server.port), BODIES[CANONICAL](PERSONS)
        with server:
            yield Measured(server, lambda count: client.requests(bodies, count))


def _processes(case: str, installed: Installation) -> int:
    """Return as many as `serve` starts where nobody says how many."""
    return _PROCESSES.get(case) or installed.settings().processes


@contextmanager
def _gateway(case: str, installed: Installation, requests: int) -> Iterator[Measured]:
    """Run the gateway on a copy of the installation, as `serve` does where nothing is set, or in one process or two.

    `warm` meets all the installation's people. For NEW there are that many more: every request is about another.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = installed.copy(Path(folder) / "data")
        os.sync()  # A copy of ten gigabytes is written for minutes otherwise, and every commit waits for it.
        server = Server.gateway(copy, _processes(case, copy))
        persons = copy.persons + requests if case == NEW else copy.persons
        case = CANONICAL if case in {*_PROCESSES, NEW} else case
        with server:
            client = CLIENT.get(case, SENDING)
            system = SendingSystem(client, copy.clients[client], server.port)
            yield Measured(server, _preparing(case, system, persons), 200 if case == TOKEN else 201)


@contextmanager
def _pushed(installed: Installation) -> Iterator[Measured]:
    """Run the gateway, a courier in a second process, and a system in a third that everything is brought to."""
    receiver = Server.application("benchmarks.receiving:app", {})
    with tempfile.TemporaryDirectory() as folder, receiver:
        copy = installed.copy(Path(folder) / "data")
        with a_node(copy) as node:
            asyncio.run(node.brought_to(AgencySystem(port=receiver.port, path="/inbound"), SHELTER))
        server = Server.gateway(copy, _processes(PUSH, copy))
        server.environment = {**server.environment, f"{PREFIX}COURIER": "false"}
        with server, couriers(copy, 1):
            system = SendingSystem(SENDING, copy.clients[SENDING], server.port)
            prepare = _preparing(CANONICAL, system, copy.persons)
            yield Measured(server, prepare, arrived=lambda: (receiver.asked(COUNTED) or {})["items"])


def _preparing(case: str, system: SendingSystem, persons: int) -> Callable[[int], Sequence[bytes]]:
    """Return what makes so many requests of that kind, under keys that nobody used on this database before."""
    bodies, keys = None if case == TOKEN else BODIES[case](persons), fresh_keys(token_hex(4))

    def prepare(count: int) -> Sequence[bytes]:
        system.authorize("referrals:send")
        return token_requests(system, count) if bodies is None else requests_of(system, case, bodies, keys, count)

    return prepare

"""One measurement: a fresh server and database, a warm-up nobody counts, then so many requests from so many clients."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lean_requests import FOLDER, LeanClient
from furnished import Installation
from load import Sent, send_all
from referral_documents import BODIES, CANONICAL, CLIENT, fresh_keys, requests_of
from sending_system import SendingSystem
from served import COUNTED, Server

LEAN = "lean"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one measurement gave. Times in milliseconds, processor time in microseconds a request."""

    rps: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    rows_per_commit: float


Prepare = Callable[[int], Sequence[bytes]]


def lean(clients: int, requests: int, warmup: int) -> Figures:
    """Measure the lean pipeline."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server.application("benchmarks.lean_app:app", {FOLDER: folder})
        client, bodies = LeanClient(Path(folder), server.port), BODIES[CANONICAL](warmup)
        with server:
            return _measured(server, lambda count: client.requests(bodies, count), clients, requests, warmup)


def gateway(case: str, installed: Installation, clients: int, requests: int) -> Figures:
    """Measure the gateway with one kind of document, on a copy of the installation; everybody is seen once before."""
    with tempfile.TemporaryDirectory() as folder:
        copy = installed.copy(Path(folder) / "data")
        server = Server.gateway(copy)
        bodies, keys = BODIES[case](copy.persons), fresh_keys(case)
        with server:
            system = SendingSystem(CLIENT[case], copy.clients[CLIENT[case]], server.port)
            system.authorize("referrals:send")
            return _measured(
                server, lambda count: requests_of(system, case, bodies, keys, count), clients, requests, copy.persons
            )


def _measured(server: Server, prepare: Prepare, clients: int, requests: int, warmup: int) -> Figures:
    _all_accepted(send_all(server.port, prepare(warmup), clients))
    prepared = prepare(requests)
    before, used = _counted(server), server.processor_seconds()
    sent = send_all(server.port, prepared, clients)
    used, after = server.processor_seconds() - used, _counted(server)
    _all_accepted(sent)
    return Figures(
        rps=requests / sent.seconds,
        p50_ms=sent.quantile(0.5) * 1e3,
        p99_ms=sent.quantile(0.99) * 1e3,
        cpu_us=used / requests * 1e6,
        rows_per_commit=(after["items"] - before["items"]) / max(1, after["commits"] - before["commits"]),
    )


def _all_accepted(sent: Sent) -> None:
    """A figure about refusals would be a figure about something else."""
    if set(sent.codes) != {201}:
        raise RuntimeError(f"not every request was accepted: {dict(sent.codes)}")


def _counted(server: Server) -> dict[str, int]:
    found = server.asked(COUNTED)
    if found is None:
        raise RuntimeError("the server went away")
    return found

"""Starts a server process on this machine, watches it, and ends it: by its own id only, and no other."""

import http.client
import json
import os
import signal
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import sample
from types import TracebackType
from typing import Self

from checkout import ROOT, TESTS
from forked import Started, python
from furnished import Installation

from gateway.settings import PREFIX

LOOPBACK = "127.0.0.1"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For HTTP on this machine: else httpx reads every authority this machine trusts, anew for each client it makes."""
COUNTED = "/counted"
"""Where a server says how much its writer has committed."""
_TICKS = os.sysconf("SC_CLK_TCK")
_STARTS_WITHIN = 180.0
"""Seconds, on a machine that has much else to do; how fast a start is, is measured elsewhere."""
_PORTS = range(12_000, 30_000)


def free_port() -> int:
    """Return a port nobody listens on now.

    It lies below those the kernel hands out by itself: while a killed server is down, nobody else is given its port.
    """
    for port in sample(_PORTS, k=100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port
    raise RuntimeError("no port is free")


@dataclass(slots=True)
class Server:
    """A Python program that serves HTTP: started on entering the context, killed on leaving it if it still runs."""

    program: Sequence[str]
    environment: Mapping[str, str]
    port: int
    process: Started | None = None

    @classmethod
    def gateway(cls, installed: Installation, workers: int = 1, **more: str) -> Self:
        """Return the gateway of this installation, as `serve` runs it; `more` are settings beside its own."""
        port = free_port()
        return cls(("-m", "serve_counted"), {**installed.environment(port, workers), **more}, port)

    @classmethod
    def application(cls, factory: str, environment: Mapping[str, str]) -> Self:
        """Return another application, under one worker of the same server the gateway uses."""
        port = free_port()
        options = (
            "--loop",
            "uvloop",
            "--http",
            "httptools",
            "--no-access-log",
            "--log-level",
            "error",
            "--no-server-header",
        )
        address = ("--host", LOOPBACK, "--port", str(port))
        return cls(("-m", "uvicorn", "--factory", factory, *address, *options), environment, port)

    def __enter__(self) -> Self:
        """Start and wait until it answers."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing behind."""
        self.kill()

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self.process is not None, "the server was not started"
        return self.process.pid

    def start(self) -> None:
        """Start it and wait until every process of it answers."""
        self.launch()
        self.complete()

    def launch(self) -> None:
        """Start the process, and wait for nothing."""
        path = os.pathsep.join((str(ROOT), str(TESTS)))
        ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        environment = {**ours, **self.environment, "PYTHONPATH": path}
        self.process = python(self.program, environment)

    def complete(self) -> None:
        """Wait until every process of it answers. Raises RuntimeError, and ends it, where they do not."""
        assert self.process is not None, "the server was not started"
        deadline = time.monotonic() + _STARTS_WITHIN
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the server did not start (exit code {self.process.returncode})")
            time.sleep(0.05)

    def _answers(self) -> bool:
        counted = self.asked(COUNTED)
        return counted is not None and counted.get("processes", 1) >= int(self.environment.get(f"{PREFIX}WORKERS", 1))

    def kill(self) -> None:
        """End its processes at once, as a power cut would (SIGKILL), and wait until they are gone."""
        if self.process is not None and self.process.poll() is None:
            for pid in self.pids():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def pids(self) -> tuple[int, ...]:
        """Return the process ids of the server and its siblings; a power cut takes all of them."""
        children = Path(f"/proc/{self.pid}/task").glob("*/children")
        return self.pid, *(int(pid) for one in children for pid in one.read_text("ascii").split())

    def asked(self, path: str) -> dict[str, int] | None:
        """Return what a plain GET gives, or None while nobody answers."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
        try:
            connection.request("GET", path)
            found: dict[str, int] = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException):
            return None
        else:
            return found
        finally:
            connection.close()

    def processor_seconds(self) -> float:
        """Return the processor time its processes have used, their threads included."""
        fields = [Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split() for pid in self.pids()]
        return sum(int(one[11]) + int(one[12]) for one in fields) / _TICKS

    def resident_bytes(self) -> int:
        """Return how much memory the largest of its processes holds now."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) for pid in self.pids()]
        return max(pages) * os.sysconf("SC_PAGE_SIZE")

"""What can befall a gateway while it works, as something that strikes at a chosen moment and is mended afterwards."""

import asyncio
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from clusters import Cluster
from served import LOOPBACK, Server, free_port

_READY_WITHIN = 60.0
_NO_MOUNT = "no disk of our own to fill: only root may mount one"


class Calamity(Protocol):
    """`answers` are the statuses somebody may be told while it lasts, beside 201; none where nobody is left to tell."""

    answers: frozenset[int]

    def prepare(self) -> None:
        """Get ready to strike once more."""
        ...

    def strike(self) -> None:
        """Happen."""
        ...

    def mend(self) -> None:
        """Be over: returns when the gateway says that it is ready."""
        ...


class _AlwaysReady:
    """What needs no preparation."""

    __slots__ = ()

    def prepare(self) -> None:
        """Do nothing."""


# 401: the connection broke during a commit that went through, so the writer's second try found the proof used. The
# same key asked again gets the first answer.
_UNAVAILABLE = frozenset({503, 401})


@dataclass(frozen=True, slots=True)
class Killed:
    """The gateway's processes are killed (SIGKILL)."""

    server: Server
    answers: frozenset[int] = frozenset()

    def prepare(self) -> None:
        """Let those beside the first answer too: the first serves before they have begun."""
        self.server.complete()

    def strike(self) -> None:
        """Kill them."""
        self.server.kill()

    def mend(self) -> None:
        """Start anew on what they left."""
        self.server.launch()
        ready(self.server)


@dataclass(frozen=True, slots=True)
class DatabaseCrashed(_AlwaysReady):
    """All processes of PostgreSQL are killed; the gateway lives on."""

    server: Server
    cluster: Cluster
    answers: frozenset[int] = _UNAVAILABLE

    def strike(self) -> None:
        """Kill them."""
        self.cluster.crash()

    def mend(self) -> None:
        """Start PostgreSQL again."""
        self.cluster.start()
        ready(self.server)


@dataclass(slots=True)
class Wire:
    """A relay that can be cut: to a database, or to whichever of several nodes takes the connection."""

    to: Sequence[int]
    port: int = field(default_factory=free_port)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)
    _is_cut: bool = False
    _turn: int = 0

    @contextmanager
    def laid(self) -> Iterator["Wire"]:
        """Relay until the block ends."""
        asyncio.run_coroutine_threadsafe(asyncio.start_server(self._relay, LOOPBACK, self.port), self._loop)
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()

    def cut(self) -> None:
        """Reset every connection, and let no new one through."""
        self._is_cut = True
        self._loop.call_soon_threadsafe(lambda: [end.transport.abort() for end in [*self._ends]])

    def mended(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        self._turn += 1
        for port in [*self.to[self._turn % len(self.to) :], *self.to]:
            with suppress(OSError):
                far_reader, far_writer = await asyncio.open_connection(LOOPBACK, port)
                self._ends |= {writer, far_writer}
                await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))
                self._ends -= {writer, far_writer}
                return
        writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@dataclass(frozen=True, slots=True)
class WireCut(_AlwaysReady):
    """The connections to the database are cut, and none is let through for a while."""

    server: Server
    wire: Wire
    answers: frozenset[int] = _UNAVAILABLE

    def strike(self) -> None:
        """Cut them."""
        self.wire.cut()

    def mend(self) -> None:
        """Let them through again."""
        self.wire.mended()
        ready(self.server)


@dataclass(frozen=True, slots=True)
class Disk:
    """A small disk of a test's own."""

    folder: Path

    @classmethod
    @contextmanager
    def mounted(cls, folder: Path, mebibytes: int) -> Iterator["Disk"]:
        """Mount one there until the block ends. Skips where that is not allowed."""
        folder.mkdir(parents=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip(_NO_MOUNT)
        try:
            yield cls(folder)
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607 - as `mount`

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Leave not one byte."""
        with suppress(OSError), self._ballast.open("wb", buffering=0) as ballast:
            size = 1 << 20
            while size:
                try:
                    ballast.write(bytes(size))
                except OSError:
                    size >>= 1

    def free(self) -> None:
        """Give it back."""
        self._ballast.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class DiskFull(_AlwaysReady):
    """The disk of the database is full. PostgreSQL may stop by itself, when it cannot write its log."""

    server: Server
    disk: Disk
    cluster: Cluster | None = None
    answers: frozenset[int] = _UNAVAILABLE

    def strike(self) -> None:
        """Fill it."""
        self.disk.fill()

    def mend(self) -> None:
        """Make room."""
        self.disk.free()
        if self.cluster is not None and not self.cluster.answers():
            self.cluster.crash()
            self.cluster.start()
        ready(self.server)


def ready(server: Server) -> None:
    """Wait until the gateway says that it is ready. Raises RuntimeError when it does not."""
    deadline = time.monotonic() + _READY_WITHIN
    while (server.asked("/readyz") or {}).get("status") != "ready":
        if time.monotonic() > deadline:
            raise RuntimeError("the gateway does not become ready")
        time.sleep(0.02)

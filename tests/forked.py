"""Python programs that tests start, forked where their imports end (`nursery`), each a child of this process.

To load the gateway takes a processor two seconds, and the tests start it seventy times. Only they fork: benchmarks and
evidence start every process from nothing, as do tests about how a start goes (`anew`). What the gateway itself starts,
it starts as ever.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TypeAlias

from checkout import ROOT, TESTS
from nursery import adopts
from stretching import told

_PAUSE = 0.01
_ONE_BY_ONE = threading.Lock()
"""Threads start nodes together, and each answer of the nursery is one thread's."""


@dataclass(slots=True)
class Forked:
    """A program that runs: as much of `subprocess.Popen` as tests use."""

    args: Sequence[str]
    pid: int
    stdout: IO[str] | None
    stderr: IO[str] | None
    returncode: int | None = None

    def poll(self) -> int | None:
        """Say how it ended; nothing while it runs."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self, timeout: float = float("inf")) -> int:
        """Wait until it ended, and say how. Raises TimeoutExpired."""
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(self.args, timeout)
            time.sleep(_PAUSE)
        return code

    def communicate(self, timeout: float = float("inf")) -> tuple[str, str]:
        """Wait until it ended, and return what it wrote that nobody read. Raises TimeoutExpired."""
        self.wait(timeout)
        out, err = self.stdout, self.stderr
        assert out is not None
        assert err is not None
        if out.closed:
            return "", ""
        err.seek(0)
        with out, err:
            return out.read(), err.read()

    def send_signal(self, number: int) -> None:
        """Signal it, unless it ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


Started: TypeAlias = Forked | subprocess.Popen[str]


def python(
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    heard: bool = False,
    anew: bool = False,
    handed: Sequence[int] = (),
) -> Started:
    """Start what `python` with these words would, in the checkout; they begin with -m or -c.

    What it writes goes where this process writes, or comes back if it is `heard`. It keeps the descriptors `handed`.
    """
    if anew or "PYTEST_VERSION" not in os.environ:
        to = subprocess.PIPE if heard else None
        nothing = subprocess.DEVNULL
        command, streams = [sys.executable, *words], {"stdin": nothing, "stdout": to, "stderr": to}
        return subprocess.Popen(command, cwd=ROOT, env={**environment}, pass_fds=handed, text=True, **streams)
    kept = {one: one for one in handed}
    if not heard:
        return Forked(words, _fork(words, environment, {1: 1, 2: 2, **kept}), None, None)
    reading, writing = os.pipe()
    err = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - a pipe nobody reads would hold it up when full
    pid = _fork(words, environment, {1: writing, 2: err.fileno(), **kept})
    os.close(writing)
    return Forked(words, pid, os.fdopen(reading, encoding="utf-8"), err)


def _fork(words: Sequence[str], environment: Mapping[str, str], streams: Mapping[int, int]) -> int:
    with Path(os.devnull).open("rb") as nothing:
        given = {0: nothing.fileno(), **streams}
        asked = {"words": [*words], "environment": {**environment}, "numbers": [*given], "stretched": told()}
        with _ONE_BY_ONE:
            adopts(orphans=True)
            try:
                channel = _nursery()[1]
                socket.send_fds(channel, [json.dumps(asked).encode()], [*given.values()])
                pid = channel.recv(32)
            finally:
                adopts(orphans=False)
    assert pid, "the nursery ended"
    return int(pid)


@cache
def _nursery() -> "tuple[subprocess.Popen[bytes], socket.socket]":
    mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(TESTS)))}
        command = (sys.executable, "-m", "nursery", str(its.fileno()))
        given = {"pass_fds": [its.fileno()], "stdin": subprocess.DEVNULL, "start_new_session": True}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, **given)
    atexit.register(_end, process, mine)
    return process, mine


def _end(process: "subprocess.Popen[bytes]", channel: socket.socket) -> None:
    channel.close()
    process.wait()

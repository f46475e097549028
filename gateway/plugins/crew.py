"""The workers of one adapter: a few at a time, one waiting in reserve, each for one document.

Whoever asks waits, so the event loop never does it (`gateway.core.adapter_ports.Adapters.aside`). Whatever goes wrong
in a worker is one AdapterDefectError with a rule; the next document gets a fresh process as it would anyway.
"""

import os
import subprocess
import sys
import sysconfig
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import IO, Final

import adapters
import gateway
import schemas
from adapters.sdk.errors import AdapterDefectError
from adapters.sdk.guard import Limits
from gateway.core.errors import Defect
from gateway.plugins.frames import BrokenFrameError, receive, send
from gateway.plugins.worker import READY, Birth

_PROGRAM: Final = "import sys; sys.path += sys.argv[1:]; from gateway.plugins.worker import main; main()"
_NOT_STARTED: Final = "not_started"
_MARGIN: Final = 1 << 20
"""Bytes of an answer beside twice its document, which stands in it as JSON or in base64."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a worker may have: `memory` in bytes, `seconds` for a document, so many `together`.

    A process has `to_start` seconds until its adapter is imported. With a reserve, one is ready before it is asked.
    """

    memory: int = 268_435_456
    seconds: float = 5.0
    together: int = 2
    to_start: float = 10.0
    reserve: bool = True


class _Worker:
    """One process, from its birth to its end."""

    def __init__(self, birth: Birth, terms: Terms) -> None:
        """Start it and tell it who it is; it gets ready while others work."""
        self._terms = terms
        self._process = subprocess.Popen(  # noqa: S603 - this very Python, with a program of our own
            [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", _PROGRAM, *_ours(), *_libraries()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            close_fds=True,
            start_new_session=True,
            bufsize=0,
        )
        self._questions, self._results = _open(self._process.stdin), _open(self._process.stdout)
        with suppress(BrokenFrameError):  # One that is gone already is found out when it is asked.
            send(self._questions, birth.told(), terms.to_start)

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def is_ready(self) -> bool:
        """Wait until it has imported its adapter; False when it does not. To be asked once."""
        try:
            return receive(self._results, len(READY), self._terms.to_start) == READY
        except BrokenFrameError:
            return False

    def answer(self, question: bytes, largest: int) -> bytes:
        """Wait until it is ready, and ask. Raises BrokenFrameError."""
        if not self.is_ready():
            raise BrokenFrameError(_NOT_STARTED)
        send(self._questions, question, self._terms.seconds)
        return receive(self._results, largest, self._terms.seconds)

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()


@dataclass(slots=True)
class Crew:
    """The workers of one adapter."""

    birth: Birth
    terms: Terms
    limits: Limits
    _slots: threading.Semaphore = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    _reserve: _Worker | None = field(init=False, default=None)
    _closed: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Open as many places as may work together."""
        self._slots = threading.Semaphore(self.terms.together)

    def ask(self, question: bytes) -> bytes:
        """Put one question to a worker of its own. Raises AdapterDefectError."""
        if not self._slots.acquire(timeout=self.terms.to_start + self.terms.seconds):
            raise AdapterDefectError("", "worker_busy")
        try:
            return self._asked(question)
        except BrokenFrameError as broken:
            rule = f"worker_{broken.rule}"
        except OSError:
            rule = f"worker_{_NOT_STARTED}"
        finally:
            self._slots.release()
        raise AdapterDefectError("", rule)

    def comes_to_life(self) -> bool:
        """Tell whether a worker starts here and imports its adapter; asks it nothing."""
        try:
            worker = self._taken()
        except OSError:
            return False
        try:
            return worker.is_ready()
        finally:
            worker.end()

    def start(self) -> None:
        """Put one worker in reserve. A machine that cannot start one shows it at the first document."""
        with suppress(OSError), self._lock:
            if self.terms.reserve and not self._closed and self._reserve is None:
                self._reserve = _Worker(self.birth, self.terms)

    def close(self) -> None:
        """End the reserve; nobody is asked any more."""
        with self._lock:
            self._closed, reserve, self._reserve = True, self._reserve, None
        if reserve is not None:
            reserve.end()

    def _asked(self, question: bytes) -> bytes:
        worker = self._taken()
        try:
            self.start()  # The next one gets ready while this one works.
            return worker.answer(question, 2 * max(self.limits.body, self.limits.output) + _MARGIN)
        finally:
            worker.end()

    def _taken(self) -> _Worker:
        with self._lock:
            worker, self._reserve = self._reserve, None
        if worker is not None and not worker.is_alive:
            worker.end()
            worker = None
        return worker or _Worker(self.birth, self.terms)


def readable() -> tuple[Path, ...]:
    """Return what importing reads: the libraries of this Python and of the system, and ours as far as adapters go."""
    paths = sysconfig.get_paths()
    python = (paths["stdlib"], paths["platstdlib"], f"{sys.base_prefix}/lib", *_libraries())
    system = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/dev/null")
    places = [Path(path) for path in dict.fromkeys((*python, *system))]
    return (*places, *(_home(package) / package.__name__ for package in (adapters, schemas)))


def _ours() -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(_home(package)) for package in (gateway, adapters, schemas)))


def _home(package: ModuleType) -> Path:
    if package.__file__ is None:
        raise Defect("a package of ours has no place")
    return Path(package.__file__).parents[1]


def _libraries() -> tuple[str, ...]:
    return tuple(dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))))


def _open(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise Defect("a process without its pipes")
    os.set_blocking(pipe.fileno(), False)
    return pipe.fileno()

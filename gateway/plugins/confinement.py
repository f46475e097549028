"""What is taken from a worker before a line of somebody else's code runs in it. None of it can be given back.

Three layers, each of which alone stops something the others might let through: limits (memory, time, file size,
processes), Landlock (which files), seccomp (which calls into the kernel). Where a layer is missing, no worker runs:
`missing` says which, for `doctor`.
"""

import ctypes
import os
import resource
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gateway.plugins import landlock, seccomp

_OPEN_FILES: Final = 64
_SET_PARENT_DEATH_SIGNAL: Final = 1
_GIVES_WAY: Final = 10
"""How much later than the gateway's own work its turn comes, where the processor has too much to do."""


def missing() -> str | None:
    """Say what this machine lacks to hold a worker, or None."""
    if not seccomp.is_possible():
        return "this machine cannot filter calls into its kernel (Linux on x86_64 or aarch64 can)"
    if landlock.version() < 1:
        return "this machine cannot keep files from a process (Linux 5.13 with Landlock can)"
    return None


def confine(readable: Iterable[Path], listed: Iterable[Path], memory: int, seconds: int) -> None:
    """Take from this process all but `readable` files, `memory` bytes and `seconds` of the processor.

    Of what is `listed` it sees the names. Raises OSError where any of it cannot be taken; the process must end then.
    """
    if (lacks := missing()) is not None:
        raise OSError(lacks)
    _end_with_the_gateway()
    os.nice(_GIVES_WAY)
    for limit, most in _limits(memory, seconds).items():
        resource.setrlimit(limit, (most, most))
    landlock.restrict(readable, listed)
    seccomp.restrict()


def _end_with_the_gateway() -> None:
    """Have the kernel kill this process when the thread that started it is gone: it may hold a document.

    A gateway that is killed cannot do it, and a worker that sleeps would outlive it.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError("the kernel does not end this process with its parent")


def _limits(memory: int, seconds: int) -> dict[int, int]:
    return {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,  # A core file would hold the document.
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }

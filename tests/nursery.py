"""A process that loads the gateway once, does nothing else, and forks for whoever asks: the programs of `forked`.

What was forked is given to the process that asked as its child. It gets the arguments, the environment and the streams
it was asked for, and is from there on the program, as `python -m` or `python -c` would run it. Nothing happens when the
gateway is imported, so what is shared is code, the compiled schemas, and what scrypt gave the tests (`stretching`).
"""

import ctypes
import fcntl
import gc
import json
import os
import runpy
import signal
import socket
import sys
import time
from importlib import import_module
from pathlib import Path

from checkout import ROOT
from stretching import know

from schemas.validation import warm

LONGEST = 1 << 17
"""Bytes of one request."""

_LOADED = (
    "gateway.cli.app",
    "gateway.serving.beside",
    "gateway.serving.courier",
    "gateway.serving.process",
    "gateway.serving.sibling",
    "pydantic.v1",  # FastAPI asks whether a form is one of its models.
    "serve_counted",
    "sqlalchemy.dialects.sqlite.pysqlite",
    *(f"adapters.systems.{one.parent.name}.adapter" for one in (ROOT / "adapters" / "systems").glob("*/adapter.py")),
)
_ASIDE = 256
"""No stream is asked for under this number or a higher one."""
_GLANCE = 0.001
_STREAMS = 16
_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER, prctl(2)."""


def adopts(*, orphans: bool) -> None:
    """Say whether this process is the parent of descendants whose own has ended."""
    if ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, int(orphans), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def _serve(channel: socket.socket) -> None:
    """Fork for every request until the other side is gone; each fork leaves here to be what it was asked to be."""
    for name in _LOADED:
        import_module(name)
    warm()
    gc.collect()
    gc.freeze()
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a thread was begun at import: this cannot be forked"
    while True:
        asked, streams, _, _ = socket.recv_fds(channel, LONGEST, _STREAMS)
        if not asked:
            return
        if _adopted():
            channel.send(str(os.getpid()).encode())
            channel.close()
            _become(streams, **json.loads(asked))
            return
        for stream in streams:
            os.close(stream)


def _adopted() -> bool:
    """Fork a process whose parent ends at once, and which goes on as the child of another; whether this is it."""
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return False
    parent = os.getpid()
    if os.fork():
        os._exit(0)
    while os.getppid() == parent:
        time.sleep(_GLANCE)
    return True


def _become(
    streams: list[int],
    words: list[str],
    environment: dict[str, str],
    numbers: list[int],
    stretched: list[list[str]],
) -> None:
    know(stretched)
    aside = [fcntl.fcntl(stream, fcntl.F_DUPFD, _ASIDE) for stream in streams]
    for stream in streams:
        os.close(stream)
    for stream, number in zip(aside, numbers, strict=True):
        os.dup2(stream, number)
        os.close(stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    option, program, *arguments = words
    sys.argv = [option if option == "-c" else program, *arguments]
    if option == "-c":
        exec(compile(program, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - a test's own program
    else:
        # It is the main module now, and runpy warns of a second one; a package stays, its `__main__` is run.
        is_package = hasattr(sys.modules.get(program), "__path__")
        sys.modules.pop(f"{program}.__main__" if is_package else program, None)
        runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which end what they began.
    _serve(socket.socket(fileno=int(sys.argv[1])))

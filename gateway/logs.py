"""Structured logs on standard error.

Fields are an allow-list: what is not on it is left out, so that no value of the data gets in.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from typing import Final, TextIO, cast

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "route",
        "method",
        "status",
        "code",
        "rule",
        "reason",
        "client",
        "agency",
        "count",
        "size",
        "milliseconds",
        "adapter",
        "breach",
        "duty",
        "anchor",
        "request",
        "state",
    }
)

WHY = "gateway.why"
"""Where a door leaves, in the ASGI scope of a request, why it refused the caller: a member of a closed set."""

MOST: Final = 20
"""Lines of one kind in one second, where a stranger can cause them."""

_TOLD_BY_THE_WALL: Final = "ASGI callable returned without completing response."
"""What the server's library says where an answer was cut off: `gateway.web.wall` has said why (`cut_off`, `defect`)."""

_NOISY = ("authlib", "sqlalchemy", "alembic", "httpx", "asyncio", "joserfc")


def _only_allowed(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    return {name: value for name, value in event.items() if name in ALLOWED}


class _WhileItTakesLines:
    """A stream that may stop taking lines: its terminal or pipe was closed, its disk is full. The gateway goes on."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, line: str) -> None:
        """Write a line, if that can be."""
        with suppress(OSError):
            self.stream.write(line)

    def flush(self) -> None:
        """Hand on what was written, if that can be."""
        with suppress(OSError):
            self.stream.flush()


class Pace:
    """Lets `MOST` lines of one kind through in a second, so that whoever causes them fills no disk. For one thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin; `now` is in seconds."""
        self._now = now
        self._second, self._written, self._left_out = 0, 0, 0

    def left_out(self) -> int | None:
        """Return how many were left out before the line that may be written now; None where this is one too many."""
        second = int(self._now())
        if second != self._second:
            self._second, self._written = second, 0
        if self._written >= MOST:
            self._left_out += 1
            return None
        self._written += 1
        before, self._left_out = self._left_out, 0
        return before


class _WithoutMessages(logging.Handler):
    """What a library logs, without its message, which may quote the data: who spoke, how loudly, which error.

    Bytes that are no HTTP make the server's library speak, so each is held to a pace, by who speaks and how loudly.
    """

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._paces: dict[tuple[str, int], Pace] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, unless it is one too many or was told already."""
        if record.msg == _TOLD_BY_THE_WALL:
            return
        left_out = self._paces.setdefault((record.name, record.levelno), Pace()).left_out()
        if left_out is None:
            return
        kind = record.exc_info[0] if record.exc_info else None
        more = {**({"code": kind.__name__} if kind else {}), **({"count": left_out} if left_out else {})}
        structlog.get_logger().log(record.levelno, "library", logger=record.name, **more)


def _died(ended: threading.ExceptHookArgs) -> None:
    """Say that a thread ended by an error, without the traceback Python would print."""
    name = ended.thread.name if ended.thread else ""
    structlog.get_logger().error("thread_died", logger=name, code=ended.exc_type.__name__)


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Set logging up, once, by whoever starts a process.

    Libraries that log values stay silent (SECURITY section 1, trap 5).
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # A line is one write, its end included: several processes share standard error.
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _WhileItTakesLines(stream or sys.stderr))),
    )
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Without a handler of its own, Python would print messages and tracebacks of libraries as they are.
    root = logging.getLogger()
    if not any(isinstance(handler, _WithoutMessages) for handler in root.handlers):
        root.addHandler(_WithoutMessages(logging.WARNING))
    logging.captureWarnings(capture=True)
    threading.excepthook = _died

"""Structured logs on standard error.

Fields are an allow-list: what is not on it is left out, so that no value of the data gets in.
"""

import logging
import sys
import threading
from collections.abc import MutableMapping
from contextlib import suppress
from typing import TextIO, cast

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


class _WithoutMessages(logging.Handler):
    """What a library logs, without its message, which may quote the data: who spoke, how loudly, which error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        kind = record.exc_info[0] if record.exc_info else None
        more = {"code": kind.__name__} if kind else {}
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

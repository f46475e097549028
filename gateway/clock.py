"""The one place that reads the time and makes random bytes; everybody else is handed these."""

import asyncio
import os
import secrets
import time
from datetime import UTC, datetime
from threading import Lock

_POOL = 8192


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)


def onward() -> float:
    """Return this moment in seconds from anywhere, on the clock that only goes forward."""
    return time.monotonic()


class SystemBeat:
    """A beat of so many seconds (`gateway.core.beats.Beat`)."""

    def __init__(self, every: float) -> None:
        """Keep that beat."""
        self._every = every

    def begun(self) -> float:
        """Return this moment on the clock that only goes forward."""
        return onward()

    async def next(self, begun: float) -> None:
        """Sleep until a whole number of beats has passed since."""
        await asyncio.sleep(self._every - (onward() - begun) % self._every)


class SystemEntropy:
    """The operating system's randomness, fetched a pool at a time: the line asks eight times for each referral.

    A byte is handed out once and then forgotten. A process that was forked fetches its own.
    """

    def __init__(self) -> None:
        """Fetch nothing yet."""
        self._lock = Lock()
        self._pool = b""
        self._used = 0
        self._owner = 0

    def bytes(self, count: int) -> bytes:
        """Return that many random bytes, fit for keys."""
        if count > _POOL:
            return secrets.token_bytes(count)
        with self._lock:
            if self._used + count > len(self._pool) or self._owner != os.getpid():
                self._pool, self._used, self._owner = secrets.token_bytes(_POOL), 0, os.getpid()
            start, self._used = self._used, self._used + count
            return self._pool[start : self._used]

"""How often signing in failed lately. In memory, one for a process: it decides nothing, it only raises an alarm.

A passkey cannot be guessed, so nobody is locked out: a lock would only give an attacker a way to keep officers away.
"""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from gateway.core.lately import lately

MOST = 10
"""So many failures within `WINDOW` are a burst."""
WINDOW = timedelta(minutes=10)


class Failures:
    """Counts failures; thread-safe."""

    def __init__(self) -> None:
        """Nothing has failed yet."""
        self._lately: deque[datetime] = deque(maxlen=MOST)
        self._told: datetime | None = None
        self._lock = Lock()

    def too_many(self, now: datetime) -> bool:
        """Count one; True when this one makes a burst that was not told within the window, so a flood is one alarm."""
        with self._lock:
            self._lately.append(now)
            burst = len(self._lately) == MOST and lately(self._lately[0], now, WINDOW)
            if not burst or (self._told is not None and lately(self._told, now, WINDOW)):
                return False
            self._told = now
            return True

"""What the client asks of the world (`gateway.clock` has both). Declared here: nothing of the line comes along."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, UTC, timezone-aware."""

    def now(self) -> datetime:
        """Return the present moment."""
        ...


class Entropy(Protocol):
    """Randomness fit for keys."""

    def bytes(self, count: int) -> bytes:
        """Return that many random bytes."""
        ...

"""The one place that reads the time and makes random bytes; everybody else is handed these."""

import secrets
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)


class SystemEntropy:
    """The operating system's randomness."""

    def bytes(self, count: int) -> bytes:
        """Return that many random bytes, fit for keys."""
        return secrets.token_bytes(count)

"""How long ago something was, by a clock that may have been wrong since, or then.

A machine may begin in another year and be set right while it serves. What was written down meanwhile lies far ahead
afterwards; taken at its word it would hold for years: a rest, a session, a witness's word.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

AHEAD: Final = timedelta(minutes=5)
"""How far the clocks of two nodes may differ."""

RELEASED: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock before this is wrong."""


def lately(at: datetime, now: datetime, within: timedelta) -> bool:
    """Say whether that moment is less than so long ago. What lies ahead by more than clocks differ never was."""
    return -AHEAD <= now - at < within

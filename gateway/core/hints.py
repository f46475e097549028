"""Hints that could not be taken up, because the case was not to be had: kept until it is, or until they are too old.

In the memory of this process alone: a hint has no authority and tells nothing that is not in the sender's own system,
and a table of them would be a second outbox to seal, erase and watch (ADR 0044).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FIRST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(hours=1)
"""The wait before a hint is taken up again doubles from the first to the longest."""

GIVEN_UP: Final = timedelta(hours=6)
"""A hint that old is forgotten; the case is sent when it changes next."""

MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Waiting:
    since: datetime
    due: datetime
    wait: timedelta


class WaitingHints:
    """By hook and record: one hint each, however often it came."""

    def __init__(self) -> None:
        """Begin with none."""
        self._waiting: dict[tuple[str, str], _Waiting] = {}

    def keep(self, hook: str, record: str, now: datetime) -> None:
        """Wait with this one, longer each time; where it is too old, or there are too many, let it go."""
        known = self._waiting.pop((hook, record), None)
        since = known.since if known else now
        if now - since >= GIVEN_UP or len(self._waiting) >= MOST:
            return
        wait = min(known.wait * 2, LONGEST) if known else FIRST
        self._waiting[hook, record] = _Waiting(since, now + wait, wait)

    def forget(self, hook: str, record: str) -> None:
        """It was decided."""
        self._waiting.pop((hook, record), None)

    def due(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Yield what is to be taken up again now, as (hook, record)."""
        yield from [name for name, waiting in self._waiting.items() if waiting.due <= now]

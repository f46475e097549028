"""Hints that are not settled: written down before their case is fetched, gone when it was decided.

So no hint is lost with the process that took it, and one case is fetched and decided by one process at a time: of two
revisions the older is never sent over the newer. A row holds no data and gives no authority (ADR 0044): a keyed digest
of hook and record, the record's id sealed under the key ring, and times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

FIRST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(hours=1)
"""The wait before a hint is taken up again doubles from the first to the longest; it is written down beforehand, so
that a case on which a process dies does not keep others from theirs."""

GIVEN_UP: Final = timedelta(days=7)
"""A hint that old is given up, and said to be; the case is sent when it changes next."""

HELD_FOR: Final = timedelta(minutes=2)
"""How long a case belongs to who fetches it: longer than a fetch and a decision take."""

MOST: Final = 1_000
"""Hints of one hook that wait: a system that hints at more is not believed to have them."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A record that a hook was told of. `name` is a keyed digest of both, `sealed` the record's id."""

    name: bytes
    hook: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hint as it is kept. `count` is how often it came, `token` who has it in hand until `held_until`."""

    hint: Hint
    since: datetime
    due: datetime
    count: int = 1
    tries: int = 0
    token: bytes = b""
    held_until: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        """Say whether somebody has it in hand."""
        return self.held_until is not None and self.held_until >= now


class HintSteps(Protocol):
    """What happens to hints inside the writer's transaction (`Transaction.hints`)."""

    def known(self, name: bytes) -> Waiting | None:
        """Return that hint, if it waits."""
        ...

    def of_hook(self, hook: str) -> int:
        """Return how many hints of that hook wait."""
        ...

    def put(self, waiting: Waiting) -> None:
        """Write it down, or down anew."""
        ...

    def drop(self, name: bytes) -> None:
        """Forget it."""
        ...


class HintBook(Protocol):
    """Reads hints, outside any transaction."""

    def due(self, now: datetime, limit: int) -> Sequence[Hint]:
        """Return what is due and in nobody's hands, the longest due first."""
        ...

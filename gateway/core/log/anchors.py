"""What stands outside about the log, and the rule that nothing ordinary leaves once nobody outside has seen it.

A log that only its keeper holds can be rewritten by its keeper. So witnesses cosign its checkpoints and time-stamping
authorities date them (DESIGN section 7); where the operator has named some, and too few have answered for four hours,
ordinary disclosures stop. Withdrawals, restrictions, notices, answers and danger to life go on: they are recorded here
and anchored with the next checkpoint.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from gateway.core.errors import OperatorError
from gateway.core.lately import lately
from gateway.core.ports import Clock, Needs, Transaction
from gateway.core.records.anchor_rows import AnchorRow
from schemas.vocabulary import Ground

FRESH: Final = timedelta(hours=4)
"""How long ordinary disclosures go on after the last anchor that was needed."""

_LOOK_AGAIN: Final = timedelta(seconds=2)
"""While they are stopped: how often the database is asked whether another process has anchored meanwhile."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)

ALWAYS: Final = frozenset({Ground.BREAK_GLASS})
"""Grounds that wait for no witness: danger to life."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest checkpoint that one witness or authority has seen, and when it last saw one, by our clock then."""

    size: int
    at: datetime


class AnchorBook(Protocol):
    """Reads what was anchored."""

    def newest(self) -> Mapping[str, Seen]:
        """Return the newest of each witness and authority, by name."""
        ...

    def cosigned(self) -> str | None:
        """Return the newest checkpoint that a witness has cosigned, with all its cosignatures."""
        ...

    def time_stamps(self) -> Sequence[AnchorRow]:
        """Return the newest time stamp of each authority."""
        ...


class NotAnchoredError(OperatorError):
    """Too few witnesses and authorities have answered for four hours: nothing ordinary may leave."""


@dataclass(slots=True, eq=False)
class Outside:
    """Says whether enough of the named ones have seen the log lately. `needed` is 0 where none is configured.

    While what was seen is fresh nothing is read; one for a process.
    """

    names: frozenset[str]
    needed: int
    book: AnchorBook
    clock: Clock
    _seen: datetime = field(default=_NEVER, init=False)
    _looked: datetime = field(default=_NEVER, init=False)

    def holds(self) -> bool:
        """Say whether ordinary disclosures may go on."""
        if not self.needed:
            return True
        now = self.clock.now()
        if not lately(self._seen, now, FRESH) and not lately(self._looked, now, _LOOK_AGAIN):
            self._looked = now
            self._seen = self._last_seen(now)
        return lately(self._seen, now, FRESH)

    def require(self, ground: Ground) -> None:
        """Raise NotAnchoredError where a disclosure on this ground has to wait."""
        if ground not in ALWAYS and not self.holds():
            raise NotAnchoredError("nobody outside has seen the log for four hours")

    def _last_seen(self, now: datetime) -> datetime:
        """Return when enough of them had last seen it."""
        named = (one.at for name, one in self.book.newest().items() if name in self.names)
        seen = sorted((at for at in named if lately(at, now, FRESH)), reverse=True)
        return seen[self.needed - 1] if len(seen) >= self.needed else _NEVER


class Anchored(Protocol):
    """Has the log seen from outside."""

    @property
    def book(self) -> AnchorBook:
        """What was said so far."""
        ...

    @property
    def outside(self) -> Outside:
        """Whether that is enough."""
        ...

    async def now(self) -> Mapping[str, str]:
        """Ask everybody now; what became of it by name."""
        ...


class _Nobody:
    """Nothing is configured."""

    def newest(self) -> Mapping[str, Seen]:
        return {}

    def cosigned(self) -> str | None:
        return None

    def time_stamps(self) -> Sequence[AnchorRow]:
        return ()


class _AnyTime:
    def now(self) -> datetime:
        return _NEVER


NOBODY: Final = _Nobody()
HELD_HERE: Final = Outside(frozenset(), 0, NOBODY, _AnyTime())
"""No witness and no authority is configured: the log is as trustworthy as whoever keeps it."""


@dataclass(frozen=True, slots=True)
class RecordAnchors:
    """Keep what was said outside. No leaf: a log that grew by being witnessed would never be witnessed whole."""

    rows: Sequence[AnchorRow]

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> int:
        """Write them; how many."""
        for row in self.rows:
            transaction.add(row)
        return len(self.rows)

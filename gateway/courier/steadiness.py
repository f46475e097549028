"""Whether the machine's clock goes on as time does: what destroys or decides unasked waits until it has for a while.

A machine may begin in another year, and somebody or something sets it right a moment later. Whatever has run out by
such a clock would be gone for good meanwhile: used proofs and answers (a replay would pass), her codes, files, the keys
of exchanges, messages whose consent seems to have ended. What was put off until then would wait for years afterwards.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.core.housekeeping import EndRests
from gateway.core.lately import AHEAD, RELEASED, lately
from gateway.core.ports import Clock, Recorder
from gateway.courier.housekeeping import Duty

BEFORE_DESTROYING: Final = timedelta(hours=1)
BEFORE_ACTING: Final = timedelta(minutes=1)
"""Before anything is brought, and before an alarm that is raised once."""

_SILENT: Final = timedelta(days=1)
"""Where the log's last entry is older at the start, nothing says that the clock is right."""

_CLOSED: Final = timedelta(days=31)
"""Where it is that old, somebody is told of it."""

_LONGEST_REST: Final = timedelta(days=1) + AHEAD
"""No rest, lease or delay may be longer (schemas endpoint/1.0 and country_profile/1.0)."""


@dataclass(slots=True, eq=False)
class Steadiness:
    """One for a process. `onward` is a clock in seconds that only goes forward, from anywhere.

    `written` is when the log's newest entry was, before this process wrote any; None where there is none.
    """

    clock: Clock
    onward: Callable[[], float]
    recorder: Recorder
    written: datetime | None
    _seen: tuple[datetime, float] | None = None
    _since: float | None = None
    _leaps: deque[timedelta] = field(default_factory=deque)

    def has_held_for(self, while_: timedelta) -> bool:
        """Say whether the clock has not leapt for so long, as far as anybody looked."""
        now, ticked = self.clock.now(), self.onward()
        if self._seen is None:
            self._begin(now, ticked)
        else:
            self._leapt((now - self._seen[0]) - timedelta(seconds=ticked - self._seen[1]), ticked)
        self._seen = now, ticked
        return now >= RELEASED and (self._since is None or ticked - self._since >= while_.total_seconds())

    def may_bring(self) -> bool:
        """Say whether what waits for recipients may be decided again."""
        return self.has_held_for(BEFORE_ACTING)

    def patient(self, duty: Duty, while_: timedelta) -> Duty:
        """Return a duty that is not done before the clock has gone well for so long."""

        async def done() -> bool:
            return await duty() if self.has_held_for(while_) else False

        return done

    async def round(self) -> bool:
        """Tell of leaps, and let nothing wait for a moment that a wrong clock wrote down."""
        begins = self._seen is None
        self.has_held_for(timedelta())
        if begins and self.clock.now() >= RELEASED:
            await self.recorder.record(EndRests(_LONGEST_REST))
        while self._leaps:
            leap = self._leaps[0]
            if leap < timedelta():
                await self.recorder.record(EndRests(AHEAD))
            self._leaps.popleft()
            code, seconds = "ahead" if leap > timedelta() else "back", int(abs(leap).total_seconds())
            structlog.get_logger().warning("clock_leapt", code=code, count=seconds)
        return False

    def _begin(self, now: datetime, ticked: float) -> None:
        if self.written is None or lately(self.written, now, _SILENT):
            return
        self._since = ticked
        if not lately(self.written, now, _CLOSED):
            self._leaps.append(now - self.written)

    def _leapt(self, leap: timedelta, ticked: float) -> None:
        if abs(leap) > AHEAD:
            self._since = ticked
            self._leaps.append(leap)

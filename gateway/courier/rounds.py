"""The courier's round: looks for whom something waits, and takes a turn in each lane that is free.

Each recipient has a task of its own, and those that failed of late share a few places apart from all others: however
many agencies' systems are dead, and however slowly they die, nobody else waits for them. Any number of couriers may go
round on one database; the lanes keep them out of each other's way.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from gateway.core.delivery.hinting import Hinting
from gateway.core.delivery.pushing import Pushing, Turn
from gateway.core.endpoints import Brings
from gateway.core.lanes import LaneBook
from gateway.core.ports import Clock
from gateway.courier.carrying import Carrying

PAUSE: Final = 0.05
"""Seconds between two looks; half of it is what a letter waits for on average."""

_LONGEST_PAUSE: Final = 4
"""So many times as long, once nothing was found for a while: an idle gateway is to be idle."""

AT_ONCE: Final = 256
"""Lanes in which letters are carried at the same time: more than a country has systems that fall silent together."""

SUSPECTS: Final = 64
"""As many more for systems that failed of late."""

_AFTER_A_FAULT: Final = 1.0
_NOTHING_MAY_GO: Final = 0.5
"""Seconds a lane is left alone in which something waits and nothing may go: as while nobody outside sees the log."""

_TO_END: Final = 7.0


@dataclass(frozen=True, slots=True)
class Rounds:
    """Goes round until told to stop, and brings nothing while it may not, or nobody knows. `pause` is in seconds."""

    book: LaneBook
    pushing: Pushing
    hinting: Hinting
    carrying: Carrying
    clock: Clock
    may_bring: Callable[[], bool]
    pause: float = PAUSE
    _walking: "dict[str, asyncio.Task[None]]" = field(default_factory=dict)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _suspects: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SUSPECTS))

    async def run(self) -> None:
        """Go round until cancelled; then end the turns that are under way, as far as time allows."""
        try:
            pause = self.pause
            while True:
                if (found := self.look()) is None:
                    await asyncio.sleep(_AFTER_A_FAULT)
                    continue
                pause = self.pause if found else min(pause * 1.1, self.pause * _LONGEST_PAUSE)
                await asyncio.sleep(pause)
        finally:
            await self._ended()

    def look(self) -> bool | None:
        """Look once, and begin a turn wherever something waits; tell whether anything does.

        None where that cannot be told or the database does not answer, however it says so: nobody would begin these
        rounds again.
        """
        try:
            ready = self.book.ready(self.clock.now()) if self.may_bring() else ()
        except Exception as error:  # noqa: BLE001 - the wall between what a database does and every message that waits
            structlog.get_logger().warning("courier_failed", code=type(error).__name__)
            return None
        for recipient in ready:
            if recipient not in self._walking:
                self._walking[recipient] = asyncio.create_task(self._walk(recipient))
        return bool(ready)

    async def _walk(self, recipient: str) -> None:
        """Take turns in one lane for as long as there is more."""
        log = structlog.get_logger()
        try:
            places = self._suspects if self.book.failures(recipient) else self._places
            async with places:
                while (endpoint := self.book.endpoint(recipient)) is not None:  # Registered anew, it counts at once.
                    brings = self.hinting if endpoint.brings is Brings.HINTS else self.pushing
                    turn = await brings.turn(endpoint)
                    _tell(recipient, turn)
                    if turn == Turn():
                        await asyncio.sleep(_NOTHING_MAY_GO)
                    if not turn.more:
                        return
        except Exception as error:  # noqa: BLE001 - whatever one lane raises, every other must go on
            log.warning("courier_failed", agency=recipient, code=type(error).__name__)
            await asyncio.sleep(_AFTER_A_FAULT)
        finally:
            self._walking.pop(recipient, None)

    async def _ended(self) -> None:
        under_way = list(self._walking.values())
        if under_way:
            with suppress(asyncio.CancelledError):
                await asyncio.wait(under_way, timeout=_TO_END)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self.carrying.close()


def _tell(recipient: str, turn: Turn) -> None:
    """Say what came of a turn: whose, how many, and for what they failed. Never which message."""
    log = structlog.get_logger()
    if turn.arrived:
        log.info("delivered", agency=recipient, count=turn.arrived)
    for why in sorted(set(turn.failed)):
        log.warning("not_delivered", agency=recipient, code=why.value, count=turn.failed.count(why))
    if turn.fenced:
        log.info("lane_lost", agency=recipient)

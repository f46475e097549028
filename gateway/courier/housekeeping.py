"""The task beside the server that does what nobody asks for and must happen all the same, again and again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

PAUSE = 60.0
"""Seconds between two rounds."""

BREATH = 0.05
"""Seconds between two rounds while more is waiting, for the requests that wait meanwhile."""

Duty = Callable[[], Awaitable[bool]]
"""Something to be done once a round, a bounded amount at a time; true while more of it is waiting."""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Cancelled when the server closes. `duties` are by the name the log knows them by, `pause` is in seconds.

    One duty that fails keeps no other from being done, and is tried again in the next round.
    """

    duties: Mapping[str, Duty]
    pause: float = PAUSE

    async def run(self) -> None:
        """Do every duty, rest, and begin again, until cancelled."""
        while True:
            more = [await done(name, duty) for name, duty in self.duties.items()]
            await asyncio.sleep(min(BREATH, self.pause) if any(more) else self.pause)


async def done(name: str, duty: Duty) -> bool:
    """Do a duty, whatever it raises; true while more of it is waiting."""
    try:
        return await duty()
    except Exception as error:  # noqa: BLE001 - whatever one raises, the other duties and the next round must come
        structlog.get_logger().warning("duty_failed", duty=name, code=type(error).__name__)
        return False

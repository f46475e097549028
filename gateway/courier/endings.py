"""Warns of registered keys that end soon, in the log once a day: nobody asks `doctor` every morning.

With the last key of a client its system gets in no more, and with that of a recipient nothing can be sealed to it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import structlog

from gateway.core.agency_keys import SOON, Ending
from gateway.core.ports import Clock


@dataclass(slots=True)
class Endings:
    """Whom it warns of, is read from the register each time: of agencies, and of clients that are switched on."""

    agencies: Callable[[], Iterable[Ending]]
    clients: Callable[[], Iterable[Ending]]
    clock: Clock
    warned: date | None = None

    async def round(self) -> bool:
        """Warn where that was not done today: a line for each agency and each client, with how many keys."""
        today = self.clock.now().date()
        if today == self.warned:
            return False
        agencies, clients = [await asyncio.to_thread(_soon, read, today) for read in (self.agencies, self.clients)]
        for agency, count in agencies.items():
            structlog.get_logger().warning("key_ends_soon", code="agency_key", agency=agency, count=count)
        for client, count in clients.items():
            structlog.get_logger().warning("key_ends_soon", code="client_key", client=client, count=count)
        self.warned = today
        return False


def _soon(read: Callable[[], Iterable[Ending]], today: date) -> Counter[str]:
    return Counter(one.agency for one in read() if one.last_day <= today + SOON)

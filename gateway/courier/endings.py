"""Warns of keys and of trusted certificates that end soon, in the log once a day: nobody asks `doctor` every morning.

With the last key of a client its system gets in no more, and with that of a recipient nothing can be sealed to it. With
an authority's certificate every client ends that is known by a name it vouches for, or every time stamp.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import structlog

from gateway.core.parties.agency_keys import SOON, Ending
from gateway.core.ports import Clock


@dataclass(slots=True)
class Endings:
    """Whom it warns of, is read from the register each time: of agencies, and of clients that are switched on.

    `authorities` are the last days of the certificates this process trusts, by what for, as it read them at its start.
    """

    agencies: Callable[[], Iterable[Ending]]
    clients: Callable[[], Iterable[Ending]]
    authorities: Mapping[str, Sequence[date]]
    clock: Clock
    warned: date | None = None

    async def round(self) -> bool:
        """Warn where that was not done today: a line for each agency, client and kind of authority, with how many."""
        today = self.clock.now().date()
        if today == self.warned:
            return False
        agencies, clients = [await asyncio.to_thread(_soon, read, today) for read in (self.agencies, self.clients)]
        for agency, count in agencies.items():
            structlog.get_logger().warning("key_ends_soon", code="agency_key", agency=agency, count=count)
        for client, count in clients.items():
            structlog.get_logger().warning("key_ends_soon", code="client_key", client=client, count=count)
        for code, days in self.authorities.items():
            if count := sum(day <= today + SOON for day in days):
                structlog.get_logger().warning("key_ends_soon", code=code, count=count)
        self.warned = today
        return False


def _soon(read: Callable[[], Iterable[Ending]], today: date) -> Counter[str]:
    return Counter(one.agency for one in read() if one.last_day <= today + SOON)

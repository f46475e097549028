"""Tells systemd how this process is (sd_notify(3)): ready, ending, and again and again alive. Nothing more.

Without NOTIFY_SOCKET nothing is said. A supervisor that cannot be reached is no reason not to serve.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from socket import AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM, socket
from typing import Self

from gateway.settings import supervisor


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Who listens at `address` (one that begins with @ is in the abstract namespace), and within how many `seconds`."""

    address: str
    seconds: float

    @classmethod
    def of_this_process(cls) -> Self:
        """Return what the environment says. Raises OperatorError."""
        return cls(*supervisor())

    @asynccontextmanager
    async def told(self, alive: Callable[[], bool]) -> AsyncIterator[None]:
        """Say that this process is ready, then that it is alive as long as it is, and in the end that it ends."""
        self._tell("READY=1")
        going = asyncio.create_task(self._watched(alive))
        try:
            yield
        finally:
            going.cancel()
            self._tell("STOPPING=1")

    async def _watched(self, alive: Callable[[], bool]) -> None:
        """Speak up twice as often as has to be; an event loop that stands still does not."""
        while self.seconds:
            if alive():
                self._tell("WATCHDOG=1")
            await asyncio.sleep(self.seconds / 2)

    def _tell(self, said: str) -> None:
        if not self.address:
            return
        place = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with suppress(OSError), socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC) as speaking:
            speaking.settimeout(0)  # Who does not listen is not waited for.
            speaking.sendto(said.encode(), place)

"""Takes connections where processes share a listening socket: the fewer a process has, the sooner it takes the next.

Left to themselves, whichever process wakes first takes all that wait; and agencies keep their connections for hours.
"""

import asyncio
from collections.abc import Callable
from socket import socket
from typing import Final

_FOR_EACH: Final = 0.001
"""Seconds a process waits for each connection it has: the event loop's clock knows no less."""

_LONGEST: Final = 0.008
_AFTER_A_FAULT: Final = 1.0
_BESIDE: Final = 8
"""For so many that it has, a process takes one more at a time: the more there are, the less one too many is."""

_WAITING: Final = 2_048


class Accepting:
    """Listens on one socket until closed, as uvicorn knows its servers. `having` says how many connections are open."""

    def __init__(self, shared: socket, made: Callable[[], asyncio.BaseProtocol], having: Callable[[], int]) -> None:
        """Begin to listen; the socket stays whoever's it is."""
        self._shared, self._made, self._having = shared, made, having
        self._loop = asyncio.get_running_loop()
        self._hesitating: asyncio.TimerHandle | None = None
        self._beginning = set[asyncio.Task[object]]()
        shared.settimeout(0)
        shared.listen(_WAITING)
        self._loop.add_reader(shared.fileno(), self._somebody_waits)

    def close(self) -> None:
        """Take no more."""
        self._loop.remove_reader(self._shared.fileno())
        if self._hesitating is not None:
            self._hesitating.cancel()

    async def wait_closed(self) -> None:
        """Return: what was taken is its protocol's."""

    def _somebody_waits(self) -> None:
        """Take one, or let those go first who have fewer."""
        if not self._having():
            self._take()
            return
        self._pause(min(self._having() * _FOR_EACH, _LONGEST))

    def _pause(self, seconds: float) -> None:
        self._loop.remove_reader(self._shared.fileno())
        self._hesitating = self._loop.call_later(seconds, self._go_on)

    def _go_on(self) -> None:
        self._hesitating = None
        self._loop.add_reader(self._shared.fileno(), self._somebody_waits)
        for _ in range(1 + self._having() // _BESIDE):
            if not self._take():
                return

    def _take(self) -> bool:
        """Take one connection; False where another process was faster."""
        try:
            taken, _ = self._shared.accept()
        except (BlockingIOError, ConnectionAbortedError, InterruptedError):
            return False
        except OSError:  # No descriptor is free: for now.
            self._pause(_AFTER_A_FAULT)
            return False
        taken.settimeout(0)
        beginning = self._loop.create_task(self._loop.connect_accepted_socket(self._made, taken))
        self._beginning.add(beginning)
        beginning.add_done_callback(self._beginning.discard)
        return True

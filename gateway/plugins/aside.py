"""Threads on which requests wait for worker processes, so that the event loop serves everybody else meanwhile.

An adapter that is slow holds at most its own few; further requests for it are turned away before anything is decided.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from gateway.core.errors import OperatorError

_Result = TypeVar("_Result")

AT_ONCE: Final = 4
"""How many requests of one adapter may wait at a time, those at work included."""


class Aside:
    """The threads of every adapter that runs apart. Used from one event loop; makes none while there is no work."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        """Have room for these adapters."""
        self._waiting = dict.fromkeys(keys, 0)
        self._threads = ThreadPoolExecutor(AT_ONCE * max(1, len(self._waiting)), "adapter")

    async def run(self, keys: Iterable[str], work: Callable[[], _Result]) -> _Result:
        """Do the work on a thread. Raises what it raises, and OperatorError when one of the adapters has enough."""
        asked = tuple(keys)
        if any(self._waiting[key] >= AT_ONCE for key in asked):
            raise OperatorError("an adapter has too much to do")
        for key in asked:
            self._waiting[key] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            for key in asked:
                self._waiting[key] -= 1

    def close(self) -> None:
        """Begin nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

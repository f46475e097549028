"""The processes that answer beside the first one, because one interpreter uses one processor.

Each is a whole gateway on the same databases and the same listening sockets, without the operator's socket and the
housekeeping. None trusts another: what one remembers may be stale, and the heads in the database decide, as between
nodes (docs/architecture.md). A sibling lives as long as its standard input is open, so it never outlives the first
process, however that one dies; one that dies is started again.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from socket import socket

import structlog

from gateway.serving.servers import DRAIN
from gateway.settings import Settings

_LAST_COMMIT = 2
"""Seconds a sibling has after its last answer."""

_BEFORE_ANOTHER = 1.0
"""Seconds between the death of a sibling and the start of the next: whatever kills each at once must not spin."""


@dataclass(frozen=True, slots=True)
class Siblings:
    """All but the first of `settings.processes`; `shared` are the sockets all listen on.

    `heard` is given each line that one of them writes, where somebody wants figures.
    """

    settings: Settings
    shared: tuple[socket, ...]
    heard: Callable[[bytes], None] | None = None
    module: str = "gateway.serving.beside"

    async def keep(self, stopped: asyncio.Event) -> None:
        """Keep them alive until the event is set; then let each end the requests at hand."""
        await asyncio.gather(*(self._keep_one(stopped) for _ in range(self.settings.processes - 1)))

    async def _keep_one(self, stopped: asyncio.Event) -> None:
        while not stopped.is_set():
            try:
                sibling = await self._started()
                listening = asyncio.create_task(self._listen(sibling))
                await _lived(sibling, stopped)
                listening.cancel()
            except OSError as error:  # No process, no descriptors, no memory: for now, perhaps.
                structlog.get_logger().error("sibling_not_started", code=type(error).__name__)
            if not stopped.is_set():
                await _passed(stopped, _BEFORE_ANOTHER)

    async def _started(self) -> Process:
        """Start one in a session of its own: Ctrl-C is for the first process, which lets the others end in order."""
        listening = [one.fileno() for one in self.shared]
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", self.module, *map(str, listening)),
            stdin=PIPE,
            stdout=PIPE if self.heard else DEVNULL,
            pass_fds=listening,
            start_new_session=True,
            env=self.settings.handed_on(),
        )

    async def _listen(self, sibling: Process) -> None:
        """Hand on each whole line it writes until it is gone; one that died may leave half a line."""
        while self.heard and sibling.stdout and (line := await sibling.stdout.readline()).endswith(b"\n"):
            self.heard(line)


async def _lived(sibling: Process, stopped: asyncio.Event) -> None:
    """Return once it is gone: it died, or was let go because the event is set."""
    ended, asked = asyncio.create_task(sibling.wait()), asyncio.create_task(stopped.wait())
    await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not stopped.is_set():
        structlog.get_logger().error("sibling_died")
    await _let_go(sibling)


async def _passed(stopped: asyncio.Event, seconds: float) -> None:
    """Wait that long, or until the event is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), seconds)


async def _let_go(sibling: Process) -> None:
    if sibling.stdin is not None:
        sibling.stdin.close()
    try:
        await asyncio.wait_for(sibling.wait(), DRAIN + _LAST_COMMIT)
    except TimeoutError:
        sibling.kill()
        await sibling.wait()

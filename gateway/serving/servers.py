"""uvicorn as this gateway runs it: several servers in one process, one place that decides when they end."""

import asyncio
import signal
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from socket import socket
from typing import cast

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

from gateway.serving.accepting import Accepting
from gateway.serving.protocol import BoundedProtocol
from gateway.serving.proxied import FromAnybody, FromProxy

DRAIN = 7
"""Seconds the requests at hand get to end; with the last commit the process is gone within ten."""

MOST_AT_ONCE = 1_024
"""Connections at once; one more is answered 503, so that those inside are still answered in time."""

IDLE = 75
"""Seconds a connection may be idle between requests: longer than a proxy keeps one to use again (nginx: 60).

Where both let go at once a request is lost between them: a proxy answers 502, a client sees the connection reset.
"""

_ASKS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""The last comes where a terminal is closed; `nohup` has it ignored, and so it stays."""

_GLANCE = 0.01


@dataclass(slots=True)
class Stop:
    """Whether this process was asked to end, and whether it was asked twice: that is somebody who will not wait."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    in_haste: bool = False

    def ask(self) -> None:
        """End, or end faster."""
        self.in_haste = self.asked.is_set()
        self.asked.set()


@asynccontextmanager
async def signalled() -> AsyncIterator[Stop]:
    """Give a stop that signals ask for; after the block this process hears none of them: it is ending.

    Handlers of the loop go with the loop: one more SIGTERM then made a death of what was an end in order.
    """
    loop, stop = asyncio.get_running_loop(), Stop()
    for number in _ASKS:
        if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop.ask))
    try:
        yield stop
    finally:
        for number in _ASKS:
            signal.signal(number, signal.SIG_IGN)


@asynccontextmanager
async def served(servers: Mapping[uvicorn.Server, socket], stop: Stop) -> AsyncIterator[asyncio.Event]:
    """Serve on these sockets; leaving drains them. The event is set when asked to stop, or when a server ended."""
    running = [asyncio.create_task(one.serve(sockets=[bound])) for one, bound in servers.items()]
    for task in running:
        task.add_done_callback(lambda _done: stop.asked.set())
    try:
        while not (stop.asked.is_set() or all(one.started for one in servers)):  # noqa: ASYNC110 - uvicorn has a flag
            await asyncio.sleep(_GLANCE)
        yield stop.asked
    finally:
        for one in servers:
            one.should_exit = True
        while not all(task.done() for task in running):
            for one in servers:
                one.force_exit = stop.in_haste
            await asyncio.wait(running, timeout=_GLANCE)
        await asyncio.gather(*running)


def public_servers(
    app: ASGIApp, public: socket, proxied: socket | None, *, shared: bool
) -> dict[uvicorn.Server, socket]:
    """Return the servers of the application: one on TCP, and where a proxy has a socket of its own, one on that.

    `shared` where other processes do so with the same sockets.
    """
    made = _SharedServer if shared else _Server
    if proxied is None:
        return {made(_config(app)): public}
    return {made(_config(FromAnybody(app))): public, made(_config(FromProxy(app))): proxied}


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: several servers share a process, and one place decides when all end."""

    @override
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class _SharedServer(_Server):
    """One on sockets on which other processes listen too."""

    @override
    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup([])
        listening = [
            Accepting(one, self._connected, lambda: len(self.server_state.connections)) for one in sockets or ()
        ]
        self.servers = cast("list[asyncio.Server]", listening)

    def _connected(self) -> asyncio.BaseProtocol:
        return BoundedProtocol(self.config, self.server_state, self.lifespan.state)


def server(app: ASGIApp) -> uvicorn.Server:
    """Return a server on sockets of its own."""
    return _Server(_config(app))


def _config(app: ASGIApp) -> uvicorn.Config:
    """Write every choice out that carries security: it logs, announces and believes nothing."""
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=DRAIN,
    )

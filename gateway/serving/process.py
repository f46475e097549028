"""One gateway process: both servers on one event loop around one writer, from the lock to the last commit.

The beginning: (1) the folder's lock, (2) both sockets bound, (3) the gateway connected, (4) the application's lifespan,
which starts the writer, (5) both servers and the housekeeping. The end, on SIGTERM or SIGINT: both servers stop
accepting and drain, then the lifespan confirms what waits and closes the databases. Nothing is ever answered that was
not committed, however the process dies.
"""

import asyncio
import resource
import signal
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from socket import socket

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI
from typing_extensions import override

from gateway.app import create_app, create_operator_app
from gateway.clock import SystemEntropy
from gateway.courier.escalation import Escalation
from gateway.courier.housekeeping import Housekeeping
from gateway.installation.folder import exclusive
from gateway.serving import sockets
from gateway.serving.protocol import BoundedProtocol
from gateway.settings import Settings
from gateway.wiring import Gateway, build

DRAIN = 7
"""Seconds the requests at hand get to end; with the last commit the process is gone within ten."""

MOST_AT_ONCE = 1_024
"""Connections at once; one more is answered 503, so that those inside are still answered in time."""

_GLANCE = 0.01


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is told the public URL as soon as requests are answered.

    Raises OperatorError when it cannot begin; InUseError, PortTakenError and UnsafeAddressError among others.
    """
    sockets.check_address(settings)
    forbid_core_dumps()
    with exclusive(settings.data):  # (1)
        public = sockets.public(settings)
        settings = settings.model_copy(update={"port": public.getsockname()[1]})
        try:
            operators = sockets.operators(settings.socket)  # (2)
            with operators, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_run(build(settings), public, operators, announce))  # (3)
        finally:
            public.close()
            settings.socket.unlink(missing_ok=True)


def forbid_core_dumps() -> None:
    """Keep keys and people out of core files. The hard limit goes too, so that nothing later can allow them again."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


async def _run(gateway: Gateway, public: socket, operators: socket, announce: Callable[[str], None]) -> None:
    app, log = create_app(gateway), structlog.get_logger()
    async with app.router.lifespan_context(app):  # (4)
        beside = [
            asyncio.create_task(Housekeeping(gateway.writer, gateway.door.overrides, gateway.door.children).run()),
            asyncio.create_task(Escalation(gateway.writer, SystemEntropy()).run()),
        ]
        async with _served({_server(app): public, _server(create_operator_app(gateway)): operators}) as stopped:  # (5)
            announce(gateway.settings.public_url)
            log.info("started")
            await stopped.wait()
            log.info("stopping")
        for task in beside:
            task.cancel()
    log.info("stopped")


@asynccontextmanager
async def _served(servers: Mapping[uvicorn.Server, socket]) -> AsyncIterator[asyncio.Event]:
    """Serve on these sockets; leaving drains them. The event is set by a signal, or by a server that ends by itself."""
    stopped = asyncio.Event()

    def stop() -> None:
        for server in servers:  # Somebody who asks twice does not want to wait.
            server.force_exit = stopped.is_set()
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    running = [asyncio.create_task(server.serve(sockets=[bound])) for server, bound in servers.items()]
    for task in running:
        task.add_done_callback(lambda _done: stopped.set())
    try:
        while not (stopped.is_set() or all(server.started for server in servers)):  # noqa: ASYNC110 - uvicorn has a flag
            await asyncio.sleep(_GLANCE)
        yield stopped
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*running)


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: two servers share this process, and one place decides when both end."""

    @override
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _server(app: FastAPI) -> uvicorn.Server:
    """Every choice that carries security is written out: the server itself logs, announces and believes nothing."""
    return _Server(
        uvicorn.Config(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=MOST_AT_ONCE,
            timeout_graceful_shutdown=DRAIN,
        )
    )

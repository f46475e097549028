"""The first gateway process: its servers on one event loop around one writer, from the lock to the last commit.

The beginning: (1) the folder's lock, (2) the sockets bound, (3) the gateway connected, (4) the application's lifespan,
which starts the writer, (5) both servers, the housekeeping, and the siblings that answer beside it. The end, on SIGTERM
or SIGINT: the servers stop accepting and drain, the siblings do the same, then the lifespan confirms what waits and
closes the databases. Nothing is ever answered that was not committed, however a process dies.
"""

import asyncio
import resource
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from socket import socket

import structlog
import uvloop

from gateway.app import create_app, create_operator_app
from gateway.clock import SystemEntropy
from gateway.courier.duties import duties
from gateway.courier.housekeeping import Housekeeping
from gateway.installation.folder import exclusive
from gateway.serving import sockets
from gateway.serving.servers import public_servers, served, server, signalled
from gateway.serving.siblings import Siblings
from gateway.settings import Settings
from gateway.wiring import Gateway, build, courier


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
            proxied = None if settings.proxy_socket is None else sockets.proxy(settings.proxy_socket)
            with operators, proxied or nullcontext(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_run(build(settings), Listening(public, operators, proxied), announce))  # (3)
        finally:
            public.close()
            for path in (settings.socket, settings.proxy_socket):
                if path is not None:
                    path.unlink(missing_ok=True)


def forbid_core_dumps() -> None:
    """Keep keys and people out of core files. The hard limit goes too, so that nothing later can allow them again."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@dataclass(frozen=True, slots=True)
class Listening:
    """The sockets of this gateway, bound; `proxied` where a proxy has one of its own."""

    public: socket
    operators: socket
    proxied: socket | None

    @property
    def shared(self) -> tuple[socket, ...]:
        """Those that siblings listen on too."""
        return (self.public,) if self.proxied is None else (self.public, self.proxied)


async def _run(gateway: Gateway, listening: Listening, announce: Callable[[str], None]) -> None:
    app, log, door = create_app(gateway), structlog.get_logger(), gateway.door
    async with app.router.lifespan_context(app):  # (4)
        mine = duties(gateway.writer, SystemEntropy(), door.overrides, door.children, door.erasures)
        mine["anchors"] = gateway.anchoring.duty
        beside = [asyncio.create_task(Housekeeping(mine).run())]
        if gateway.settings.courier:
            beside.append(asyncio.create_task(courier.rounds(gateway).run()))
        servers = public_servers(app, listening.public, listening.proxied)
        servers[server(create_operator_app(gateway))] = listening.operators
        async with served(servers, signalled()) as stopped:  # (5)
            announce(gateway.settings.public_url)
            log.info("started")
            siblings = asyncio.create_task(Siblings(gateway.settings, listening.shared).keep(stopped))
            await stopped.wait()
            log.info("stopping")
        await siblings
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)  # The courier ends the turns that are under way.
    log.info("stopped")

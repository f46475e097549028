"""The first gateway process: its servers on one event loop around one writer, from the lock to the last commit.

The beginning: (1) the folder's lock, (2) the sockets bound, (3) the gateway connected, (4) the application's lifespan,
which starts the writer, (5) both servers, the housekeeping, and the siblings that answer beside it. The end, on SIGTERM
or SIGINT: the servers stop accepting and drain, the siblings do the same, then the lifespan confirms what waits and
closes the databases. Nothing is ever answered that was not committed, however a process dies.
"""

import asyncio
import resource
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from socket import socket
from typing import TYPE_CHECKING

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp

from gateway.app import create_app, create_operator_app
from gateway.clock import SystemEntropy
from gateway.courier.duties import duties, take_up
from gateway.courier.housekeeping import Duty, Housekeeping
from gateway.courier.steadiness import BEFORE_ACTING, BEFORE_DESTROYING
from gateway.installation.folder import exclusive
from gateway.serving import sockets
from gateway.serving.listening import Listening, listening
from gateway.serving.servers import public_servers, served, server, signalled
from gateway.serving.siblings import Siblings
from gateway.serving.supervised import Supervisor
from gateway.serving.watching import figures_of, watched
from gateway.settings import Settings
from gateway.wiring import Gateway, build, courier

if TYPE_CHECKING:
    from gateway.watching.figures import Figures


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is told the public URL as soon as requests are answered.

    Raises OperatorError when it cannot begin; InUseError, PortTakenError and UnsafeAddressError among others.
    """
    sockets.check_address(settings)
    forbid_core_dumps()
    with exclusive(settings.data), listening(settings) as bound:  # (1), (2)
        connected = build(settings.model_copy(update={"port": bound.port}))  # (3)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(connected, bound, announce))


_ALARMS = ("notices", "ageing", "overrides", "children", "breaches", "birthdays")
_PATIENCE = dict.fromkeys(_ALARMS, BEFORE_ACTING) | dict.fromkeys(("expiry", "retention"), BEFORE_DESTROYING)
"""What is raised once, and what destroys for good, is not done by a clock that is in doubt."""


def forbid_core_dumps() -> None:
    """Keep keys and people out of core files. The hard limit goes too, so that nothing later can allow them again."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


async def _run(gateway: Gateway, bound: Listening, announce: Callable[[str], None]) -> None:
    app, log, supervisor = create_app(gateway), structlog.get_logger(), Supervisor.of_this_process()
    figures = figures_of(gateway) if bound.figures else None
    async with app.router.lifespan_context(app):  # (4)
        beside = [asyncio.create_task(one) for one in _beside(gateway)]
        servers = _servers(app, gateway, bound, figures)
        async with signalled() as stop, served(servers, stop) as stopped:  # (5)
            announce(gateway.settings.public_url)
            log.info("started")
            heard = None if figures is None else figures.hear
            siblings = asyncio.create_task(Siblings(gateway.settings, bound.shared, heard).keep(stopped))
            async with supervisor.told(lambda: gateway.writer.working):
                await stopped.wait()
            log.info("stopping")
        await siblings
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)  # The courier ends the turns that are under way.
    log.info("stopped")


def _beside(gateway: Gateway) -> Iterator[Coroutine[object, object, None]]:
    """Begin what runs beside the servers: the housekeeping, and the courier unless it is a process of its own."""
    yield Housekeeping(unasked(gateway)).run()
    yield Housekeeping({"hints": partial(take_up, gateway.hooks)}).run()  # By itself: it waits for others' systems.
    if gateway.settings.courier:
        yield courier.rounds(gateway).run()


def unasked(gateway: Gateway) -> dict[str, Duty]:
    """Return the duties of the first process."""
    door, steadiness = gateway.door, gateway.steadiness
    mine = {"clock": steadiness.round} | duties(
        gateway.writer,
        SystemEntropy(),
        door.overrides,
        door.children,
        door.erasures,
        gateway.locks,
        gateway.people.breaches,
    )
    mine |= {"anchors": gateway.anchoring.duty, "retention": gateway.retention.duty, "endings": gateway.endings.round}
    return mine | {name: steadiness.patient(mine[name], while_) for name, while_ in _PATIENCE.items()}


def _servers(
    app: ASGIApp, gateway: Gateway, bound: Listening, figures: "Figures | None"
) -> dict[uvicorn.Server, socket]:
    several, seen = gateway.settings.processes > 1, watched(app, gateway.settings, figures)
    servers = public_servers(seen, bound.public, bound.proxied, shared=several)
    servers[server(create_operator_app(gateway))] = bound.operators
    if bound.figures and figures is not None:
        servers[server(figures.application())] = bound.figures
    return servers

"""A real HTTP server on 127.0.0.1 and the operator's socket beside it, in a thread of this process.

The thread leaves the story its own one, and Ctrl-C with it. `gateway.serving` is how a gateway is served in earnest.
"""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import Final, Literal

import uvicorn
from fastapi import FastAPI

from gateway.app import create_app, create_operator_app
from gateway.core.errors import OperatorError
from gateway.courier.housekeeping import Duty, done
from gateway.serving import sockets
from gateway.serving.protocol import BoundedProtocol
from gateway.settings import Settings
from gateway.wiring import Gateway

LOOPBACK: Final = "127.0.0.1"
_PATIENCE: Final = 10.0
_GLANCE: Final = 0.01
_LOOK: Final = 0.5


def listening(settings: Settings) -> socket.socket:
    """Return a listening socket: on the port of the settings, or on any other where that is taken.

    Bound alone is not taken: two sockets may bind one address as long as neither listens (SO_REUSEADDR on Linux).
    """
    for port in (settings.port, 0):
        with suppress(sockets.PortTakenError):
            bound = sockets.public(settings.host, port)
            try:
                bound.listen()
            except OSError:
                bound.close()
            else:
                return bound
    raise OperatorError("no port is free on 127.0.0.1")


@contextmanager
def serving(
    gateway: Gateway, bound: socket.socket, duties: Mapping[str, Duty] = MappingProxyType({})
) -> Iterator[threading.Event]:
    """Serve until the block ends; the event is set once the gateway is closed. `duties` are done meanwhile.

    Raises OperatorError if it does not start.
    """
    public, operator = _server(create_app(gateway), "on"), _server(create_operator_app(gateway), "off")
    places = {public: bound, operator: sockets.operators(gateway.settings.socket)}
    # An event, because `Thread.join` takes a thread for ended once Ctrl-C has interrupted it.
    ended = threading.Event()
    threading.Thread(target=_run, args=(places, duties, ended), name="http", daemon=True).start()
    try:
        _await_start(public, ended)
        yield ended
    finally:
        for server in places:
            server.should_exit = True
        ended.wait(_PATIENCE)
        gateway.settings.socket.unlink(missing_ok=True)


def until_interrupted(ended: threading.Event) -> None:
    """Wait until Ctrl-C, or until nothing is served any more."""
    # A shell that starts something in the background has it ignore Ctrl-C; here somebody is told to press it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        while not ended.wait(_LOOK):
            continue


def _run(places: Mapping[uvicorn.Server, socket.socket], duties: Mapping[str, Duty], ended: threading.Event) -> None:
    try:
        asyncio.run(_serve(places, duties))
    finally:
        ended.set()


async def _serve(places: Mapping[uvicorn.Server, socket.socket], duties: Mapping[str, Duty]) -> None:
    beside = asyncio.create_task(_keep_house(duties, [*places]))
    await asyncio.gather(*(server.serve(sockets=[bound]) for server, bound in places.items()))
    await beside


async def _keep_house(duties: Mapping[str, Duty], servers: Sequence[uvicorn.Server]) -> None:
    """Do these duties while the servers serve; more often than in earnest, since somebody waits to see it."""
    while not any(server.should_exit for server in servers):
        if all(server.started for server in servers):
            for name, duty in duties.items():
                await done(name, duty)
        await asyncio.sleep(_LOOK)


def _server(app: FastAPI, lifespan: Literal["on", "off"]) -> uvicorn.Server:
    """Make a server that logs, announces and believes nothing. The gateway opens and closes with the public one."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan=lifespan,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )


def _await_start(server: uvicorn.Server, ended: threading.Event) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not server.started:
        if ended.is_set() or time.monotonic() > deadline:
            raise OperatorError("the HTTP server did not start")
        time.sleep(_GLANCE)

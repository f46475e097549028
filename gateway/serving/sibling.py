"""One process beside the first (`gateway.serving.siblings`), which hands it listening sockets."""

import asyncio
import sys
from contextlib import ExitStack
from socket import socket

import structlog
import uvloop

from gateway import logs
from gateway.app import create_app
from gateway.core.errors import GatewayError
from gateway.serving.servers import public_servers, served, signalled
from gateway.serving.watching import reporter_of, watched
from gateway.settings import read
from gateway.wiring import Gateway, build


def run(*listening: int) -> None:
    """Serve until standard input ends: the first process let go of it, or died. Its limits are inherited.

    `listening` are the public socket and, where there is one, that of the proxy.
    """
    with ExitStack() as stack, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        public, *proxied = (stack.enter_context(socket(fileno=one)) for one in listening)
        runner.run(_run(build(read()), public, proxied[0] if proxied else None))


async def _run(gateway: Gateway, public: socket, proxied: socket | None) -> None:
    app, log = create_app(gateway), structlog.get_logger()
    figures = reporter_of(gateway)
    servers = public_servers(watched(app, gateway.settings, figures), public, proxied, shared=True)
    async with app.router.lifespan_context(app), signalled() as stop, served(servers, stop) as stopped:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.asked.set)
        telling = figures and asyncio.create_task(figures.tell(sys.stdout))
        log.info("sibling_started")
        await stopped.wait()
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
    if telling:
        telling.cancel()


def main(*listening: int) -> int:
    """Return how the process ends. What kept it from beginning is a line in the log, by kind, and no traceback."""
    logs.configure()
    try:
        run(*listening)
    except GatewayError as error:
        structlog.get_logger().error("sibling_not_started", code=type(error).__name__)
        return 1
    except Exception as error:  # noqa: BLE001 - the wall: a foreign error may quote what it was given
        structlog.get_logger().error("defect", code=type(error).__name__)
        return 1
    return 0

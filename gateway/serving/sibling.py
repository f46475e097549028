"""One process beside the first (`gateway.serving.siblings`); its argument is the listening socket it was handed."""

import asyncio
import sys
from socket import socket

import structlog
import uvloop

from gateway import logs
from gateway.app import create_app
from gateway.core.errors import GatewayError
from gateway.serving.servers import Stop, served, server
from gateway.settings import read
from gateway.wiring import Gateway, build


def run(listening: int) -> None:
    """Serve until standard input ends: the first process let go of it, or died. Its limits are inherited."""
    with socket(fileno=listening) as public, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(build(read()), public))


async def _run(gateway: Gateway, public: socket) -> None:
    app, stop, log = create_app(gateway), Stop(), structlog.get_logger()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.asked.set)
    async with app.router.lifespan_context(app), served({server(app): public}, stop) as stopped:
        log.info("sibling_started")
        await stopped.wait()
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())


def main(listening: int) -> int:
    """Return how the process ends. What kept it from beginning is a line in the log, by kind, and no traceback."""
    logs.configure()
    try:
        run(listening)
    except GatewayError as error:
        structlog.get_logger().error("sibling_not_started", code=type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))

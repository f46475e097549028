"""A witness as a process: one server, one folder, nothing shared with any gateway."""

import asyncio
import socket
from collections.abc import Callable

import uvloop

from gateway.core.errors import GivenError
from gateway.serving.servers import served, server, signalled
from gateway.witness.application import application
from gateway.witness.keeping import Keeper


def serve_witness(keeper: Keeper, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is told the URL. Raises OperatorError where the port is taken."""
    with socket.socket() as listening, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError:
            raise GivenError("the address cannot be listened on") from None
        runner.run(_run(keeper, listening, announce))


async def _run(keeper: Keeper, listening: socket.socket, announce: Callable[[str], None]) -> None:
    servers = {server(application(keeper)): listening}
    async with signalled() as stop, served(servers, stop) as stopped:
        host, port = listening.getsockname()[:2]
        announce(f"http://{host}:{port}")
        await stopped.wait()

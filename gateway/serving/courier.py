"""A courier as a process of its own: a whole gateway that answers nobody and brings agencies what is for them.

Any number of them run beside `serve` on the same databases, and none needs to: each lane is held by one at a time.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog
import uvloop

from gateway.courier.duties import in_every_process
from gateway.courier.housekeeping import Housekeeping
from gateway.installation.folder import require_private
from gateway.serving.process import forbid_core_dumps
from gateway.serving.servers import Stop, signalled
from gateway.serving.supervised import Supervisor
from gateway.settings import Settings
from gateway.wiring import Gateway, build, courier
from gateway.wiring.identity import WATCH


def deliver(settings: Settings, announce: Callable[[], None]) -> None:
    """Bring what waits until SIGTERM or SIGINT; `announce` is called when it begins. Raises OperatorError."""
    forbid_core_dumps()
    require_private(settings.data)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(build(settings), announce))


async def _run(gateway: Gateway, announce: Callable[[], None]) -> None:
    async with signalled() as stop:
        await bring(gateway, stop, announce)


async def bring(gateway: Gateway, stop: Stop, announce: Callable[[], None]) -> None:
    """Bring what waits until it is asked to stop, or the rounds end; the gateway is closed then."""
    log, supervisor = structlog.get_logger(), Supervisor.of_this_process()
    try:
        gateway.require_released()
        gateway.start()
        await gateway.catch_up()
        duties = {"identity": gateway.identity.refreshed, **in_every_process(gateway.base.person_keys)}
        watching = asyncio.create_task(Housekeeping(duties, WATCH).run())
        rounds = asyncio.create_task(courier.rounds(gateway).run())
        announce()
        log.info("courier_started")
        asked = asyncio.create_task(stop.asked.wait())
        async with supervisor.told(lambda: gateway.writer.working):
            await asyncio.wait({rounds, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        watching.cancel()
        rounds.cancel()
        with suppress(asyncio.CancelledError):
            await rounds
    finally:
        gateway.close()
        log.info("courier_stopped")

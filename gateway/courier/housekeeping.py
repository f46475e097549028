"""Keeps the tables from growing for ever: again and again, lets the writer forget a little of what has run out."""

import asyncio
from dataclasses import dataclass

import structlog

from gateway.core.errors import GatewayError
from gateway.core.housekeeping import ForgetExpired
from gateway.core.ports import Recorder

PAUSE = 60.0
"""Seconds between two rounds."""

BREATH = 0.05
"""Seconds between two deletes of one round, for the requests that wait meanwhile."""

AT_ONCE = 1_000
"""Rows of each table in one delete: a few milliseconds of the writer's time."""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """The task beside the server; cancelled when it closes. `pause` is in seconds."""

    recorder: Recorder
    pause: float = PAUSE

    async def run(self) -> None:
        """Forget, rest, and begin again, until cancelled. A round that fails is no reason to stop."""
        while True:
            more = False
            try:
                more = await self.recorder.record(ForgetExpired(AT_ONCE))
            except GatewayError as error:
                structlog.get_logger().warning("housekeeping_failed", code=type(error).__name__)
            await asyncio.sleep(BREATH if more else self.pause)

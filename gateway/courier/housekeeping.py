"""What nobody asks for and must happen all the same, again and again.

The writer forgets a little of what has run out, so that no table grows for ever; the log is told of broken glass that
nobody has reviewed in time (E-01), and of children of whom nobody was told in time (K-07); and an erasure that was cut
short is finished (A-04).
"""

import asyncio
from dataclasses import dataclass

import structlog

from gateway.core.child_clock import ChildClock
from gateway.core.erasing import Erasures
from gateway.core.errors import GatewayError
from gateway.core.housekeeping import ForgetExpired
from gateway.core.overrides import Overrides
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
    overrides: Overrides | None = None
    children: ChildClock | None = None
    erasures: Erasures | None = None
    pause: float = PAUSE

    async def run(self) -> None:
        """Forget, rest, and begin again, until cancelled. A round that fails is no reason to stop."""
        while True:
            more = False
            try:
                more = await self.recorder.record(ForgetExpired(AT_ONCE))
                late = await self.overrides.watch() if self.overrides else ()
                if self.erasures:
                    await self.erasures.finish()
                for _ in late:
                    structlog.get_logger().warning("override_review_overdue", code="E-01")
                for agency in await self.children.watch() if self.children else ():
                    structlog.get_logger().warning("child_notification_overdue", code="K-07", agency=agency)
            except GatewayError as error:
                structlog.get_logger().warning("housekeeping_failed", code=type(error).__name__)
            await asyncio.sleep(BREATH if more else self.pause)

"""Alarms whoever runs the gateway about notices nobody answered in time (C-10): a leaf each, and a line in the log."""

import asyncio
from collections import Counter
from dataclasses import dataclass

import structlog

from gateway.core.errors import GatewayError
from gateway.core.notice_items import EscalateNotices
from gateway.core.ports import Entropy, Recorder

PAUSE = 60.0
"""Seconds between two rounds."""

AT_ONCE = 100
"""Notices in one transaction."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """The task beside the server; cancelled when it closes. `pause` is in seconds."""

    recorder: Recorder
    entropy: Entropy
    pause: float = PAUSE

    async def run(self) -> None:
        """Look, rest, and begin again, until cancelled. A round that fails is no reason to stop."""
        while True:
            more = False
            try:
                more = await self.round()
            except GatewayError as error:
                structlog.get_logger().warning("escalation_failed", code=type(error).__name__)
            if not more:
                await asyncio.sleep(self.pause)

    async def round(self) -> bool:
        """Escalate what is late; True when more may be waiting."""
        late = await self.recorder.record(EscalateNotices(AT_ONCE, self.entropy))
        for recipient, count in sorted(Counter(late).items()):
            structlog.get_logger().warning("notice_late", code="notice_late", agency=recipient, count=count)
        return len(late) == AT_ONCE

"""Has the log seen from outside: each witness and each authority is asked by itself, and one that fails fails alone.

What they are shown is a signed checkpoint: an origin, a size and a root hash, nothing about anybody.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

import structlog

from consent.merkle import TreeHead
from gateway.core.errors import GatewayError, RecipientError
from gateway.core.lately import lately
from gateway.core.log.anchors import AnchorBook, Outside, RecordAnchors, Seen
from gateway.core.ports import Clock, Recorder
from gateway.core.records.anchor_rows import AnchorKind, AnchorRow
from gateway.core.tracking import Tracking

CONTRADICTED: Final = "log_contradicted"
"""The code of the one failure that is no outage: the witness holds another log than the one it was shown."""


class NotSeenError(RecipientError):
    """A witness or an authority did not vouch; `code` says why and names no value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Anchor(Protocol):
    """Somebody outside who can be shown a checkpoint."""

    @property
    def name(self) -> str:
        """Its name, of which there is one."""
        ...

    @property
    def kind(self) -> AnchorKind:
        """What it says."""
        ...

    async def vouch(self, head: TreeHead, note: str, known: int) -> bytes:
        """Return what it says of this checkpoint, proven to be its own.

        `known` is the size of the newest tree it saw, as far as we remember. Raises GatewayError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Anchoring:
    """Shows checkpoints to everybody who is configured, each at most once every `every`."""

    anchors: Sequence[Anchor]
    tracking: Tracking
    book: AnchorBook
    outside: Outside
    clock: Clock
    recorder: Recorder
    every: timedelta
    _said: dict[str, str] = field(default_factory=dict)

    async def duty(self) -> bool:
        """Ask everybody whose last word is old enough. Nothing of it is urgent."""
        newest, now = self.book.newest(), self.clock.now()
        asked = {name for name, seen in newest.items() if lately(seen.at, now, self.every)}
        due = [one for one in self.anchors if one.name not in asked]
        if due:
            await self._shown(due, newest)
        if not self.outside.holds():
            structlog.get_logger().error("disclosures_stopped", code="log_not_anchored")
        return False

    async def now(self) -> Mapping[str, str]:
        """Ask everybody now; what became of it by name: `seen`, or the code of a failure."""
        await self._shown(self.anchors, self.book.newest())
        return {one.name: self._said[one.name] for one in self.anchors}

    async def _shown(self, anchors: Sequence[Anchor], newest: Mapping[str, Seen]) -> None:
        head = self.tracking.log.head()
        note = self.tracking.checkpoint(head)
        asked = (self._one(anchor, head, note, newest.get(anchor.name)) for anchor in anchors)
        rows = [row for row in await asyncio.gather(*asked) if row is not None]
        if rows:
            await self.recorder.record(RecordAnchors(rows))

    async def _one(self, anchor: Anchor, head: TreeHead, note: str, seen: Seen | None) -> AnchorRow | None:
        try:
            content = await anchor.vouch(head, note, seen.size if seen else 0)
        except GatewayError as error:
            self._said[anchor.name] = code = getattr(error, "code", type(error).__name__)
            log = structlog.get_logger()
            (log.error if code == CONTRADICTED else log.warning)("anchor_failed", code=code, anchor=anchor.name)
            return None
        self._said[anchor.name] = "seen"
        return AnchorRow(anchor.kind, anchor.name, head.size, self.clock.now(), note, content)

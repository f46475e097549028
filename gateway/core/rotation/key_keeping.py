"""Rotating long-lived keys while the gateway serves, and wrapping people's data keys anew (ADR 0061).

The wrapping key can be rotated as often as anybody likes: nobody's name depends on it. The log's signing keys can be,
and the older ones verify for ever. What names people cannot: recipients hold pseudonyms, codes are printed on paper.
Never sees a key: the ring computes, the key store keeps what is wrapped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final, Protocol

from gateway.core.crypto.keys import KeptRing, Ring
from gateway.core.errors import SenderError
from gateway.core.heads import Head, rotation_head
from gateway.core.log.leaves import sealed_leaf
from gateway.core.ports import Clock, Entropy, Recorder
from gateway.core.rotation.key_items import NoteRotation
from gateway.core.stages import SealedLeaf
from schemas.documents import Json

ROTATED: Final = frozenset({Ring.DATA, Ring.LEDGER})
"""What is rotated here. Token keys have a way of their own: they are published before they sign."""

OLDEST: Final = {Ring.DATA: 365, Ring.LEDGER: 730}
"""Days after which the operator is asked to rotate."""


class KeysRefusedError(SenderError):
    """A key is not rotated or retired so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WrappedKeys(Protocol):
    """The store of people's data keys, as far as re-wrapping goes."""

    def under(self) -> Mapping[int, int]:
        """Return how many data keys each epoch wraps."""
        ...

    def rewrap(self, epoch: int, after: bytes, limit: int) -> tuple[int, bytes]:
        """Wrap up to `limit` keys of epochs before that one anew, in one commit; those of people behind `after`.

        Return how many, and the last person looked at: empty when there are no more. Who was erased meanwhile stays so.
        """
        ...


class Heads(Protocol):
    """Heads, read afresh."""

    def head(self, name: str) -> Head:
        """Return the head of that name."""
        ...


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How far a re-wrapping is: `last` is where the next batch begins, empty at the end."""

    done: int
    last: bytes
    left: int


@dataclass(frozen=True, slots=True)
class KeyKeeping:
    """Rotates and re-wraps."""

    ring: KeptRing
    wrapped: WrappedKeys
    heads: Heads
    clock: Clock
    entropy: Entropy
    recorder: Recorder

    async def rotate(self, ring: Ring) -> int:
        """Begin a new epoch of one ring, log it, and return its number. Raises KeysRefusedError or OperatorError."""
        if ring not in ROTATED:
            raise KeysRefusedError("ring_stays")
        epoch = self.ring.rotate(ring, self.clock.now().date())
        await self.catch_up()
        return epoch

    async def catch_up(self) -> None:
        """Log every rotation the log does not know: whoever rotated may have died before it was written down.

        After a restore, one that is newer than the backup is logged once more.
        """
        for ring in sorted(ROTATED):
            known = self.heads.head(rotation_head(ring))
            for version in range(known.version, self.ring.epoch(ring) - 1):
                leaf = self._rotated(ring, version + 2)  # The first epoch was begun by nobody's rotation.
                await self.recorder.record(NoteRotation(Head(known.id, version), leaf))

    def _rotated(self, ring: Ring, epoch: int) -> SealedLeaf:
        fields: dict[str, Json] = {"ring": ring.value, "epoch": epoch}
        if ring is Ring.LEDGER:
            public = self.ring.checkpoint_public_key(epoch) + self.ring.message_public_key(epoch)
            fields["content"] = sha256(public).hexdigest()
        return sealed_leaf(self.entropy, "key.rotated", self.clock.now(), fields)

    def rewrap(self, after: bytes, limit: int) -> Rewrapped:
        """Wrap one batch of data keys anew; may be stopped anywhere and begun again."""
        done, last = self.wrapped.rewrap(self.ring.epoch(Ring.DATA), after, limit)
        return Rewrapped(done, last, self.left())

    def left(self) -> int:
        """Return how many data keys an older epoch still wraps."""
        current = self.ring.epoch(Ring.DATA)
        return sum(count for epoch, count in self.wrapped.under().items() if epoch != current)


def overdue(since: Mapping[Ring, date], today: date) -> Sequence[Ring]:
    """Return the rings that should be rotated by now."""
    return [ring for ring, days in OLDEST.items() if ring in since and (today - since[ring]).days > days]

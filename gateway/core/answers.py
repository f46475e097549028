"""What becomes of an item when the writer confirms it. Values, not exceptions: every one of them is answered."""

from dataclasses import dataclass
from typing import TypeAlias

from consent.merkle import TreeHead
from schemas.documents import Document


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a leaf stands in the log: inclusion path (RFC 9162, section 2.1.3) in the tree of that head."""

    leaf: bytes
    index: int
    head: TreeHead
    path: tuple[bytes, ...]


@dataclass(slots=True)
class LeafSlot:
    """A leaf's place, known when it is appended; its proof is there once the batch is committed."""

    index: int
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Committed: leaf, outbox row, used proof and idempotency record stand together."""

    referral: str
    answer: Document
    slot: LeafSlot | None


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same request was answered before; nothing was written but the used proof."""

    answer: Document


ROUNDS = 64
"""How often something is prepared again: of those that move one head, one is confirmed each round, so this many may
meet at one moment."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Something it rested on has changed; prepare again. `heads` are the ids that moved."""

    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyConflict:
    """The Idempotency-Key was used before with another body."""


@dataclass(frozen=True, slots=True)
class NotFresh:
    """The proof was used before, or its client or token has been revoked."""

    revoked: bool


Confirmed: TypeAlias = Recorded | Repeated | Stale | KeyConflict | NotFresh

"""An item for what is simply written down: rows, leaves and an answer, once, where nothing it rests on has moved."""

from dataclasses import dataclass
from typing import TypeAlias

from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.heads import Head
from gateway.core.openings import halted_or_answered, keep_answer, needed
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import Row
from gateway.core.stages import Idempotency, SealedLeaf
from schemas.documents import Document

KeptAnswer: TypeAlias = Recorded | Repeated | KeyConflict | NotFresh


@dataclass(frozen=True, slots=True)
class Keep:
    """Write these down. With `moves` its heads move, so that what was prepared on them beside it is prepared again.

    What it only `rests` on has to stand as it was read too, and never moves.
    """

    caller: Caller | None
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    leaves: tuple[SealedLeaf, ...]
    answer: Document
    idempotency: Idempotency
    moves: bool = False
    rests: tuple[Head, ...] = ()

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key, heads."""
        return needed((*self.heads, *self.rests), self.caller, self.idempotency)

    def apply(self, transaction: Transaction) -> KeptAnswer | Stale:
        """Write it, or say why not."""
        if halt := halted_or_answered(transaction, (*self.heads, *self.rests), self.caller, self.idempotency):
            return halt
        for row in self.rows:
            transaction.add(row)
        for head in self.heads if self.moves else ():
            transaction.bump(head.id)
        for leaf in self.leaves:
            transaction.append(leaf)
        keep_answer(transaction, self.idempotency, self.answer)
        return Recorded("", self.answer, None)

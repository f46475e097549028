"""What asking for room and answering it do inside the writer's transaction (M-05)."""

from dataclasses import dataclass
from typing import TypeAlias

from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.capacity_rows import CapacityInsert
from gateway.core.confirm import KEEPS_ANSWERS, repeated
from gateway.core.heads import Head
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import IdempotencyRow
from gateway.core.stages import Idempotency, SealedLeaf
from schemas.documents import Document

CapacityAnswer: TypeAlias = Recorded | Repeated | KeyConflict | NotFresh


@dataclass(frozen=True, slots=True)
class KeepRoom:
    """Write questions or an answer down; `heads` are those of the routes, or that of the question that is answered.

    An answer moves its question's head (`moves`), so that what was prepared on an earlier one is prepared again.
    """

    caller: Caller | None
    heads: tuple[Head, ...]
    rows: tuple[CapacityInsert, ...]
    leaves: tuple[SealedLeaf, ...]
    answer: Document
    idempotency: Idempotency
    moves: bool = False

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key, heads."""
        callers = (self.caller,) if self.caller else ()
        return Needs(tuple(head.id for head in self.heads), callers, (self.idempotency.key,))

    def apply(self, transaction: Transaction) -> CapacityAnswer | Stale:
        """Write it, or say why not."""
        if moved := transaction.moved(self.heads):
            return Stale(moved)
        if self.caller and (not_fresh := transaction.consume(self.caller)):
            return not_fresh
        if earlier := repeated(transaction, self.idempotency):
            return earlier
        for row in self.rows:
            transaction.add(row)
        for head in self.heads if self.moves else ():
            transaction.bump(head.id)
        for leaf in self.leaves:
            transaction.append(leaf)
        transaction.add(IdempotencyRow(self.idempotency, None, self.answer, transaction.now + KEEPS_ANSWERS))
        return Recorded("", self.answer, None)

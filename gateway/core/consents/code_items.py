"""What becomes of codes inside the writer's transaction: given out, used once, or counted as wrong."""

from dataclasses import dataclass, field
from typing import TypeAlias

from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.consents.codes import WINDOW, code_head
from gateway.core.heads import Head
from gateway.core.openings import halted_or_answered, keep_answer, needed
from gateway.core.ports import Needs, Transaction
from gateway.core.records.code_rows import CodeKind, CodeRow, CodeUseRow, LinkRow, TryRow
from gateway.core.rows import BindingRow
from gateway.core.stages import Idempotency, SealedLeaf
from schemas.documents import Document

CodeAnswer: TypeAlias = Recorded | Repeated | KeyConflict | NotFresh


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """The code is wrong, was used, or its time is over: one answer for all three."""


@dataclass(frozen=True, slots=True)
class CodesLocked:
    """This client has tried too many wrong codes; it may try again when they no longer count."""


@dataclass(frozen=True, slots=True)
class GiveCode:
    """Give out one code. The answer that is kept does not hold it."""

    caller: Caller | None
    heads: tuple[Head, ...]
    row: CodeRow
    leaf: SealedLeaf
    answer: Document
    idempotency: Idempotency

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key and her heads."""
        return needed(self.heads, self.caller, self.idempotency)

    def apply(self, transaction: Transaction) -> CodeAnswer | Stale:
        """Write it, or say why not."""
        if halt := halted_or_answered(transaction, self.heads, self.caller, self.idempotency):
            return halt
        transaction.add(self.row)
        slot = transaction.append(self.leaf)
        keep_answer(transaction, self.idempotency, self.answer)
        return Recorded(self.leaf.event, self.answer, slot)


@dataclass(frozen=True, slots=True)
class UseCode:
    """Use a code: bind a reference, or confirm that two records are one person.

    Everything it rests on is in `heads`, the code's own among them: of two that race for it, one is told that it was
    used. `bumped` are the heads that move besides the code's.
    """

    caller: Caller
    heads: tuple[Head, ...]
    digest: bytes
    uses: tuple[CodeUseRow, ...]
    binding: BindingRow | None
    links: tuple[LinkRow, ...]
    bumped: tuple[str, ...]
    leaf: SealedLeaf | None
    answer: Document
    idempotency: Idempotency

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key and every head."""
        return needed(self.heads, self.caller, self.idempotency)

    def apply(self, transaction: Transaction) -> CodeAnswer | Stale:
        """Write it, or say why not."""
        if halt := halted_or_answered(transaction, self.heads, self.caller, self.idempotency):
            return halt
        for row in (*self.uses, *self.links, *((self.binding,) if self.binding else ())):
            transaction.add(row)
        for head in (*((code_head(self.digest),) if self.uses else ()), *self.bumped):
            transaction.bump(head)
        slot = transaction.append(self.leaf) if self.leaf else None
        keep_answer(transaction, self.idempotency, self.answer)
        return Recorded(self.digest.hex(), self.answer, slot)


@dataclass(frozen=True, slots=True)
class CountTry:
    """Count a wrong code against the client that tried it; the one that is too many is a leaf."""

    caller: Caller
    kind: CodeKind
    head: Head
    idempotency: Idempotency
    locks: SealedLeaf | None = field(default=None)

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key and the head of this client's tries."""
        return needed((self.head,), self.caller, self.idempotency)

    def apply(self, transaction: Transaction) -> CodeRefused | Repeated | KeyConflict | NotFresh | Stale:
        """Count it, unless the request is a repetition of one that succeeded."""
        if halt := halted_or_answered(transaction, (self.head,), self.caller, self.idempotency):
            return halt
        transaction.add(TryRow(self.caller.client_id, self.kind, transaction.now + WINDOW))
        transaction.bump(self.head.id)
        if self.locks is not None:
            transaction.append(self.locks)
        return CodeRefused()

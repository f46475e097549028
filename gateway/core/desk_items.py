"""What the desk does inside the writer's transaction.

Write a consent down, or change some and stop what rests on them.
"""

from dataclasses import dataclass
from typing import TypeAlias

from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.confirm import KEEPS_ANSWERS, repeated
from gateway.core.heads import Head, person_head
from gateway.core.ports import InFlight, Needs, Transaction
from gateway.core.rows import BindingRow, ConsentRow, IdempotencyRow, PersonRow
from gateway.core.stages import Idempotency, SealedLeaf
from schemas.documents import Document

ConsentAnswer: TypeAlias = Recorded | Repeated | KeyConflict | NotFresh


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Write one consent down; for a person nobody knew yet, the person and her binding with it.

    `heads` holds the person's head, or for a new person the head of the binding at version 0, so that two first
    consents that race make one person.
    """

    caller: Caller | None
    heads: tuple[Head, ...]
    person: bytes
    new: tuple[PersonRow, BindingRow] | None
    row: ConsentRow
    leaf: SealedLeaf
    answer: Document
    idempotency: Idempotency

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key, heads."""
        callers = (self.caller,) if self.caller else ()
        return Needs(tuple(head.id for head in self.heads), callers, (self.idempotency.key,))

    def apply(self, transaction: Transaction) -> ConsentAnswer | Stale:
        """Write it, or say why not."""
        if moved := transaction.moved(self.heads):
            return Stale(moved)
        if self.caller and (not_fresh := transaction.consume(self.caller)):
            return not_fresh
        if earlier := repeated(transaction, self.idempotency):
            return earlier
        if self.new is not None:
            for row in self.new:
                transaction.add(row)
            transaction.bump(self.heads[0].id)
        transaction.add(self.row)
        transaction.bump(person_head(self.person))
        slot = transaction.append(self.leaf)
        transaction.add(IdempotencyRow(self.idempotency, None, self.answer, transaction.now + KEEPS_ANSWERS))
        return Recorded(self.row.consent, self.answer, slot)


@dataclass(frozen=True, slots=True)
class Changed:
    """Consents that changed, and what became of everything that rested on them."""

    consents: tuple[str, ...]
    in_flight: InFlight


ChangeAnswer: TypeAlias = Changed | Repeated | KeyConflict | NotFresh


@dataclass(frozen=True, slots=True)
class ChangeConsents:
    """Append one event to each of some consents of one person.

    With `stops`, stop what rests on them in the same transaction (C-09).
    """

    caller: Caller | None
    head: Head
    person: bytes
    rows: tuple[ConsentRow, ...]
    leaf: SealedLeaf
    stops: bool
    idempotency: Idempotency | None = None

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key and the person's head."""
        keys = (self.idempotency.key,) if self.idempotency else ()
        return Needs((self.head.id,), (self.caller,) if self.caller else (), keys)

    def apply(self, transaction: Transaction) -> ChangeAnswer | Stale:
        """Write the events, move her head, stop what is in flight."""
        if moved := transaction.moved((self.head,)):
            return Stale(moved)
        if self.caller and (not_fresh := transaction.consume(self.caller)):
            return not_fresh
        if self.idempotency and (earlier := repeated(transaction, self.idempotency)):
            return earlier
        consents = tuple(row.consent for row in self.rows)
        for row in self.rows:
            transaction.add(row)
        transaction.bump(self.head.id)
        transaction.append(self.leaf)
        in_flight = transaction.stop_consents(self.person, consents) if self.stops else InFlight((), ())
        changed = Changed(consents, in_flight)
        if self.idempotency and self.caller:
            answer = withdrawn(changed, self.caller.agency)
            transaction.add(IdempotencyRow(self.idempotency, None, answer, transaction.now + KEEPS_ANSWERS))
        return changed


@dataclass(frozen=True, slots=True)
class FindNothing:
    """Answer a request that has nothing to change: its first answer if it is a repetition, and nothing otherwise."""

    caller: Caller
    idempotency: Idempotency | None

    @property
    def needs(self) -> Needs:
        """Proof and idempotency key."""
        return Needs((), (self.caller,), (self.idempotency.key,) if self.idempotency else ())

    def apply(self, transaction: Transaction) -> Repeated | KeyConflict | NotFresh | None:
        """Use up the proof; None where this was never asked before."""
        if not_fresh := transaction.consume(self.caller):
            return not_fresh
        return repeated(transaction, self.idempotency) if self.idempotency else None


def withdrawn(changed: Changed, agency: str) -> Document:
    """Tell an agency what its withdrawal stopped, and what may have left before (DESIGN section 2).

    Recipients are named only to the agency that sent to them (M-04).
    """
    in_flight = changed.in_flight
    return {
        "withdrawn": len(changed.consents),
        "stopped": len(in_flight.stopped),
        "may_have_left": len(in_flight.may_have_left),
        "may_have_left_to": [*sorted({gone.recipient for gone in in_flight.may_have_left if gone.sender == agency})],
        "covers": "what is known under this record",
    }

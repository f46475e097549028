"""What recording a case event does inside the writer's transaction: write it down, and stop what it ends."""

from dataclasses import dataclass
from typing import TypeAlias

from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.consents.desk_items import ALONE, LINKED
from gateway.core.consents.narrowing import Narrowed, tell_who_holds
from gateway.core.heads import Head
from gateway.core.in_flight import InFlight, Stopping
from gateway.core.notice.notices import NoticePlan, queued
from gateway.core.openings import halted_or_answered, keep_answer, needed, repeated
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import BindingRow, CaseEventRow, ConsentRow, PersonRow
from gateway.core.stages import Chosen, Idempotency, SealedLeaf
from schemas.documents import Document

CaseAnswer: TypeAlias = Recorded | Repeated | KeyConflict | NotFresh


@dataclass(frozen=True, slots=True)
class Ending:
    """What an event ends: parcels in flight about these records of hers, and consents withdrawn with it (C-11).

    `withheld` is what she wants withheld from now on: whoever holds it is told (C-15).
    """

    parcels: tuple[Chosen, ...]
    people: tuple[bytes, ...]
    why: Stopping
    consents: tuple[ConsentRow, ...] = ()
    notices: NoticePlan | None = None
    withheld: Narrowed | None = None


@dataclass(frozen=True, slots=True)
class _Ended:
    """What was ended: consents, parcels, and how many notices that makes."""

    withdrawn: int
    in_flight: InFlight
    notices: int


@dataclass(frozen=True, slots=True)
class RecordCaseEvent:
    """Write one case event down; for a person nobody knew yet, the person and her binding with it.

    `heads` are the person's, or for a new person her binding's at version 0. All of them move.
    """

    caller: Caller | None
    heads: tuple[Head, ...]
    person_head: str
    new: tuple[PersonRow, BindingRow] | None
    row: CaseEventRow
    leaf: SealedLeaf
    idempotency: Idempotency
    ending: Ending | None = None
    linked: bool = False

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key, heads."""
        return needed(self.heads, self.caller, self.idempotency, self.person_head)

    @property
    def stops(self) -> bool:
        """Whether it goes before everything that waits."""
        return self.ending is not None

    def apply(self, transaction: Transaction) -> CaseAnswer | Stale:
        """Write it, or say why not."""
        if halt := halted_or_answered(transaction, self.heads, self.caller, self.idempotency):
            return halt
        for row in (*(self.new or ()), self.row):
            transaction.add(row)
        for head in {self.person_head, *(head.id for head in self.heads)}:
            transaction.bump(head)
        slot = transaction.append(self.leaf)
        answer = _told(self.row, self._ended(transaction), LINKED if self.linked else ALONE)
        keep_answer(transaction, self.idempotency, answer)
        return Recorded(self.row.event.id, answer, slot)

    def _ended(self, transaction: Transaction) -> _Ended:
        if self.ending is None:
            return _Ended(0, InFlight((), ()), 0)
        for row in self.ending.consents:
            transaction.add(row)
        in_flight = transaction.stop_parcels(self.ending.people, self.ending.parcels, self.ending.why)
        return _Ended(len(self.ending.consents), in_flight, self._notified(transaction, self.ending))

    def _notified(self, transaction: Transaction, ending: Ending) -> int:
        """Tell everybody who received something of hers (C-10, A-03); how many of them had it from this agency."""
        agency = self.row.event.by
        if ending.notices is None:
            return 0
        if ending.withheld is not None:
            return tell_who_holds(transaction, ending.notices, ending.withheld, ending.people, agency)
        kind, told = ending.notices.kind, transaction.notices
        owed = [one for person in ending.people for one in told.owed(kind, person)]
        return sum(notice.sender == agency for notice in queued(transaction, ending.notices, owed))


@dataclass(frozen=True, slots=True)
class FindRepeated:
    """Give a repeated request its first answer also where today it would be refused; uses up nothing otherwise."""

    caller: Caller | None
    idempotency: Idempotency

    @property
    def needs(self) -> Needs:
        """Proof and idempotency key."""
        return needed((), self.caller, self.idempotency)

    def apply(self, transaction: Transaction) -> Repeated | KeyConflict | NotFresh | None:
        """Return the first answer, or None where this was never asked before."""
        earlier = repeated(transaction, self.idempotency)
        if earlier is None:
            return None
        return (transaction.consume(self.caller) if self.caller else None) or earlier


def _told(row: CaseEventRow, ended: _Ended, covers: str) -> Document:
    """Tell the agency what was recorded, and what that stopped of what it had sent itself.

    What others sent is stopped and told as well, and not counted here: any agency bound to her may record a fact, and
    from a number it would learn who else holds her data (M-04).
    """
    in_flight = ended.in_flight.sent_by(row.event.by)
    gone = {parcel.recipient for parcel in in_flight.may_have_left}
    return {
        "event": row.event.id,
        "type": row.event.type.value,
        "withdrawn": ended.withdrawn,
        "stopped": len(in_flight.stopped),
        "may_have_left": len(in_flight.may_have_left),
        "notices": ended.notices,
        "may_have_left_to": [*sorted(gone)],
        "covers": covers,
    }

"""What the desk does inside the writer's transaction.

Write a consent down, or change some and stop what rests on them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from consent.records import Consent, ConsentEventType, state_at
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.consents.narrowing import Narrowed, newly_withheld, tell_who_holds
from gateway.core.heads import Head, person_head
from gateway.core.in_flight import InFlight, Stopping
from gateway.core.known import KnownPerson
from gateway.core.notice.notices import NoticePlan, queued
from gateway.core.officers import Approval, OfficerRefusedError, still_holds
from gateway.core.openings import halted_or_answered, keep_answer, needed, refused_or_answered, repeated
from gateway.core.ports import Needs, Transaction
from gateway.core.records.code_rows import CodeRow
from gateway.core.records.officer_records import EndWaiting, WaitingRow
from gateway.core.rows import BindingRow, ConsentRow, PersonRow
from gateway.core.stages import Idempotency, SealedLeaf
from schemas.documents import Document, ValidDocument

ALONE, LINKED = "what is known under this record", "everything linked to this record"
"""What an answer about her covers: other records of hers may exist that nobody has linked (DESIGN section 4)."""

_SETTLES = frozenset(
    {
        ConsentEventType.CONFIRMED,
        ConsentEventType.WITHDRAWN,
        ConsentEventType.REVOKED,
        ConsentEventType.INVALIDATED,
    }
)

ConsentAnswer: TypeAlias = Recorded | Repeated | KeyConflict | NotFresh


@dataclass(frozen=True, slots=True)
class Withheld:
    """What she wants withheld from now on, by a consent that is recorded anew (C-15), and from whom it is told."""

    narrowed: Narrowed
    plan: NoticePlan
    everyone: tuple[bytes, ...]
    discloser: str

    def told(self, transaction: Transaction) -> int:
        """Tell everybody who holds some of it; how many notices that makes about what the discloser itself sent."""
        return tell_who_holds(transaction, self.plan, self.narrowed, self.everyone, self.discloser)


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
    waiting: WaitingRow | None = None
    code: CodeRow | None = None
    withheld: Withheld | None = None

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key, heads."""
        return needed(self.heads, self.caller, self.idempotency)

    def apply(self, transaction: Transaction) -> ConsentAnswer | Stale:
        """Write it, or say why not."""
        if halt := halted_or_answered(transaction, self.heads, self.caller, self.idempotency):
            return halt
        if self.new is not None:
            for row in self.new:
                transaction.add(row)
            transaction.bump(self.heads[0].id)
        transaction.add(self.row)
        if self.waiting is not None:
            transaction.add(self.waiting)
        if self.code is not None:
            transaction.add(self.code)
        for head in {person_head(self.person), *(head.id for head in self.heads if not self.new)}:
            transaction.bump(head)
        slot, answer = transaction.append(self.leaf), dict(self.answer)
        if self.withheld is not None:
            answer["notices"] = self.withheld.told(transaction)
        keep_answer(transaction, self.idempotency, answer)
        return Recorded(self.row.consent, answer, slot)


@dataclass(frozen=True, slots=True)
class Changed:
    """Consents that changed, what became of everything that rested on them, and how many notices that makes."""

    consents: tuple[str, ...]
    in_flight: InFlight
    linked: bool = False
    notices: int = 0


ChangeAnswer: TypeAlias = Changed | Repeated | KeyConflict | NotFresh


@dataclass(frozen=True, slots=True)
class ChangeConsents:
    """Append one event to each of some consents of one person, whichever of her linked records they stand under.

    With `stopping`, stop what rests on them in the same transaction (C-09); with `narrowed`, tell whoever holds what
    she no longer agrees to, and the `discloser` how many of those had it from there. `told` is the beginning of what a
    repetition will be answered.
    """

    caller: Caller | None
    heads: tuple[Head, ...]
    everyone: tuple[bytes, ...]
    rows: tuple[ConsentRow, ...]
    leaf: SealedLeaf
    stopping: Stopping | None
    idempotency: Idempotency | None = None
    told: Document = field(default_factory=dict)
    notices: NoticePlan | None = None
    narrowed: Narrowed | None = None
    waiting: WaitingRow | None = None
    approval: Approval | None = None
    discloser: str = ""

    @property
    def stops(self) -> bool:
        """Whether it goes before everything that waits."""
        return self.stopping is not None

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key and the heads of everything known about her."""
        approving = (self.approval.head.id,) if self.approval else ()
        return needed(self.heads, self.caller, self.idempotency, *approving)

    def apply(self, transaction: Transaction) -> ChangeAnswer | Stale:
        """Write the events, move her head, stop what is in flight.

        Raises OfficerRefusedError when the approval it rests on holds no longer.
        """
        if self.approval is not None and not still_holds(self.approval, transaction):
            raise OfficerRefusedError("approval_lapsed")
        if halt := halted_or_answered(transaction, self.heads, self.caller, self.idempotency):
            return halt
        consents = tuple(row.consent for row in self.rows)
        for row in self.rows:
            transaction.add(row)
        self._waits(transaction, consents)
        for head in self.heads:
            transaction.bump(head.id)
        transaction.append(self.leaf)
        stopped, notices = self._stopped(transaction, consents), self._notified(transaction, consents)
        changed = Changed(consents, stopped, len(self.everyone) > 1, notices)
        if self.idempotency:
            agency = self.caller.agency if self.caller else ""
            answer = {**self.told, **self.more_told(changed, agency)}
            keep_answer(transaction, self.idempotency, answer)
        return changed

    def more_told(self, changed: Changed, agency: str) -> Document:
        """Tell what else came of it: of an ending what it stopped, of a narrowing whom it makes notices for."""
        if self.narrowed is not None:
            return {"notices": changed.notices}
        return withdrawn(changed, agency) if self.stops or not self.told else {}

    def _waits(self, transaction: Transaction, consents: tuple[str, ...]) -> None:
        """Keep in step what waits for a second person (C-19)."""
        if self.waiting is not None or any(row.event.type in _SETTLES for row in self.rows):
            transaction.change(EndWaiting(consents))
        if self.waiting is not None:
            transaction.add(self.waiting)

    def _stopped(self, transaction: Transaction, consents: tuple[str, ...]) -> InFlight:
        if self.stopping is None:
            return InFlight((), ())
        each = [transaction.stop_consents(person, consents, self.stopping) for person in self.everyone]
        return InFlight(
            tuple(gone for stopped in each for gone in stopped.stopped),
            tuple(gone for stopped in each for gone in stopped.may_have_left),
        )

    def _notified(self, transaction: Transaction, consents: tuple[str, ...]) -> int:
        """Tell everybody who received something that rests on them (C-10); how many notices that makes."""
        if self.notices is None:
            return 0
        if self.narrowed is not None:
            return tell_who_holds(transaction, self.notices, self.narrowed, self.everyone, self.discloser)
        owed = [
            one for person in self.everyone for one in transaction.notices.owed(self.notices.kind, person, consents)
        ]
        return len(queued(transaction, self.notices, owed))


@dataclass(frozen=True, slots=True)
class FindAnswer:
    """Look whether a request was answered before, and use nothing up: it may yet have to be refused."""

    idempotency: Idempotency

    @property
    def needs(self) -> Needs:
        """Its idempotency key."""
        return needed((), None, self.idempotency)

    def apply(self, transaction: Transaction) -> Repeated | KeyConflict | None:
        """Return the earlier answer, if there is one."""
        return repeated(transaction, self.idempotency)


@dataclass(frozen=True, slots=True)
class FindNothing:
    """Answer a request that has nothing to change: its first answer if it is a repetition, and nothing otherwise."""

    caller: Caller
    idempotency: Idempotency | None

    @property
    def needs(self) -> Needs:
        """Proof and idempotency key."""
        return needed((), self.caller, self.idempotency)

    def apply(self, transaction: Transaction) -> Repeated | KeyConflict | NotFresh | None:
        """Use up the proof; None where this was never asked before."""
        return refused_or_answered(transaction, self.caller, self.idempotency)


def withheld_by(consent: Consent, known: KnownPerson | None, plan: Callable[[], NoticePlan]) -> Withheld | None:
    """Prepare for telling whoever holds what she wants withheld from now on; None where that is nothing new (C-15)."""
    taken = newly_withheld(consent, known)
    return Withheld(taken, plan(), known.everyone, consent.discloser) if known and taken else None


def waiting_row(consent: Consent, said: ValidDocument, author: str | None, at: datetime) -> WaitingRow | None:
    """Return what a yes waits for when a second person has to confirm it (C-19): who took it, and who wrote it down."""
    taken_by = said.document.get("taken_by")
    if not consent.is_yes or consent.confirmed or not isinstance(taken_by, dict):
        return None
    return WaitingRow(consent.id, consent.discloser, consent.recipient, str(taken_by["agency"]), author, at)


def is_active(consent: Consent, at: datetime) -> bool:
    """Say whether anything may rest on it at that moment: a yes, confirmed, begun and not over (C-02, C-08, C-19)."""
    return consent.is_yes and consent.confirmed and consent.begins <= at < consent.ends


def told_of(consent: Consent, at: datetime) -> Document:
    """Return what an agency is told of a consent it recorded.

    Its id and state, whether anything may rest on it now, and whether it waits for nobody to confirm it: a yes that
    begins later may be confirmed and not active yet.
    """
    return {
        "consent": consent.id,
        "state": state_at(consent, at),
        "active": is_active(consent, at),
        "confirmed": consent.confirmed,
        "ends": consent.ends.date().isoformat(),
    }


def is_confirmed(told: Mapping[str, object]) -> bool:
    """Say whether what `told_of` told waits for nobody to confirm it.

    An answer that was kept for a repeated request since before it said so, said it with `active`.
    """
    return told.get("confirmed", told["active"]) is True


def withdrawn(changed: Changed, agency: str) -> Document:
    """Tell an agency what its withdrawal stopped, and what may have left before (DESIGN section 2).

    Recipients are named only to the agency that sent to them (M-04).
    """
    in_flight = changed.in_flight
    return {
        "withdrawn": len(changed.consents),
        "stopped": len(in_flight.stopped),
        "may_have_left": len(in_flight.may_have_left),
        "notices": changed.notices,
        "may_have_left_to": [*sorted({gone.recipient for gone in in_flight.may_have_left if gone.sender == agency})],
        "covers": LINKED if changed.linked else ALONE,
    }

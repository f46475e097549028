"""What erasing a person does inside the writer's transaction (A-03, A-04).

One commit stops what is in flight, queues the notices, appends a leaf that is about nobody, deletes every row that
could lead to her, and leaves one row that says whose key is still to be destroyed. What is left of her then is that
row and the key; `gateway.core.erasure.erasing` destroys the one, then the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from gateway.core.answers import KeyConflict, NotFresh, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.erasure.holds import Hold
from gateway.core.erasure_steps import Aside
from gateway.core.heads import ERASURES, Head
from gateway.core.in_flight import InFlight, Stopping
from gateway.core.notice.notices import NoticePlan, queued
from gateway.core.officers import Approval, OfficerRefusedError, still_holds
from gateway.core.openings import halted, halted_or_answered, keep_answer, needed
from gateway.core.ports import Needs, Transaction
from gateway.core.stages import Chosen, Idempotency, SealedLeaf
from schemas.documents import Document

_ALL = (Chosen(),)


@dataclass(frozen=True, slots=True)
class Erased:
    """She is erased; `answer` is what whoever asked is told."""

    answer: Document
    in_flight: InFlight


@dataclass(frozen=True, slots=True)
class Held:
    """Something stands in the way, and nothing is erased while it does. That it was asked is a leaf."""

    why: Hold


AskedAnswer: TypeAlias = Erased | Repeated | KeyConflict | NotFresh
"""What whoever asks for an erasure is told: nothing of what stands in the way (ADR 0150)."""

ErasureAnswer: TypeAlias = AskedAnswer | Held


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Erase every record of one person. `people` are their ids, `pairs` what refused requests were counted under.

    `gone` are the heads that go with her. They are held before the log's head as all others are: a node that holds one
    and waits for the log would be waited for in turn.
    """

    caller: Caller | None
    heads: tuple[Head, ...]
    people: tuple[bytes, ...]
    pairs: tuple[bytes, ...]
    leaf: SealedLeaf
    notices: NoticePlan
    covers: str
    idempotency: Idempotency | None = None
    approval: Approval | None = None
    gone: tuple[str, ...] = ()

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key, the heads of everything known about her and of who decided, the count of erasures."""
        deciding = (self.approval.head.id,) if self.approval else ()
        return needed(self.heads, self.caller, self.idempotency, *deciding, *self.gone, ERASURES)

    def apply(self, transaction: Transaction) -> AskedAnswer | Stale:
        """Stop, tell, log, delete. Raises OfficerRefusedError when the approval it rests on holds no longer."""

        def erase() -> None:
            transaction.erase(self.people, self.pairs)
            for _ in self.people:
                transaction.bump(ERASURES)

        return self.done(transaction, "erased", erase)

    def done(self, transaction: Transaction, outcome: str, forget: Callable[[], None]) -> AskedAnswer | Stale:
        """Do it, deleting as `forget` does: only that forgets whom the notices are about, so they are queued before."""
        if self.approval is not None and not still_holds(self.approval, transaction):
            raise OfficerRefusedError("approval_lapsed")
        if halt := halted_or_answered(transaction, self.heads, self.caller, self.idempotency):
            return halt
        in_flight = transaction.stop_parcels(self.people, _ALL, Stopping("erasure", self.notices.seed, erasure=True))
        owed = [one for person in self.people for one in transaction.notices.owed(self.notices.kind, person)]
        notices = queued(transaction, self.notices, owed)
        transaction.append(self.leaf)
        forget()
        answer = self._told(outcome, in_flight, len(notices))
        if self.idempotency:
            keep_answer(transaction, self.idempotency, answer)
        return Erased(answer, in_flight)

    def _told(self, outcome: str, in_flight: InFlight, notices: int) -> Document:
        """Recipients are named only to the agency that sent to them (M-04)."""
        agency = self.caller.agency if self.caller else ""
        gone = {parcel.recipient for parcel in in_flight.may_have_left if parcel.sender == agency}
        return {
            "outcome": outcome,
            "stopped": len(in_flight.stopped),
            "may_have_left": len(in_flight.may_have_left),
            "notices": notices,
            "may_have_left_to": [*sorted(gone)],
            "covers": self.covers,
        }


@dataclass(frozen=True, slots=True)
class AskErasure:
    """Write down that somebody is to be erased: nobody meets her any more, and what is kept is sealed (ADR 0150).

    The same whether something keeps her or not: what is done, what is written and what is answered.
    """

    erasing: ErasePerson
    aside: Aside

    @property
    def needs(self) -> Needs:
        """Those of an erasure."""
        return self.erasing.needs

    def apply(self, transaction: Transaction) -> AskedAnswer | Stale:
        """Stop, tell, log, and put her aside."""
        asked = self.erasing

        def put_aside() -> None:
            transaction.put_aside(asked.people, asked.pairs, self.aside)

        return asked.done(transaction, "asked", put_aside)


@dataclass(frozen=True, slots=True)
class EndAside:
    """Carry out what was asked, while nothing of `heads` has moved since nothing was found in the way."""

    request: str
    leaf: SealedLeaf
    heads: tuple[Head, ...] = ()

    @property
    def needs(self) -> Needs:
        """The count of erasures, and the heads."""
        return Needs((ERASURES, *(head.id for head in self.heads)))

    def apply(self, transaction: Transaction) -> bool:
        """Delete and log it; False where something moved, and where somebody did it before."""
        people = () if transaction.moved(self.heads) else transaction.end_aside(self.request)
        for _ in people:
            transaction.bump(ERASURES)
        if people:
            transaction.append(self.leaf)
        return bool(people)


@dataclass(frozen=True, slots=True)
class ReleaseAside:
    """A data-protection officer says that no court order keeps her any more."""

    approval: Approval
    request: str
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The officer's head."""
        return Needs((self.approval.head.id,))

    def apply(self, transaction: Transaction) -> None:
        """Write it down. Raises OfficerRefusedError where nothing waits, or the approval holds no longer."""
        if not still_holds(self.approval, transaction):
            raise OfficerRefusedError("approval_lapsed")
        if not transaction.release_aside(self.request):
            raise OfficerRefusedError("unknown")
        transaction.append(self.leaf)


@dataclass(frozen=True, slots=True)
class RefuseErasure:
    """Write down that an erasure was asked for and may not be (A-01)."""

    caller: Caller | None
    heads: tuple[Head, ...]
    leaf: SealedLeaf
    why: Hold

    @property
    def needs(self) -> Needs:
        """Proof and heads."""
        return needed(self.heads, self.caller)

    def apply(self, transaction: Transaction) -> Held | NotFresh | Stale:
        """Append the leaf."""
        if halt := halted(transaction, self.heads, self.caller):
            return halt
        transaction.append(self.leaf)
        return Held(self.why)


@dataclass(frozen=True, slots=True)
class EndErasures:
    """The keys of these records are destroyed: forget that they were still to be."""

    people: tuple[bytes, ...]

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> None:
        """Delete the rows that waited."""
        transaction.end_erasures(self.people)


@dataclass(frozen=True, slots=True)
class CountErasures:
    """Let the database count as many erasures as the key store lists, once it was looked through for all of them."""

    counted: int
    missing: int

    @property
    def needs(self) -> Needs:
        """The count."""
        return Needs((ERASURES,))

    def apply(self, transaction: Transaction) -> None:
        """Move the count; where somebody erased meanwhile, the next start looks again."""
        if not transaction.moved((Head(ERASURES, self.counted),)):
            for _ in range(self.missing):
                transaction.bump(ERASURES)

"""What approving, stopping, reviewing and watching overrides does inside the writer's transaction (E-01, E-04)."""

from dataclasses import dataclass

from gateway.core.answers import Stale
from gateway.core.cases.items import Ending
from gateway.core.heads import Head, person_head
from gateway.core.in_flight import InFlight
from gateway.core.log.leaves import heads_of, is_erased
from gateway.core.officers import Approval, OfficerRefusedError, still_holds
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import CaseEventRow
from gateway.core.stages import SealedLeaf


@dataclass(frozen=True, slots=True)
class Ruled:
    """What an officer did to an override was written down. `alarmed`: its agency breaks the glass too often."""

    event: str
    in_flight: InFlight
    alarmed: bool


@dataclass(frozen=True, slots=True)
class RuleOverride:
    """Write down what an officer approved with a passkey. `counted` moves, so that approvals of one agency count alike.

    `alarm` is the leaf for an agency that has now broken the glass too often (E-04).
    """

    approval: Approval
    heads: tuple[Head, ...]
    row: CaseEventRow
    leaf: SealedLeaf
    ending: Ending | None = None
    counted: Head | None = None
    alarm: SealedLeaf | None = None

    @property
    def needs(self) -> Needs:
        """Every head it rests on, the officer's too."""
        return Needs(tuple(head.id for head in (*self._all, self.approval.head)))

    def apply(self, transaction: Transaction) -> Ruled | Stale:
        """Write it, or say that something moved. Raises OfficerRefusedError when the approval holds no longer."""
        if not still_holds(self.approval, transaction):
            raise OfficerRefusedError("approval_lapsed")
        if moved := transaction.moved(self._all):
            return Stale(moved)
        transaction.add(self.row)
        for head in {person_head(self.row.person), *(head.id for head in self._all)}:
            transaction.bump(head)
        transaction.append(self.leaf)
        if self.alarm is not None:
            transaction.append(self.alarm)
        stopped = InFlight((), ())
        if self.ending is not None:
            ending = self.ending
            stopped = transaction.stop_parcels(ending.people, ending.parcels, ending.why)
        return Ruled(self.row.event.id, stopped, self.alarm is not None)

    @property
    def _all(self) -> tuple[Head, ...]:
        return (*self.heads, *((self.counted,) if self.counted else ()))


@dataclass(frozen=True, slots=True)
class RaiseOnce:
    """Append a leaf once and never again: its flag is a head that moves from version 0."""

    flag: str
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The flag, and the person it is about."""
        return Needs((self.flag, *heads_of(self.leaf)))

    def apply(self, transaction: Transaction) -> bool:
        """Append it; False where somebody did before, and where she was erased since."""
        if transaction.moved((Head(self.flag, 0),)) or is_erased(self.leaf, transaction):
            return False
        transaction.bump(self.flag)
        transaction.append(self.leaf)
        return True

"""What writing in the register of breaches does inside the writer's transaction (A-05)."""

from dataclasses import dataclass, replace

from gateway.core.heads import Head, person_head
from gateway.core.officers import Approval, OfficerRefusedError, still_holds
from gateway.core.ports import Needs, Transaction
from gateway.core.records.breach_rows import BreachStepRow
from gateway.core.stages import SealedLeaf


@dataclass(frozen=True, slots=True)
class WriteBreach:
    """Write one step down. `leaf.others` are the people it concerns: it stands in the history of each (A-02)."""

    approval: Approval
    row: BreachStepRow
    leaf: SealedLeaf
    head: Head

    @property
    def needs(self) -> Needs:
        """The entry, the officer, and everybody it concerns."""
        return Needs((self.head.id, self.approval.head.id, *map(person_head, self.leaf.others)))

    def apply(self, transaction: Transaction) -> None:
        """Write it, about nobody who was erased since. Raises OfficerRefusedError when somebody else was before."""
        if not still_holds(self.approval, transaction):
            raise OfficerRefusedError("approval_lapsed")
        if transaction.moved((self.head,)):
            raise OfficerRefusedError("breach_step_refused")
        known = (one for one in self.leaf.others if transaction.moved((Head(person_head(one), 0),)))
        transaction.add(self.row)
        transaction.bump(self.head.id)
        transaction.append(replace(self.leaf, others=tuple(known)))

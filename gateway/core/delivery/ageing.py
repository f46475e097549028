"""What waits too long, however it is delivered: an alarm once for each, a leaf and a line in the log (M-05)."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from gateway.core.lanes import Aged
from gateway.core.log.leaves import sealed_leaf
from gateway.core.ports import Entropy, Needs, Transaction

URGENT: Final = timedelta(minutes=15)
"""How long an urgent message or an emergency may wait before somebody is told."""

ROUTINE: Final = timedelta(hours=24)
"""The same for a routine one."""

OVERDUE: Final = "disclosure.overdue"


@dataclass(frozen=True, slots=True)
class NoteAged:
    """Note which messages have waited too long, at most `limit` at a time; each is a leaf."""

    limit: int
    entropy: Entropy

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> tuple[Aged, ...]:
        """Return them; each is returned once."""
        late = transaction.lanes.mark_aged(transaction.now - URGENT, transaction.now - ROUTINE, self.limit)
        for one in late:
            fields = {"sender": one.sender, "recipient": one.recipient, "urgency": one.urgency.value}
            leaf = sealed_leaf(self.entropy, OVERDUE, transaction.now, {**fields})
            transaction.append(replace(leaf, person=one.person, referral=one.referral))
        return late

"""How a turn in a lane ends inside the writer's transaction: only while the lane is still its holder's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.lanes import Lane
from gateway.core.ports import Needs, Transaction


class Outcome(Protocol):
    """What came of a turn."""

    def write(self, transaction: Transaction) -> None:
        """Write it down."""
        ...


@dataclass(frozen=True, slots=True)
class EndTurn:
    """Write down what came of a turn, and let the lane go; nobody takes it before `rest`.

    `failures` in a row are remembered for its next holder.
    """

    lane: Lane
    outcome: Outcome
    failures: int
    rest: datetime

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> bool:
        """Write it, unless the lane is another's by now: then False, and the other writes what comes of its own try."""
        if not transaction.lanes.holds(self.lane):
            return False
        self.outcome.write(transaction)
        transaction.lanes.leave(self.lane, self.rest, self.failures)
        return True

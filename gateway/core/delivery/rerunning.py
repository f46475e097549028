"""Dead letters: what was given up, and having it tried again by a person's word.

A rerun gives nothing a way around: each message passes the gate of `gateway.core.dispatch` again, by what is on record
then. What a withdrawal, a correction or an erasure ended meanwhile is no dead letter any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.core.in_flight import Gone
from gateway.core.lanes import Dead, LaneBook
from gateway.core.log.leaves import BY_OPERATOR, sealed_leaf
from gateway.core.ports import Clock, Entropy, Needs, Recorder, Transaction
from gateway.core.stages import SealedLeaf


@dataclass(frozen=True, slots=True)
class Rerun:
    """Let dead letters be tried again: those of these referrals, of one recipient, or every one there is."""

    recipient: str | None
    referrals: tuple[str, ...]
    entropy: Entropy
    clock: Clock

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> tuple[Gone, ...]:
        """Return what will be tried again; each is a leaf."""
        again = transaction.lanes.rerun(self.recipient, self.referrals)
        for one in again:
            whose = transaction.whose(one.message)
            leaf = self._leaf(one)
            transaction.append(replace(leaf, person=whose.person, referral=whose.referral) if whose else leaf)
        return again

    def _leaf(self, one: Gone) -> SealedLeaf:
        fields = {"sender": one.sender, "recipient": one.recipient, **BY_OPERATOR}
        return sealed_leaf(self.entropy, "disclosure.rerun", self.clock.now(), {**fields})


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """The operator's side of what was given up."""

    book: LaneBook
    recorder: Recorder
    entropy: Entropy
    clock: Clock

    def listed(self, limit: int) -> Sequence[Dead]:
        """Return them, the oldest first."""
        return self.book.dead(limit)

    async def rerun(self, recipient: str | None, referrals: Sequence[str]) -> int:
        """Let some be tried again, or all of them; how many."""
        item = Rerun(recipient, tuple(referrals), self.entropy, self.clock)
        return len(await self.recorder.record(item))

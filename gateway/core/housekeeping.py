"""Forgetting what has run out, so that no table grows for ever, and what was put off for ever: work for the writer."""

from dataclasses import dataclass
from datetime import timedelta

from gateway.core.ports import Needs, Transaction


@dataclass(frozen=True, slots=True)
class ForgetExpired:
    """Delete at most `limit` rows each of used proofs, revoked tokens and idempotency records that have run out.

    Nothing of it is a leaf: none of these is about a disclosure, and none is needed to prove one.
    """

    limit: int

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> bool:
        """Delete; True when more may be waiting."""
        return transaction.forget_expired(self.limit)


@dataclass(frozen=True, slots=True)
class EndRests:
    """Let nothing wait for a moment further ahead than `longest`: a clock that was wrong wrote it down."""

    longest: timedelta

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> int:
        """End them; how many there were."""
        return transaction.lanes.end_rests(self.longest)

"""Forgetting what has run out, as a piece of work for the writer, so that no table grows for ever."""

from dataclasses import dataclass

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

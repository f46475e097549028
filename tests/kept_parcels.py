"""Parcels in memory, for tests/books.py: in the states and with the steps of gateway/store/writing/parcels.py."""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.core.stages import Parcel
from schemas.vocabulary import ReferralState

OPEN = frozenset(
    {
        ReferralState.RECEIVED,
        ReferralState.ACCEPTED,
        ReferralState.INFO_REQUESTED,
        ReferralState.IN_PROGRESS,
    }
)
QUEUED, SENDING, DEAD = "queued", "sending", "dead"
DELIVERED, STOPPED, RECALLED = "delivered", "stopped", "recalled"


@dataclass(frozen=True, slots=True)
class Kept:
    """A parcel in the outbox."""

    parcel: Parcel
    state: str = QUEUED
    lease_until: datetime | None = None
    handed_out: int = 0

    def may_go(self, now: datetime) -> bool:
        """Say whether it may be handed out: queued and due, or under a lease that ran out."""
        if self.state == QUEUED:
            return self.parcel.due <= now
        return self.state == SENDING and self.lease_until is not None and self.lease_until < now

    def leased(self, until: datetime) -> "Kept":
        """Return it handed out once more."""
        return replace(self, state=SENDING, lease_until=until, handed_out=self.handed_out + 1)

    def ended(self, state: str) -> "Kept":
        """Return it in that state, its payload wiped."""
        return replace(self, state=state, parcel=replace(self.parcel, payload=b""))

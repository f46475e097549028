"""The outbox of tests/fakes.py."""

from collections.abc import Sequence
from datetime import datetime

from books import Book

from gateway.core.stages import Parcel
from schemas.vocabulary import DeliveryMode, Ground, Urgency

SOONEST_FIRST = [Urgency.EMERGENCY, Urgency.URGENT, Urgency.ROUTINE]


class FakeOutbox:
    """What may be handed out now, the most urgent parcels first, then the oldest."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def waiting(
        self,
        recipient: str,
        now: datetime,
        limit: int,
        *,
        pushed: bool = False,
        grounds: frozenset[Ground] | None = None,
    ) -> Sequence[Parcel]:
        ready = [kept.parcel for kept in self.book.parcels.values() if kept.may_go(now)]
        mine = [
            parcel
            for parcel in ready
            if parcel.recipient == recipient and (parcel.mode is DeliveryMode.NATIVE_PUSH) is pushed
            if grounds is None or parcel.stated.ground in grounds
        ]
        return sorted(mine, key=lambda parcel: (SOONEST_FIRST.index(parcel.urgency), parcel.due))[:limit]

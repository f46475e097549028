"""`gateway.core.cases.child_clock.ChildBook` over the book of tests/books.py."""

from collections.abc import Sequence
from datetime import datetime

from fake_book import Book
from kept_parcels import DELIVERED

from gateway.core.cases.child_clock import CHILD_FACTS, ToldOf


class FakeChildren:
    """What the book knows about children of all agencies together."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def begun(self, after: datetime, before: datetime) -> Sequence[bytes]:
        rows = [row for row in self.book.case_events if row.event.type in CHILD_FACTS]
        return sorted({row.person for row in rows if after <= row.event.at <= before})

    def recorded_by(self, agency: str | None, after: bytes, limit: int) -> Sequence[bytes]:
        rows = [
            row for row in self.book.case_events if row.event.type in CHILD_FACTS and agency in {None, row.event.by}
        ]
        return sorted({row.person for row in rows if row.person > after})[:limit]

    def responsible(self, agency: str, after: bytes, limit: int) -> Sequence[bytes]:
        rows = [
            row
            for row in self.book.case_events
            if row.event.type in CHILD_FACTS and agency in {row.event.by, row.event.terms.get("guardian")}
        ]
        return sorted({row.person for row in rows if row.person > after})[:limit]

    def told_of(self, people: Sequence[bytes]) -> Sequence[ToldOf]:
        received = [kept.parcel for kept in self.book.parcels.values() if kept.state == DELIVERED]
        return [ToldOf(parcel.recipient, parcel.purpose) for parcel in received if parcel.person in people]

    def references(self, people: Sequence[bytes], agency: str) -> Sequence[tuple[bytes, bytes]]:
        bound = [row for row in self.book.bindings.values() if row.agency == agency and row.person in people]
        return [(row.person, row.sealed_ref) for row in bound]

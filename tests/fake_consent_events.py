"""What was written down about consents, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from books import Book

from gateway.core.consents.papers import SealedEvent


@dataclass(frozen=True)
class FakeConsentEvents:
    """`gateway.core.consents.papers.ConsentEvents` over a book."""

    book: Book

    def of(self, consent: str) -> Sequence[SealedEvent]:
        return [SealedEvent(row.event.type, row.sealed) for row in self.book.consents if row.consent == consent]

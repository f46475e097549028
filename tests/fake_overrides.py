"""`gateway.core.cases.overrides.OverrideBook` over the book of tests/books.py."""

from collections.abc import Sequence
from datetime import datetime

from books import Book

from consent.case import CaseEvent
from gateway.core.cases.overrides import Watched
from gateway.core.heads import Head, approvals_head
from schemas.case_codes import CaseEventType


class FakeOverrides:
    """What the book knows about overrides of all people together."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def _of(self, kind: CaseEventType) -> dict[object, tuple[bytes, CaseEvent]]:
        rows = [row for row in self.book.case_events if row.event.type is kind]
        return {row.event.terms["override"]: (row.person, row.event) for row in rows}

    def approved(self) -> Sequence[Watched]:
        asked = self._of(CaseEventType.OVERRIDE_REQUESTED)
        return [
            Watched(
                override=str(name),
                person=person,
                author=asked[name][1].by,
                approved_at=event.at,
                ends=datetime.fromisoformat(str(asked[name][1].terms["ends"])),
                stopped=name in self._of(CaseEventType.OVERRIDE_STOPPED),
                reviewed=name in self._of(CaseEventType.OVERRIDE_REVIEWED),
                ended_told=f"override.ended:{name}" in self.book.heads,
                overdue_told=f"override.review_overdue:{name}" in self.book.heads,
            )
            for name, (person, event) in self._of(CaseEventType.OVERRIDE_APPROVED).items()
        ]

    def approvals_since(self, author: str, since: datetime) -> tuple[int, Head]:
        asked = self._of(CaseEventType.OVERRIDE_REQUESTED)
        approved = self._of(CaseEventType.OVERRIDE_APPROVED)
        mine = [event for name, (_, event) in approved.items() if asked[name][1].by == author and event.at >= since]
        return len(mine), self.book.head(approvals_head(author))

"""`gateway.core.statistics.releases.ReleaseBook` over the book of tests/books.py."""

from collections.abc import Sequence

from fake_book import Book

from gateway.core.crypto.pseudonyms import release_of
from gateway.core.heads import release_head
from gateway.core.records.release_rows import ReleaseStep
from gateway.core.statistics.releases import Counted, Release


class FakeReleases:
    """What the book knows about statistical releases."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def counted(self, quarter: str) -> Sequence[Counted]:
        rows = [row for row in self.book.referrals.values() if row.outcome == "permitted"]
        inside = [row for row in rows if release_of(row.at.date()) == quarter]
        hers = [(row.person, row) for row in sorted(inside, key=lambda row: (row.at, row.id))]
        return [Counted(person, row.sender, row.purpose, row.state, row.at) for person, row in hers if person]

    def release(self, release: str) -> Release | None:
        steps = [row for row in self.book.releases if row.release == release]
        if not steps:
            return None
        of = {step: frozenset(row.agency or "" for row in steps if row.step is step) for step in ReleaseStep}
        made = next((row.document for row in steps if row.document is not None), None)
        approved, head = of[ReleaseStep.APPROVED], self.book.head(release_head(release))
        return Release(release, steps[0].quarter, of[ReleaseStep.PROPOSED], approved, made, head)

    def releases(self) -> Sequence[Release]:
        names = dict.fromkeys(row.release for row in reversed(self.book.releases))
        return [found for name in names if (found := self.release(name)) is not None]

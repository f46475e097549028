"""Corrections in memory: what may be replaced, and stopping what is left of it (tests/core/test_replacing.py)."""

from collections.abc import Callable

from fake_book import Book

from gateway.core.in_flight import InFlight
from gateway.core.records.replacements import Earlier, Numbered
from gateway.core.stages import Parcel
from schemas.vocabulary import ReferralState

_OPEN = {
    *(ReferralState.SUBMITTED, ReferralState.RECEIVED, ReferralState.ACCEPTED),
    *(ReferralState.INFO_REQUESTED, ReferralState.IN_PROGRESS),
}
_NEVER = {ReferralState.REVOKED, ReferralState.FAILED}


class FakeReplaceable:
    """`gateway.core.records.replacements.Replaceable` over a book."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def earlier(self, sender: str, referral: str) -> Earlier | None:
        row = self.book.referrals.get(referral)
        replaced = any(one.replaces == referral for one in self.book.replacements.values())
        if row is None or row.sender != sender or row.state in _NEVER or replaced:
            return None
        if row.recipient is None or row.person is None:
            return None
        known = self.book.replacements.get(referral)
        return Earlier(referral, row.recipient, row.purpose, row.person, known.version if known else 1)

    def newest(self, of: Numbered) -> Earlier | None:
        replaced = {one.replaces for one in self.book.replacements.values()}
        found = (
            row.id
            for row in self.book.referrals.values()
            if row.reference and row.reference.blind == of.number and row.sender == of.sender
            if (row.recipient, row.purpose) == (of.recipient, of.purpose)
            if row.state in _OPEN and row.id not in replaced
        )
        newest = max(found, default=None)
        return None if newest is None else self.earlier(of.sender, newest)


class FakeReplacementSteps(FakeReplaceable):
    """`gateway.core.records.replacements.ReplacementSteps` over a copy of the book."""

    def __init__(self, book: Book, stopped: Callable[[Callable[[Parcel], bool]], InFlight]) -> None:
        super().__init__(book)
        self.stopped = stopped

    def stop(self, earlier: Earlier) -> InFlight:
        return self.stopped(lambda parcel: parcel.referral == earlier.referral)

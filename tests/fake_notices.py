"""Notices in memory: the steps of a transaction, and what those who fetch or list them read (tests/contracts)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from books import DEAD, DELIVERED, RECALLED, SENDING, Book

from gateway.core.records.notice_records import OPEN, Held, Notice, Place, Received
from gateway.core.referral_life import OVER
from gateway.core.stages import Parcel
from schemas.notice_codes import NoticeAsk, NoticeKind, NoticeState, ObjectionGround
from schemas.vocabulary import ReferralState


@dataclass
class FakeNoticeSteps:
    """`gateway.core.records.notice_records.NoticeSteps` over a book."""

    book: Book
    now: datetime

    def owed(self, kind: NoticeKind, person: bytes, consents: Sequence[str] | None = None) -> tuple[Received, ...]:
        return self._owed(
            kind, lambda parcel: parcel.person == person and (consents is None or parcel.rests_on in consents)
        )

    def owed_for(self, kind: NoticeKind, sender: str, reference_blind: bytes) -> tuple[Received, ...]:
        mine = {
            row.id
            for row in self.book.referrals.values()
            if row.sender == sender and row.reference is not None and row.reference.blind == reference_blind
        }
        return self._owed(kind, lambda parcel: parcel.referral in mine)

    def held(self, person: bytes) -> tuple[Held, ...]:
        whole = {one.about for one in self.book.notices.values() if one.asks is NoticeAsk.ERASE}
        kept = [one for one in self.book.parcels.values() if one.state in {SENDING, DEAD, RECALLED, DELIVERED}]
        parcels = [one.parcel for one in kept if one.parcel.person == person and one.parcel.id not in whole]
        return tuple(
            Held(
                Received(parcel.id, parcel.referral, parcel.sender, parcel.recipient, parcel.person),
                *(parcel.purpose, parcel.rests_on, parcel.sends, parcel.use_until),
            )
            for parcel in sorted(parcels, key=lambda parcel: parcel.id)
        )

    def add(self, notice: Notice) -> None:
        assert notice.id not in self.book.notices
        self.book.notices[notice.id] = notice

    def end(self, referral: str) -> None:
        row = self.book.referrals[referral]
        if row.state not in OVER:
            self.book.referrals[referral] = replace(row, state=ReferralState.REVOKED)

    def notice(self, recipient: str, notice: str) -> Notice | None:
        return FakeNotices(self.book).handed_out(recipient, notice)

    def lease(self, notice: str, until: datetime) -> Notice | None:
        found = self.book.notices.get(notice)
        if found is None or not _may_go(self.book, found, self.now):
            return None
        self.book.notices[notice] = replace(found, state=NoticeState.SENDING)
        self.book.notice_leases[notice] = until
        return self.book.notices[notice]

    def move(self, notice: str, state: NoticeState, ground: ObjectionGround | None) -> None:
        self.book.notices[notice] = replace(self.book.notices[notice], state=state, ground=ground)

    def late(self, limit: int) -> tuple[Notice, ...]:
        late = [
            one
            for one in self.book.notices.values()
            if one.state in OPEN and one.deadline < self.now and one.escalated_at is None
        ]
        return tuple(sorted(late, key=lambda one: (one.deadline, one.id))[:limit])

    def escalate(self, notice: str) -> None:
        self.book.notices[notice] = replace(self.book.notices[notice], escalated_at=self.now)

    def _owed(self, kind: NoticeKind, which: Callable[[Parcel], bool]) -> tuple[Received, ...]:
        left = [
            kept.parcel
            for kept in self.book.parcels.values()
            if kept.state in {SENDING, DEAD, RECALLED, DELIVERED} and which(kept.parcel)
        ]
        return tuple(
            Received(one.id, one.referral, one.sender, one.recipient, one.person)
            for one in sorted(left, key=lambda one: one.id)
            if not any(self._told(kind, notice) for notice in self.book.notices.values() if notice.about == one.id)
        )

    def _told(self, kind: NoticeKind, notice: Notice) -> bool:
        if notice.state is NoticeState.ERASED and notice.kind is not NoticeKind.NARROWING:
            return True
        return notice.kind is kind and (kind is not NoticeKind.RESTRICTION or notice.state in OPEN)


@dataclass
class FakeNotices:
    """`gateway.core.records.notice_records.Notices` over a book."""

    book: Book = field(repr=False)

    def waiting(self, recipient: str, now: datetime, limit: int) -> Sequence[Notice]:
        mine = [
            one for one in self.book.notices.values() if one.recipient == recipient and _may_go(self.book, one, now)
        ]
        return sorted(mine, key=lambda one: one.due)[:limit]

    def handed_out(self, recipient: str, notice: str) -> Notice | None:
        found = self.book.notices.get(notice)
        if found is None or found.recipient != recipient or found.state is NoticeState.QUEUED:
            return None
        return found

    def listed(self, sender: str | None, *, still_open: bool, after: Place, limit: int) -> Sequence[Notice]:
        found = [
            one
            for one in self.book.notices.values()
            if sender in {None, one.sender} and (not still_open or one.state in OPEN) and self.place(one) > after
        ]
        return sorted(found, key=self.place)[:limit]

    def place(self, notice: Notice) -> Place:
        same = (notice.referral, notice.kind)
        alike = [one for one in self.book.notices.values() if (one.referral, one.kind) == same]
        older = [one for one in alike if (one.created, one.id) <= (notice.created, notice.id)]
        return notice.referral, notice.kind.value, len(older)


def _may_go(book: Book, notice: Notice, now: datetime) -> bool:
    if notice.state is NoticeState.QUEUED:
        return notice.due <= now
    return notice.state is NoticeState.SENDING and book.notice_leases[notice.id] < now

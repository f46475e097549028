"""Lanes in memory: the steps of a transaction (tests/contracts)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fake_book import Book
from kept_parcels import DEAD, QUEUED, SENDING

from gateway.core.endpoints import EndpointRow
from gateway.core.in_flight import Gone
from gateway.core.lanes import Aged, Lane, Tried
from schemas.notice_codes import NoticeState
from schemas.vocabulary import Urgency


@dataclass(frozen=True)
class Held:
    """A lane as it is kept."""

    token: bytes = b""
    until: datetime | None = None
    resume: datetime | None = None
    failures: int = 0


@dataclass
class FakeLaneSteps:
    """`gateway.core.lanes.LaneSteps` over a book."""

    book: Book
    now: datetime

    def file(self, row: EndpointRow) -> None:
        self.book.endpoints[row.agency] = row
        self.book.lanes[row.agency] = Held()

    def hold(self, lane: Lane, until: datetime) -> bool:
        found = self.book.lanes.get(lane.recipient)
        if found is None or (found.until is not None and found.until >= self.now):
            return False
        if found.resume is not None and found.resume > self.now:
            return False
        self.book.lanes[lane.recipient] = replace(found, token=lane.token, until=until)
        return True

    def holds(self, lane: Lane) -> bool:
        found = self.book.lanes.get(lane.recipient)
        return found is not None and found.token == lane.token

    def leave(self, lane: Lane, resume: datetime, failures: int) -> None:
        if self.holds(lane):
            self.book.lanes[lane.recipient] = Held(resume=resume, failures=failures)

    def put_back(self, message: str) -> None:
        kept = self.book.parcels.get(message)
        if kept is None or kept.state != SENDING or kept.handed_out > 1:
            self.postpone(message, self.now)
        else:
            self.book.parcels[message] = replace(kept, state=QUEUED, lease_until=None, handed_out=0)

    def count_try(self, message: str, code: str, steps: int) -> Tried:
        self.book.tries[message] = Tried(self._tried(message).attempts + 1, steps)
        return self.book.tries[message]

    def postpone(self, message: str, until: datetime) -> None:
        kept, notice = self.book.parcels.get(message), self.book.notices.get(message)
        if kept is not None and kept.state == SENDING:
            self.book.parcels[message] = replace(kept, lease_until=until)
        if notice is not None and notice.state is NoticeState.SENDING:
            self.book.notice_leases[message] = until

    def give_up(self, message: str) -> bool:
        kept = self.book.parcels.get(message)
        if kept is None or kept.state != SENDING:
            return False
        self.book.parcels[message] = replace(kept, state=DEAD)
        return True

    def rerun(self, recipient: str | None, referrals: Sequence[str]) -> tuple[Gone, ...]:
        again = []
        for message, kept in self.book.parcels.items():
            one = kept.parcel
            meant = recipient in {None, one.recipient} and (not referrals or one.referral in referrals)
            if kept.state == DEAD and meant:
                self.book.parcels[message] = replace(kept, state=SENDING, lease_until=self.now - datetime.resolution)
                again.append(Gone(one.id, one.sender, one.recipient, one.referral, one.person))
        return tuple(again)

    def end_rests(self, longest: timedelta) -> int:
        raise AssertionError("this fake ends no rests")

    def note_told(self, waiting: Sequence[str]) -> None:
        self.book.told |= {*waiting}

    def mark_aged(self, before: datetime, routine_before: datetime, limit: int) -> tuple[Aged, ...]:
        late = []
        for message, kept in self.book.parcels.items():
            one = kept.parcel
            old = one.due < (routine_before if one.urgency is Urgency.ROUTINE else before)
            if old and kept.state in {QUEUED, SENDING, DEAD} and message not in self.book.alarmed:
                late.append(Aged(one.id, one.referral, one.sender, one.recipient, one.person, one.urgency))
        self.book.alarmed |= {one.message for one in late[:limit]}
        return tuple(late[:limit])

    def _tried(self, message: str) -> Tried:
        return self.book.tries.get(message, Tried())

"""Notices as records: what is written down about one, which answers it takes, and who keeps them (C-10, A-03).

Random ids, codes and times, and nothing about her: a notice works after her data key is gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeAlias

from schemas.notice_codes import NoticeAsk, NoticeKind, NoticeState, ObjectionGround
from schemas.vocabulary import DataCategory, Purpose

ASKS: Mapping[NoticeKind, NoticeAsk] = {
    NoticeKind.WITHDRAWAL: NoticeAsk.ERASE,
    NoticeKind.ERASURE: NoticeAsk.ERASE,
    NoticeKind.RECTIFICATION: NoticeAsk.CORRECT,
    NoticeKind.RESTRICTION: NoticeAsk.STOP,
    NoticeKind.NARROWING: NoticeAsk.ERASE_PART,
}
"""What each kind asks. A withdrawal asks for erasure: the obligation travelled with the message (M-11)."""

ENDS: Mapping[NoticeAsk, frozenset[NoticeState]] = {
    NoticeAsk.ERASE: frozenset({NoticeState.ERASED, NoticeState.OBJECTED}),
    NoticeAsk.CORRECT: frozenset({NoticeState.CORRECTED, NoticeState.ERASED, NoticeState.OBJECTED}),
    NoticeAsk.STOP: frozenset({NoticeState.STOPPED, NoticeState.ERASED, NoticeState.OBJECTED}),
    NoticeAsk.ERASE_PART: frozenset({NoticeState.ERASED, NoticeState.OBJECTED}),
}
"""How a recipient may end each; whoever erases has done more than it was asked."""

OPEN = frozenset({NoticeState.QUEUED, NoticeState.SENDING, NoticeState.ACKNOWLEDGED})
"""States in which a notice waits for somebody."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message that may have left, and whose it was."""

    message: str
    referral: str
    sender: str
    recipient: str
    person: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """One message that may have left, and what it is: its purpose, its ground, what it carried and until when."""

    received: Received
    purpose: Purpose
    rests_on: str
    sends: frozenset[DataCategory]
    use_until: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as it stands. `about` is the message the recipient holds; `id` is this notice's own message id.

    `person` is None once she is erased: what the recipient needs is the message it holds, and that it knows itself.
    A narrowing names the `categories` of the message that she no longer agrees to, and until when the rest may be used.
    """

    id: str
    kind: NoticeKind
    about: str
    referral: str
    sender: str
    recipient: str
    person: bytes | None
    created: datetime
    due: datetime
    deadline: datetime
    state: NoticeState = NoticeState.QUEUED
    ground: ObjectionGround | None = None
    replaced_by: str | None = None
    escalated_at: datetime | None = None
    categories: frozenset[DataCategory] = frozenset()
    use_until: datetime | None = None

    @property
    def asks(self) -> NoticeAsk:
        """What is asked of the recipient."""
        return ASKS[self.kind]

    @property
    def was_acknowledged(self) -> bool:
        """Whether the recipient has said that it has it, or more than that."""
        return self.state not in {NoticeState.QUEUED, NoticeState.SENDING}

    def may_become(self, state: NoticeState) -> bool:
        """Say whether the recipient may move it there: acknowledge what was handed out, end what it acknowledged."""
        if self.state is NoticeState.SENDING:
            return state is NoticeState.ACKNOWLEDGED
        return self.state is NoticeState.ACKNOWLEDGED and state in ENDS[self.asks]


class NoticeSteps(Protocol):
    """What happens to notices inside the writer's transaction (`Transaction.notices`)."""

    def owed(self, kind: NoticeKind, person: bytes, consents: Sequence[str] | None = None) -> tuple[Received, ...]:
        """Return what of hers may have left, resting on these consents or on any, without a notice of that kind."""
        ...

    def owed_for(self, kind: NoticeKind, sender: str, reference_blind: bytes) -> tuple[Received, ...]:
        """Return the same for what an agency sent under one of its own numbers."""
        ...

    def held(self, person: bytes) -> tuple[Held, ...]:
        """Return what of hers may have left and nobody was asked to erase whole, with what it carried."""
        ...

    def add(self, notice: Notice) -> None:
        """Insert one."""
        ...

    def end(self, referral: str) -> None:
        """Revoke a referral that is not over yet: access to it has ended (M-03)."""
        ...

    def notice(self, recipient: str, notice: str) -> Notice | None:
        """Return a notice that was handed out to this recipient; None for another's and one that still waits."""
        ...

    def lease(self, notice: str, until: datetime) -> Notice | None:
        """Hand one out that is due or whose lease ran out, and return it; None when there is none."""
        ...

    def move(self, notice: str, state: NoticeState, ground: ObjectionGround | None) -> None:
        """Set how far it has come."""
        ...

    def late(self, limit: int) -> tuple[Notice, ...]:
        """Return open notices past their deadline that nobody was alarmed about yet."""
        ...

    def escalate(self, notice: str) -> None:
        """Note that somebody was alarmed, now."""
        ...


Place: TypeAlias = tuple[str, str, int]
"""Where a notice stands in lists: its referral, its kind, and which one of those it is, the oldest first (from 1).

A restriction that is lifted and set again, or a second narrowing, is another notice of that kind about that referral.
"""

BEGINNING: Final[Place] = ("", "", 0)


class Notices(Protocol):
    """Reads notices, outside any transaction."""

    def waiting(self, recipient: str, now: datetime, limit: int) -> Sequence[Notice]:
        """Return up to `limit` that may be handed out, the oldest first."""
        ...

    def handed_out(self, recipient: str, notice: str) -> Notice | None:
        """Return a notice that was handed out to this recipient."""
        ...

    def listed(self, sender: str | None, *, still_open: bool, after: Place, limit: int) -> Sequence[Notice]:
        """Return notices about what `sender` sent (None: everybody), in the order of their places, after that one."""
        ...

    def place(self, notice: Notice) -> Place:
        """Return where it stands in lists."""
        ...

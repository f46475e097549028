"""Who has said that it has room, as a decision looks at it (M-05). Reads codes and times; knows no person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from consent.policy import Policy
from gateway.core.heads import Head
from gateway.core.records.capacity_rows import RoomAnswerRow, RoomQuestionRow
from gateway.core.stages import Routing
from schemas.capacity_codes import RoomAnswer
from schemas.vocabulary import Purpose


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its newest answer, and the version it was read at."""

    asked: RoomQuestionRow
    answer: RoomAnswerRow | None
    head: Head


class Rooms(Protocol):
    """Reads questions for room, outside any transaction."""

    def question(self, question: str, party: str) -> Question | None:
        """Return the question of that id, if that agency asked it or was asked."""
        ...

    def to(self, recipient: str, now: datetime, limit: int, after: str = "") -> Sequence[Question]:
        """Return questions that this recipient may still answer, the oldest first, behind the question of that id."""
        ...

    def of(self, sender: str, now: datetime, limit: int, after: str = "") -> Sequence[Question]:
        """Return what this agency asked and is not forgotten yet, the newest first, behind the question of that id."""
        ...

    def unused(self, sender: str, recipient: str, now: datetime) -> int:
        """Return how many questions of that agency to that one are not forgotten yet and led to no referral."""
        ...

    def agreed_with(self, sender: str, purpose: Purpose) -> Sequence[str]:
        """Return everybody this agency ever signed an agreement with about that purpose, by id."""
        ...


@dataclass(frozen=True, slots=True)
class Room:
    """What one referral may rest on: whether the recipient has room for it, and on which question's answer."""

    heads: tuple[Head, ...] = ()
    taken: str | None = None

    @property
    def holds(self) -> bool:
        """Whether there is room: somebody said yes, the yes still holds, and it served nobody else."""
        return self.taken is not None


NO_ROOM: Final = Room()
"""Where nobody said so."""


def room_said(rooms: Rooms, routing: Routing, sender: str, policy: Policy, at: datetime) -> Room:
    """Return whether this recipient told this sender, for this purpose, that it has room (M-05).

    Another agency's question, another recipient's or purpose's, an old answer and an invented id are alike: no room.
    """
    found = None if routing.capacity is None else rooms.question(routing.capacity, sender)
    if found is None:
        return NO_ROOM
    asked, heads = found.asked, (found.head,)
    meant = (asked.sender, asked.recipient, asked.purpose) == (sender, routing.recipient, routing.purpose)
    return Room(heads, asked.id if meant and is_yes(found, policy, at) else None)


def is_yes(question: Question, policy: Policy, at: datetime) -> bool:
    """Say whether the newest answer is a yes that still holds."""
    answer = question.answer
    if answer is None or answer.answer is not RoomAnswer.YES:
        return False
    return at < answer.at + timedelta(hours=policy.clocks.capacity_hours)

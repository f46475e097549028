"""Questions for room in memory (`gateway.core.room.rooms.Rooms`)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from fake_book import Book

from gateway.core.heads import capacity_head
from gateway.core.records.capacity_rows import RoomQuestionRow
from gateway.core.room.rooms import Question
from schemas.capacity_codes import RoomAnswer
from schemas.vocabulary import Purpose


class FakeRooms:
    """Over a book, and the agreements of a fake directory."""

    def __init__(self, book: Book, agreed: Collection[tuple[str, str, Purpose]]) -> None:
        self.book, self.agreed = book, agreed

    def question(self, question: str, party: str) -> Question | None:
        known = (row for row in self._questions() if row.id == question and party in {row.sender, row.recipient})
        return next(map(self._with_answer, known), None)

    def to(self, recipient: str, now: datetime, limit: int, after: str = "") -> Sequence[Question]:
        mine = [self._with_answer(row) for row in self._questions() if row.recipient == recipient]
        waiting = [one for one in mine if one.asked.answer_by > now and not _taken(one)]
        return _behind(after, sorted(waiting, key=lambda one: (one.asked.asked, one.asked.id)))[:limit]

    def of(self, sender: str, now: datetime, limit: int, after: str = "") -> Sequence[Question]:
        mine = [self._with_answer(row) for row in self._questions() if row.sender == sender and row.expires > now]
        return _behind(after, sorted(mine, key=lambda one: (-one.asked.asked.timestamp(), one.asked.id)))[:limit]

    def unused(self, sender: str, recipient: str, now: datetime) -> int:
        mine = [one for one in self.of(sender, now, len(self.book.rooms)) if one.asked.recipient == recipient]
        return sum(not _taken(one) for one in mine)

    def agreed_with(self, sender: str, purpose: Purpose) -> Sequence[str]:
        return sorted({to for of, to, why in self.agreed if (of, why) == (sender, purpose)})

    def _questions(self) -> list[RoomQuestionRow]:
        return [row for row in self.book.rooms if isinstance(row, RoomQuestionRow)]

    def _with_answer(self, row: RoomQuestionRow) -> Question:
        said = [one for one in self.book.rooms if not isinstance(one, RoomQuestionRow) and one.question == row.id]
        return Question(row, said[-1] if said else None, self.book.head(capacity_head(row.id)))


def _taken(question: Question) -> bool:
    return question.answer is not None and question.answer.answer is RoomAnswer.TAKEN


def _behind(after: str, listed: list[Question]) -> list[Question]:
    ids = [one.asked.id for one in listed]
    return listed[ids.index(after) + 1 :] if after else listed

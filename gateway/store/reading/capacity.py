"""Reads questions for room and the newest answer to each (M-05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, ScalarSelect, Select, and_, exists, func, or_, select
from sqlalchemy import Row as SqlRow

from gateway.core.heads import Head, capacity_head
from gateway.core.records.capacity_rows import RoomAnswerRow, RoomQuestionRow
from gateway.core.room.rooms import Question
from gateway.store.moments import moment, ticks
from gateway.store.rows.capacity import ANSWER, QUESTION
from gateway.store.rows.line import AGREEMENT, HEAD
from schemas.capacity_codes import AgeGroup, RoomAnswer
from schemas.vocabulary import Need, Purpose

_TAKEN = exists().where(ANSWER.c.question == QUESTION.c.id, ANSWER.c.answer == RoomAnswer.TAKEN.value)


@dataclass(frozen=True, slots=True)
class RoomReader:
    """`gateway.core.room.rooms.Rooms` over the database."""

    engine: Engine

    def question(self, question: str, party: str) -> Question | None:
        """Return the question of that id, if that agency asked it or was asked."""
        theirs = or_(QUESTION.c.sender == party, QUESTION.c.recipient == party)
        found = self._read(select(QUESTION).where(QUESTION.c.id == question, theirs))
        return next(iter(found), None)

    def to(self, recipient: str, now: datetime, limit: int, after: str = "") -> Sequence[Question]:
        """Return questions that this recipient may still answer, the oldest first."""
        mine = select(QUESTION).where(QUESTION.c.recipient == recipient, QUESTION.c.answer_by > ticks(now), ~_TAKEN)
        behind = mine.where(_beside(after, QUESTION.c.asked > _asked_at(after))) if after else mine
        return self._read(behind.order_by(QUESTION.c.asked, QUESTION.c.id).limit(limit))

    def of(self, sender: str, now: datetime, limit: int, after: str = "") -> Sequence[Question]:
        """Return what this agency asked and is not forgotten yet, the newest first."""
        mine = select(QUESTION).where(QUESTION.c.sender == sender, QUESTION.c.expires > ticks(now))
        behind = mine.where(_beside(after, QUESTION.c.asked < _asked_at(after))) if after else mine
        return self._read(behind.order_by(QUESTION.c.asked.desc(), QUESTION.c.id).limit(limit))

    def unused(self, sender: str, recipient: str, now: datetime) -> int:
        """Return how many questions of that agency to that one are not forgotten yet and led to no referral."""
        theirs = and_(QUESTION.c.sender == sender, QUESTION.c.recipient == recipient)
        with self.engine.connect() as connection:
            query = select(func.count()).select_from(QUESTION).where(theirs, QUESTION.c.expires > ticks(now), ~_TAKEN)
            return connection.execute(query).scalar_one()

    def agreed_with(self, sender: str, purpose: Purpose) -> Sequence[str]:
        """Return everybody this agency ever signed an agreement with about that purpose, by id."""
        table = AGREEMENT.c
        theirs = select(table.recipient).where(table.sender == sender, table.purpose == purpose.value)
        with self.engine.connect() as connection:
            return [*connection.execute(theirs.distinct().order_by(table.recipient)).scalars()]

    def _read(self, query: Select[tuple[object, ...]]) -> list[Question]:
        """Read the versions first: an answer that arrives in between makes a version older, never newer."""
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
            ids = [str(row.id) for row in rows]
            versions = _versions(connection, ids)
            answers = _answers(connection, ids)
        return [Question(_question(row), answers.get(row.id), versions[row.id]) for row in rows]


def _asked_at(question: str) -> ScalarSelect[int]:
    """Say when a question was asked; of one that is forgotten nothing, and no page follows it."""
    before = QUESTION.alias()
    return select(before.c.asked).where(before.c.id == question).scalar_subquery()


def _beside(question: str, farther: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say what comes behind a question: what is farther in time, and of the same moment what has a greater id."""
    return or_(farther, and_(QUESTION.c.asked == _asked_at(question), QUESTION.c.id > question))


def _versions(connection: Connection, ids: Sequence[str]) -> Mapping[str, Head]:
    names = {capacity_head(one): one for one in ids}
    known = {
        row.id: row.version for row in connection.execute(select(HEAD.c.id, HEAD.c.version).where(HEAD.c.id.in_(names)))
    }
    return {one: Head(name, known.get(name, 0)) for name, one in names.items()}


def _answers(connection: Connection, ids: Sequence[str]) -> Mapping[str, RoomAnswerRow]:
    """Return the newest answer to each of these."""
    rows = connection.execute(select(ANSWER).where(ANSWER.c.question.in_(ids)).order_by(ANSWER.c.id))
    return {row.question: _answer(row) for row in rows}


def _answer(row: SqlRow[tuple[object, ...]]) -> RoomAnswerRow:
    since = None if row.since is None else moment(row.since).date()
    return RoomAnswerRow(row.question, RoomAnswer(row.answer), since, moment(row.at))


def _question(row: SqlRow[tuple[object, ...]]) -> RoomQuestionRow:
    return RoomQuestionRow(
        id=row.id,
        sender=row.sender,
        recipient=row.recipient,
        purpose=Purpose(row.purpose),
        need=Need(row.need),
        age=AgeGroup(row.age),
        language=row.language,
        region=row.region,
        asked=moment(row.asked),
        answer_by=moment(row.answer_by),
        expires=moment(row.expires),
    )

"""Questions for room and their answers, as rows: codes, ids and times, and nothing that leads to a person (M-05)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from schemas.capacity_codes import AgeGroup, RoomAnswer
from schemas.vocabulary import Need, Purpose


@dataclass(frozen=True, slots=True)
class RoomQuestionRow:
    """One question to one recipient. It waits for an answer until `answer_by` and is forgotten after `expires`."""

    id: str
    sender: str
    recipient: str
    purpose: Purpose
    need: Need
    age: AgeGroup
    language: str | None
    region: str | None
    asked: datetime
    answer_by: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class RoomAnswerRow:
    """One thing that became of a question; the newest counts. `since` is the day from which there will be room."""

    question: str
    answer: RoomAnswer
    since: date | None
    at: datetime


CapacityInsert: TypeAlias = RoomQuestionRow | RoomAnswerRow

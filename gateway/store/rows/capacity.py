"""Between questions for room and their columns."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Table

from gateway.core.records.capacity_rows import CapacityInsert, RoomAnswerRow
from gateway.store.moments import ticks
from gateway.store.tables import capacity
from gateway.store.tables.columns import Values, table_of

KEEPS_ROOM = timedelta(days=14)
"""How long an answer is kept: longer than any question, so that what was answered is never open again."""


QUESTION, ANSWER = table_of(capacity.RoomQuestionTable), table_of(capacity.RoomAnswerTable)


def capacity_insertion(row: CapacityInsert) -> tuple[Table, Values]:
    """Return the table a row belongs to and its columns."""
    if isinstance(row, RoomAnswerRow):
        since = None if row.since is None else ticks(datetime.combine(row.since, time(), UTC))
        said: Values = {"answer": row.answer.value, "since": since, "at": ticks(row.at)}
        return ANSWER, {"question": row.question, **said, "expires": ticks(row.at + KEEPS_ROOM)}
    codes: Values = {
        "purpose": row.purpose.value,
        "need": row.need.value,
        "age": row.age.value,
        "language": row.language,
        "region": row.region,
    }
    times: Values = {"asked": ticks(row.asked), "answer_by": ticks(row.answer_by), "expires": ticks(row.expires)}
    return QUESTION, {"id": row.id, "sender": row.sender, "recipient": row.recipient, **codes, **times}

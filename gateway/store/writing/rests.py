"""Ends what was put off to a moment that only a clock which ran ahead can have written down."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Table, select, update

from gateway.store.moments import ticks
from gateway.store.rows.line import AGENCY, LANE, NOTICE, PARCEL
from gateway.store.rows.states import ParcelState
from gateway.store.writing.hints import HINT
from schemas.notice_codes import NoticeState


def end(connection: Connection, now: datetime, longest: timedelta) -> int:
    """Let whatever waits for a moment further ahead than `longest` wait no more; how much that was."""
    ended, latest = ticks(now) - 1, ticks(now + longest)
    statements = (
        update(table).where(column > latest, *which).values({column.name: ended}) for table, column, which in _waits()
    )
    return sum(connection.execute(statement).rowcount for statement in statements)


def _waits() -> Iterator[tuple[Table, Column[int], tuple[ColumnElement[bool], ...]]]:
    """Yield where such moments stand. Messages are looked up from their recipients, as their index is."""
    for table, queued, sending in (
        (PARCEL, ParcelState.QUEUED.value, ParcelState.SENDING.value),
        (NOTICE, NoticeState.QUEUED.value, NoticeState.SENDING.value),
    ):
        known = table.c.recipient.in_(select(AGENCY.c.id))
        yield table, table.c.due, (known, table.c.state == queued)
        yield table, table.c.lease_until, (known, table.c.state == sending)
    yield LANE, LANE.c.held_until, ()
    yield LANE, LANE.c.resume, ()
    yield HINT, HINT.c.held_until, ()
    yield HINT, HINT.c.due, ()

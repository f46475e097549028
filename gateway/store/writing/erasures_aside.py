"""Erasures that were asked for and wait, in the database: her rows become one sealed value nobody meets (ADR 0150).

Every door answers as for somebody erased, since it reads the same tables and finds the same in them: nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from gateway.core.erasure.erasures_asked import WAITS
from gateway.core.erasure_steps import Aside
from gateway.core.heads import person_head
from gateway.store.moments import ticks
from gateway.store.rows.line import CASE_EVENT, ERASURE_ASKED, ERASURE_KEPT, HEAD, PERSON
from gateway.store.writing import erasures
from schemas.canonical import canonical
from schemas.documents import Json


def put_aside(
    connection: Connection, people: Sequence[bytes], pairs: Sequence[bytes], aside: Aside, now: datetime
) -> tuple[str, ...]:
    """Keep each record's rows under its key, and forget them; the ids of the heads that went with them."""
    for person in people:
        sealed = aside.seal(person, canonical(_rows_about(connection, person)))
        connection.execute(insert(ERASURE_KEPT), {"person": person, "request": aside.id, "sealed": sealed})
    overrides = (CASE_EVENT.c.person.in_(people), CASE_EVENT.c.override.is_not(None))
    if connection.execute(update(CASE_EVENT).where(*overrides).values(person=aside.review)).rowcount:
        connection.execute(insert(PERSON), {"id": aside.review})
        connection.execute(insert(HEAD), {"id": person_head(aside.review), "version": 1})
    heads = erasures.forget(connection, people, pairs)
    asked = {"id": aside.id, "agency": aside.agency, "ordered": aside.ordered, "review": aside.review}
    connection.execute(insert(ERASURE_ASKED), {**asked, "at": ticks(now)})
    return heads


def release(connection: Connection, request: str) -> bool:
    """Let that erasure wait for no court order any more; False where none waits for one."""
    ordered = (ERASURE_ASKED.c.id == request, ERASURE_ASKED.c.ordered)
    return connection.execute(update(ERASURE_ASKED).where(*ordered).values(ordered=False)).rowcount == 1


def end(connection: Connection, request: str, now: datetime) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """Delete what that erasure kept; whose keys are to be destroyed now, and the heads that went with it."""
    review = connection.execute(
        select(ERASURE_ASKED.c.review).where(ERASURE_ASKED.c.id == request)
    ).scalar_one_or_none()
    if review is None:
        return (), ()
    people = (*erasures.kept(connection, request), review)
    gone = erasures.erase(connection, people, (), now)
    waits = f"{WAITS}:{request}"
    connection.execute(delete(HEAD).where(HEAD.c.id == waits))
    connection.execute(delete(ERASURE_KEPT).where(ERASURE_KEPT.c.request == request))
    connection.execute(delete(ERASURE_ASKED).where(ERASURE_ASKED.c.id == request))
    return people, (*gone, waits)


def _rows_about(connection: Connection, person: bytes) -> dict[str, Json]:
    """Return every row about a record by its table. Bytes, which are sealed or blind already, are hexadecimal."""
    hers = ((table, table.c.person == person) for table in erasures.HERS)
    return {table.name: _rows(connection, table, which) for table, which in (*hers, *erasures.beside((person,)))}


def _rows(connection: Connection, table: Table, which: ColumnElement[bool]) -> list[Json]:
    return [
        {column: value.hex() if isinstance(value, bytes) else value for column, value in row.items()}
        for row in connection.execute(select(table).where(which)).mappings()
    ]

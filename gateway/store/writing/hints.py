"""Hints in the database (`gateway.core.hints`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select

from gateway.core.hints import Hint, Waiting
from gateway.store.moments import moment, ticks
from gateway.store.tables import hints
from gateway.store.tables.columns import table_of

HINT = table_of(hints.HintTable)


@dataclass(frozen=True, slots=True)
class HintWriter:
    """`gateway.core.hints.HintSteps` on the connection of one transaction."""

    connection: Connection

    def known(self, name: bytes) -> Waiting | None:
        """Return that hint, if it waits."""
        row = self.connection.execute(select(HINT).where(HINT.c.name == name)).mappings().one_or_none()
        if row is None:
            return None
        held = row["held_until"]
        return Waiting(
            hint=Hint(row["name"], row["hook"], row["record"]),
            since=moment(row["since"]),
            due=moment(row["due"]),
            count=row["count"],
            tries=row["tries"],
            token=row["token"],
            held_until=None if held is None else moment(held),
        )

    def of_hook(self, hook: str) -> int:
        """Return how many hints of that hook wait."""
        query = select(func.count()).select_from(HINT).where(HINT.c.hook == hook)
        return self.connection.execute(query).scalar_one()

    def put(self, waiting: Waiting) -> None:
        """Write it down, or down anew."""
        hint, held = waiting.hint, waiting.held_until
        self.drop(hint.name)
        named = {"name": hint.name, "hook": hint.hook, "record": hint.sealed, "token": waiting.token}
        times = {"since": ticks(waiting.since), "due": ticks(waiting.due), "held_until": held and ticks(held)}
        self.connection.execute(insert(HINT), {**named, **times, "count": waiting.count, "tries": waiting.tries})

    def drop(self, name: bytes) -> None:
        """Forget it."""
        self.connection.execute(delete(HINT).where(HINT.c.name == name))


@dataclass(frozen=True, slots=True)
class HintReader:
    """`gateway.core.hints.HintBook` over the database."""

    engine: Engine

    def due(self, now: datetime, limit: int) -> Sequence[Hint]:
        """Return what is due and in nobody's hands, the longest due first."""
        of, at = HINT.c, ticks(now)
        free = and_(of.due <= at, or_(of.held_until.is_(None), of.held_until < at))
        query = select(of.name, of.hook, of.record).where(free).order_by(of.due).limit(limit)
        with self.engine.connect() as connection:
            return [Hint(row.name, row.hook, row.record) for row in connection.execute(query)]

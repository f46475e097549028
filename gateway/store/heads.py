"""Reading the versions of heads (`gateway.core.heads`).

What a head covers is read after it, so that a version may be older than what was read and never newer: what changed in
between only makes the writer refuse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, Engine, bindparam, select

from gateway.core.heads import Head
from gateway.store.prepared import Connected, PreparedStatement
from gateway.store.rows.line import HEAD

_VERSION = PreparedStatement(select(HEAD.c.version).where(HEAD.c.id == bindparam("head")))


def version_of(connection: Connection, name: str) -> int:
    """Return the version of that head; 0 where it never moved."""
    version: int | None = connection.execute(select(HEAD.c.version).where(HEAD.c.id == name)).scalar_one_or_none()
    return version or 0


def head_of(connection: Connection, name: str) -> Head:
    """Return that head as it stands."""
    return Head(name, version_of(connection, name))


def asked_head(connection: Connected, name: str) -> Callable[[], Head]:
    """Ask for that head on the accept path, and return what gives it (`gateway.store.prepared.together`)."""
    rows = _VERSION.asked(connection, {"head": name})
    return lambda: Head(name, cast("int", found[0][0]) if (found := rows()) else 0)


@dataclass(frozen=True, slots=True)
class HeadReader:
    """Heads by themselves."""

    engine: Engine

    def head(self, name: str) -> Head:
        """Return that head as it stands."""
        with self.engine.connect() as connection:
            return head_of(connection, name)

"""Engines. One for the writer thread, whose transactions begin with the write lock; one for everybody who reads.

`hide_parameters` keeps values out of errors. SQLite runs in WAL with synchronous=FULL: what was answered is on disk.
PostgreSQL needs no more than another URL.
"""

import sqlite3
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

_SQLITE = "sqlite"


@dataclass(frozen=True, slots=True)
class Database:
    """The two engines of one database."""

    writing: Engine
    reading: Engine

    def dispose(self) -> None:
        """Close every connection."""
        self.writing.dispose()
        self.reading.dispose()


def opened(url: str) -> Database:
    """Return the engines for that URL; nothing is connected yet."""
    if make_url(url).get_backend_name() == _SQLITE:
        return Database(_sqlite(url, begin="BEGIN IMMEDIATE"), _sqlite(url, begin="BEGIN"))
    return Database(_engine(url), _engine(url))


def _engine(url: str) -> Engine:
    return create_engine(url, hide_parameters=True)


def _sqlite(url: str, begin: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 30})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # The driver opens no transaction of its own; `begin` below does.
        for pragma in ("journal_mode=wal", "synchronous=full", "secure_delete=on", "foreign_keys=on"):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine

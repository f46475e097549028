"""Engines. One for the writer thread, whose transactions begin with the write lock; one for everybody who reads.

`hide_parameters` keeps values out of errors, and what fails while reading becomes an OperatorError without the driver's
words, which may quote a row. SQLite runs in WAL with synchronous=FULL: what was answered is on disk. PostgreSQL needs
no more than another URL.
"""

import re
import select
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import NullPool

from gateway.core.errors import DamagedError, OperatorError
from gateway.sqlite_files import sqlite_address

_SQLITE = "sqlite"
_PATIENCE = 30
"""Seconds a connection to SQLite waits for another that writes."""

_MOMENT = 250
"""Milliseconds the emptying of the write-ahead log waits for those who read."""

SMALL = 33_554_432
"""Bytes of a SQLite file that is written anew within a second, so that everybody may wait for it."""

LEASE = 10
"""Seconds a transaction on a server may stand still. A node that is stopped while it holds the log's head would stop
every other; so the server ends its session, and when the node goes on, what it had not committed is not there."""

_SEES_A_DEAD_SERVER = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""What libpq is told, in seconds and milliseconds: a server whose machine is gone says nothing at all."""

_PRAGMAS = ("journal_mode=wal", "synchronous=full", "secure_delete=on", "foreign_keys=on", "cache_size=-16384")
"""The cache is 16 MiB for each connection: with the default 2, the pages every accept writes are read again."""


class _Wired(Protocol):
    """A driver's connection to a server."""

    def fileno(self) -> int:
        """Return the descriptor of its socket."""
        ...


class _Said(Protocol):
    """What a server says beside its answer."""

    message_detail: str | None


class _Told(Protocol):
    """A driver's connection to a server that says more than it is asked."""

    autocommit: bool

    def add_notice_handler(self, handler: Callable[[_Said], None]) -> None:
        """Have each notice handed to this function."""
        ...


@dataclass(frozen=True, slots=True)
class Database:
    """The two engines of one database; as a context, closed when it is left."""

    writing: Engine
    reading: Engine

    def __enter__(self) -> Self:
        """Use it for a while."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self.dispose()

    def dispose(self) -> None:
        """Close every connection."""
        self.writing.dispose()
        self.reading.dispose()


def opened(url: str) -> Database:
    """Return the engines for that URL; nothing is connected yet."""
    if make_url(url).get_backend_name() == _SQLITE:
        database = Database(_sqlite(url, begin="BEGIN IMMEDIATE"), _sqlite(url, begin="BEGIN"))
    else:
        # Who reads sees with each query what is committed by then, and has nothing to end.
        # Who writes waits for what it locks and sees it as it then is; a server set to more would only refuse it.
        database = Database(_engine(url, isolation_level="READ COMMITTED"), _engine(url, isolation_level="AUTOCOMMIT"))
    event.listen(database.reading, "handle_error", _without_words)
    return database


@contextmanager
def closed_file(file: Path) -> Iterator[Engine]:
    """Read a database of SQLite that nobody writes, where it lies: nothing is made beside it, nor a copy elsewhere."""
    address = sqlite_address(file, nobody_writes=True)
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool, hide_parameters=True
    )
    event.listen(engine, "handle_error", _without_words)
    try:
        yield engine
    finally:
        engine.dispose()


def require_file(engine: Engine, says: str) -> None:
    """Raise OperatorError with those words where SQLite has no file: opening it would make an empty one.

    Whoever brings back what was lost would find its place taken.
    """
    if engine.dialect.name == _SQLITE and not Path(engine.url.database or "").exists():
        raise OperatorError(says)


def truncated(engine: Engine) -> bool:
    """Empty SQLite's write-ahead log into the database, where `secure_delete` has overwritten what was deleted.

    False while somebody reads or writes: it waits only for a moment, since everybody waits for it. Elsewhere there is
    no such file.
    """
    return _cleaned(engine)


def rewritten(engine: Engine, table: str = "") -> bool:
    """Write every page anew, then empty the write-ahead log; on PostgreSQL the files of that table, where one is named.

    `secure_delete` overwrites a deleted row where it stands, and not where it stood before SQLite balanced a page.
    PostgreSQL overwrites none, and vacuums a table of its own accord when a fifth of it has changed. Takes a second or
    two for a million rows of a hundred bytes. False as for `truncated`, and where a transaction still sees the rows.
    """
    if table and engine.dialect.name != _SQLITE:
        return _vacuumed(engine, table)
    # What SQLite writes beside the file meanwhile would be another place to be read from.
    return _cleaned(engine, "pragma temp_store=memory", "vacuum")


def scrubbed(engine: Engine) -> bool:
    """Leave nothing readable of what was deleted: `rewritten` where the file is SMALL, else `truncated`."""
    small = engine.dialect.name == _SQLITE and Path(engine.url.database or "").stat().st_size <= SMALL
    return rewritten(engine) if small else truncated(engine)


def _cleaned(engine: Engine, *before: str) -> bool:
    if engine.dialect.name != _SQLITE:
        return True
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"pragma busy_timeout={_MOMENT}")
        for statement in before:
            cursor.execute(statement)
        cursor.execute("pragma wal_checkpoint(truncate)")
        busy = cursor.fetchone() != (0, 0, 0)
    except sqlite3.OperationalError:
        return False
    finally:
        connection.invalidate()  # Its patience was changed.
    return not busy


def _vacuumed(engine: Engine, table: str) -> bool:
    """Copy what is left of a table into new files; the old ones go. It needs the table to itself, for a moment."""
    said: list[str] = []
    connection = engine.raw_connection()
    driver = cast("_Told", connection.driver_connection)
    driver.autocommit = True
    driver.add_notice_handler(lambda notice: said.append(notice.message_detail or ""))
    try:
        cursor = connection.cursor()
        cursor.execute(f"set lock_timeout = '{_MOMENT}ms'")
        cursor.execute(f"vacuum (full, verbose) {table}")
    except engine.dialect.loaded_dbapi.Error:
        return False
    finally:
        connection.invalidate()
    # "0 dead row versions cannot be removed yet", in whatever language: whoever began before may still look at them.
    counts = [int(count[0]) for detail in said if (count := re.findall(r"\d+", detail))]
    return bool(counts) and not any(counts)


def _without_words(failed: ExceptionContext) -> None:
    """Answer for a database that cannot be read; the writer looks at the errors of its own engine itself."""
    if isinstance(failed.sqlalchemy_exception, DBAPIError):
        raise unreadable(failed.sqlalchemy_exception) from None


def unreadable(error: DBAPIError) -> OperatorError:
    """Say why a database did not do what it was asked, as far as SQLite has a number for it; never in its words."""
    match getattr(error.orig, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DamagedError("the database is damaged; it is restored from its backup (docs/backups.md)")
        case sqlite3.SQLITE_FULL:
            return OperatorError("there is no room for the database")
        case sqlite3.SQLITE_READONLY:
            return OperatorError("the database can only be read")
        case _:
            return OperatorError("the database does not answer")


def _engine(url: str, **more: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args=_SEES_A_DEAD_SERVER, **more)

    @event.listens_for(engine, "connect")
    def _fence(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"set idle_in_transaction_session_timeout = '{LEASE}s'")
        cursor.close()
        connection.commit()

    @event.listens_for(engine, "checkout")
    def _still_there(connection: _Wired, _record: object, _lent: object) -> None:
        if _hung_up(connection.fileno()):
            raise DisconnectionError  # The pool makes another.

    return engine


def _hung_up(descriptor: int) -> bool:
    """Tell whether the server ended an idle connection, as where another took over: nobody need be told 503 for it.

    A server says nothing that it was not asked for but its farewell. Asks the kernel and not the server: a microsecond.
    """
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(0))


def _sqlite(url: str, begin: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": _PATIENCE})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # The driver opens no transaction of its own; `begin` below does.
        for pragma in _PRAGMAS:
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine

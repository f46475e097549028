"""Brings a database to the newest schema. Migrations only go forward.

A module of its own, because nothing that serves needs alembic: loading it would be a tenth of the time to start.
"""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, insert, select

from gateway.core.errors import OperatorError
from gateway.store.rows.line import LEDGER_HEAD


def migrate(engine: Engine, revision: str = "head", scripts: Path | None = None) -> None:
    """Upgrade to the newest revision and make sure the ledger has its head row. Raises OperatorError.

    Another revision, or other scripts, are for those who try what becomes of an older database.
    """
    config = _config(scripts)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, revision)
        except CommandError:  # It stands at a revision this program has never heard of.
            raise OperatorError("the database was made by another version of this program") from None
        _found_ledger(connection)


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

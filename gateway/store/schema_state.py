"""Brings a database to the newest schema, and says whether it is there. Migrations only go forward."""

from functools import cache
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, insert, select

from gateway.core.errors import OperatorError
from gateway.store.rows import LEDGER_HEAD


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("gateway.store") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(engine: Engine) -> None:
    """Upgrade to the newest revision and make sure the ledger has its head row. Raises OperatorError."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:  # It stands at a revision this program has never heard of.
            raise OperatorError("the database was made by another version of this program") from None
        _found_ledger(connection)


def _found_ledger(connection: Connection) -> None:
    if connection.execute(select(LEDGER_HEAD.c.size)).one_or_none() is None:
        connection.execute(insert(LEDGER_HEAD), {"id": 1, "size": 0, "frontier": b""})


@cache
def _newest() -> str | None:
    """Return the newest revision this program knows; found once, because anybody may ask for readiness as often."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def require_newest(engine: Engine) -> None:
    """Raise OperatorError unless the database is at the newest revision."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != _newest():
        raise OperatorError("the database schema is not the newest; run `referral-gateway init`")

"""Says whether a database stands at the newest schema, and whole, without loading what would bring it there."""

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select

from gateway.core.errors import LostError, NewerError, OperatorError
from gateway.core.heads import RESTORING
from gateway.store.database import require_file
from gateway.store.heads import version_of

NEWEST = "0001"
"""The newest revision, of four digits; a test holds that it is the last of gateway/store/migrations."""

NEWER = "the database was made by a newer version of this program; install that one, or restore an older backup"

_NONE = "there is no database; a lost one is restored (docs/backups.md), and only the first is made by `init`"

_HALF = "the restore of the database ended half way; make it empty again and repeat it (docs/backups.md)"

VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32)))
"""Alembic's own table: every database that was ever prepared has it."""


def require_newest(engine: Engine) -> None:
    """Raise OperatorError unless the database is there, whole and at the newest revision; NewerError where beyond."""
    require_file(engine, _NONE)
    with engine.connect() as connection:
        current = _current(connection)
        half = current == NEWEST and version_of(connection, RESTORING) % 2 == 1
    if current is not None and current > NEWEST:
        raise NewerError(NEWER)
    if current != NEWEST:
        raise OperatorError("the database schema is not the newest; run `referral-gateway init`")
    if half:
        raise LostError("data", _HALF)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION.name):
        return None
    revision: str | None = connection.execute(select(VERSION.c.version_num)).scalar_one_or_none()
    return revision

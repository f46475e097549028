"""Says whether a database stands at the newest schema, without loading what would bring it there."""

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select

from gateway.core.errors import OperatorError

NEWEST = "0001"
"""The newest revision; a test holds that it is the last of gateway/store/migrations."""

_VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32)))


def require_newest(engine: Engine) -> None:
    """Raise OperatorError unless the database is at the newest revision."""
    with engine.connect() as connection:
        current = _current(connection)
    if current != NEWEST:
        raise OperatorError("the database schema is not the newest; run `referral-gateway init`")


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    revision: str | None = connection.execute(select(_VERSION.c.version_num)).scalar_one_or_none()
    return revision

"""Migrations bring an empty database to exactly the tables of the code, once, and nothing older is served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from databases import Servers
from sqlalchemy import inspect, text
from sqlmodel import SQLModel
from stores import a_store, appending

from gateway.core.errors import OperatorError
from gateway.store.database import Database, opened
from gateway.store.migrating import migrate, newest
from gateway.store.schema_state import NEWEST, require_newest


@pytest.fixture
def empty(servers: Servers, backend: str, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    database = opened(servers.empty(backend, tmp_path))
    yield database
    database.dispose()


def _differences(database: Database) -> list[object]:
    with database.reading.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, SQLModel.metadata))


def test_migrating_an_empty_database_makes_the_tables_of_the_code(empty: Database) -> None:
    assert _differences(empty), "the canary: nothing would be found in an empty database either"
    migrate(empty.writing)
    assert _differences(empty) == []
    require_newest(empty.reading)


def test_a_difference_between_code_and_database_would_be_found(empty: Database) -> None:
    migrate(empty.writing)
    with empty.writing.begin() as connection:
        connection.execute(text("alter table parcel drop column use_until"))
        connection.execute(text("drop index ix_parcel_person"))
    assert len(_differences(empty)) == 2


def test_migrating_again_changes_nothing(empty: Database) -> None:
    migrate(empty.writing)
    with a_store(empty.writing.url.render_as_string(hide_password=False)) as store:
        store.alone(appending())
        head = store.log.head()
        migrate(empty.writing)
        assert store.log.head() == head
        require_newest(empty.reading)


def test_what_is_called_the_newest_revision_is_the_last_of_the_scripts() -> None:
    assert newest() == NEWEST


def test_an_empty_database_is_not_served(empty: Database) -> None:
    with pytest.raises(OperatorError, match="init"):
        require_newest(empty.reading)


@pytest.mark.parametrize(
    ("revision", "says"), [("0000", "run `referral-gateway init`"), ("9999", "newer version")], ids=["older", "newer"]
)
def test_another_revision_is_not_served(empty: Database, revision: str, says: str) -> None:
    migrate(empty.writing)
    with empty.writing.begin() as connection:
        connection.execute(text("update alembic_version set version_num = :number"), {"number": revision})
    with pytest.raises(OperatorError, match=says):
        require_newest(empty.reading)


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    with empty.writing.begin() as connection:
        connection.execute(text("create table used_proof (id integer)"))
    with pytest.raises(Exception, match="used_proof"):
        migrate(empty.writing)
    with empty.reading.connect() as connection:
        assert inspect(connection).get_table_names() == ["used_proof"]


def test_the_log_has_exactly_one_head_row(empty: Database) -> None:
    migrate(empty.writing)
    migrate(empty.writing)
    with empty.reading.connect() as connection:
        assert connection.execute(text("select id, size from ledger_head")).all() == [(1, 0)]

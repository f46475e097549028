"""From every revision with data in every table to the newest: nothing is lost, and the gateway works on it.

Migrations expand before they contract: a release adds, and only a later one takes away what nobody reads any more. So a
row of the release before is still there, in every column that is.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from databases import Servers
from sqlalchemy import Boolean, Engine, Integer, LargeBinary, MetaData, Table, insert, inspect, select
from sqlalchemy.types import TypeEngine
from stores import a_store, appending

import gateway.store
from gateway.store.database import Database, opened
from gateway.store.migrating import migrate
from gateway.store.schema_state import require_newest

VERSION = "alembic_version"
SINGLE = {"ledger_head": {"id": 1, "size": 0, "frontier": b""}}
SCRIPTS = Path(gateway.store.__file__).parent / "migrations"
REVISIONS = [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()][::-1]
LOSSY = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{last}", None, None
def upgrade():
    {does}
"""
Rows = dict[str, dict[str, object]]


@pytest.fixture
def empty(servers: Servers, backend: str, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    database = opened(servers.empty(backend, tmp_path))
    yield database
    database.dispose()


def filled(engine: Engine) -> Rows:
    """Put one row of invented values into every table as it stands; what was put there."""
    metadata = MetaData()
    metadata.reflect(engine)
    tables = [table for table in metadata.sorted_tables if table.name != VERSION]
    rows = {table.name: SINGLE.get(table.name) or _row(table) for table in tables}
    with engine.begin() as connection:
        for table in tables:
            if table.name not in SINGLE:
                connection.execute(insert(table), rows[table.name])
    return rows


def _row(table: Table) -> dict[str, object]:
    return {column.name: _value(column.type) for column in table.columns}


def _value(kind: TypeEngine[object]) -> object:
    match kind:
        case Boolean():
            return True
        case Integer():
            return 7
        case LargeBinary():
            return b"0123456789abcdef"
        case _:
            return "7"


def lost(engine: Engine, rows: Rows) -> list[str]:
    """Name what is not there any more: a table, or a value in a column that still is."""
    metadata = MetaData()
    metadata.reflect(engine)
    found = [f"{name}: the table" for name in rows if name not in metadata.tables]
    with engine.connect() as connection:
        for name in rows.keys() & metadata.tables.keys():
            there = [dict(row) for row in connection.execute(select(metadata.tables[name])).mappings()]
            kept = {column: value for column, value in rows[name].items() if column in metadata.tables[name].columns}
            if not any(kept.items() <= row.items() for row in there):
                found.append(f"{name}: its row")
            found += [f"{name}.{column}: the column" for column in rows[name].keys() - kept.keys()]
    return sorted(found)


@pytest.mark.parametrize("revision", REVISIONS)
def test_data_of_every_revision_is_there_at_the_newest(empty: Database, revision: str) -> None:
    migrate(empty.writing, revision)
    rows = filled(empty.writing)
    migrate(empty.writing)
    assert lost(empty.reading, rows) == []
    require_newest(empty.reading)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_log_begun_at_every_revision_goes_on(empty: Database, revision: str) -> None:
    migrate(empty.writing, revision)
    with a_store(empty.writing.url.render_as_string(hide_password=False)) as store:
        store.together(appending(1), appending(2))
        older = store.log.head()
        migrate(store.database.writing)
        store.alone(appending(3))
        assert store.log.head().size == older.size + 1
        assert store.log.consistency(older.size, older.size + 1)


@pytest.mark.parametrize(
    ("does", "found"),
    [
        ('op.execute("delete from person")', ["person: its row"]),
        ('op.drop_table("code_try")', ["code_try: the table"]),
        ('op.execute("update head set version = 8")', ["head: its row"]),
    ],
    ids=["a row", "a table", "a value"],
)
def test_a_migration_that_loses_something_is_noticed(
    empty: Database, tmp_path: Path, does: str, found: list[str]
) -> None:
    scripts = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9999.py").write_text(LOSSY.format(last=REVISIONS[-1], does=does), "utf-8")
    migrate(empty.writing)
    rows = filled(empty.writing)
    migrate(empty.writing, scripts=scripts)
    assert inspect(empty.reading).has_table(VERSION)
    assert lost(empty.reading, rows) == found

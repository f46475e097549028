"""What was deleted stays readable nowhere in a small SQLite file, and in no write-ahead log of a large one (A-04)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store import database
from gateway.store.database import Database, opened, scrubbed


@pytest.fixture
def emptied(tmp_path: Path) -> Iterator[tuple[Database, Path]]:
    """A database of which nearly everything was deleted."""
    file = tmp_path / "a.db"
    made = opened(f"sqlite:///{file}")
    with made.writing.begin() as connection:
        connection.exec_driver_sql("create table a(b blob)")
        for number in range(500):
            connection.exec_driver_sql("insert into a values (?)", (bytes([number % 256]) * 500,))
    with made.writing.begin() as connection:
        connection.exec_driver_sql("delete from a where rowid > 1")
    yield made, file
    made.dispose()


def logged(file: Path) -> int:
    log = file.with_name(f"{file.name}-wal")
    return log.stat().st_size if log.exists() else 0


def test_a_04_a_small_file_is_written_anew(emptied: tuple[Database, Path]) -> None:
    made, file = emptied
    assert scrubbed(made.writing)
    assert file.stat().st_size < 20_000
    assert logged(file) == 0


def test_a_large_file_keeps_its_pages_and_its_log_is_emptied(
    emptied: tuple[Database, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, file = emptied
    monkeypatch.setattr(database, "SMALL", 0)
    assert scrubbed(made.writing)
    assert file.stat().st_size > 200_000
    assert logged(file) == 0


def test_while_somebody_reads_it_waits(emptied: tuple[Database, Path]) -> None:
    made, _ = emptied
    with made.reading.begin() as connection:
        connection.exec_driver_sql("select count(*) from a").scalar_one()
        assert not scrubbed(made.writing)
    assert scrubbed(made.writing)

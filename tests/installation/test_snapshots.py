"""A whole database copied while it is there, and put back in one transaction; nothing of it when it fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import POSTGRESQL, SQLITE, Servers, programs
from sqlalchemy import create_engine, text

from gateway.core.errors import OperatorError
from gateway.core.heads import RESTORED, RESTORING
from gateway.installation.restoring import _MARK
from gateway.installation.snapshots import put, sound, taken


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers, and their own programs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", programs())
        yield Servers(tmp_path_factory.mktemp("databases"))


@pytest.mark.parametrize("backend", [SQLITE, POSTGRESQL])
@pytest.mark.enable_socket
def test_a_copy_is_put_back_as_it_was_and_waits(servers: Servers, backend: str, tmp_path: Path) -> None:
    url, copy = servers.url(backend, tmp_path), tmp_path / "copy"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("insert into head values ('agency:a', 7)"))
    taken(url, copy)
    (tmp_path / "elsewhere").mkdir()
    empty = servers.empty(backend, tmp_path / "elsewhere")

    put(copy, empty, _MARK)

    again = create_engine(empty)
    with again.connect() as connection:
        heads = connection.execute(text("select id, version from head order by id")).all()
    assert [tuple(row) for row in heads] == [("agency:a", 7), (RESTORED, 1), (RESTORING, 1)]
    again.dispose()
    engine.dispose()


@pytest.mark.enable_socket
def test_a_mark_that_fails_leaves_an_empty_postgresql_empty(servers: Servers, tmp_path: Path) -> None:
    url, copy = servers.url(POSTGRESQL, tmp_path), tmp_path / "copy"
    taken(url, copy)
    empty = servers.empty(POSTGRESQL, tmp_path)
    with pytest.raises(OperatorError):
        put(copy, empty, "insert into nowhere values (1)")
    engine = create_engine(empty)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from pg_tables where tablename = 'head'")).scalar_one() == 0
    engine.dispose()


def test_a_damaged_copy_is_not_sound(servers: Servers, tmp_path: Path) -> None:
    url, copy = servers.url(SQLITE, tmp_path), tmp_path / "copy"
    taken(url, copy)
    assert sound(copy)
    copy.write_bytes(copy.read_bytes()[:5000] + bytes(5000) + copy.read_bytes()[10000:])
    assert not sound(copy)


def test_what_is_not_there_cannot_be_copied(tmp_path: Path) -> None:
    with pytest.raises(OperatorError):
        taken(f"sqlite:///{tmp_path / 'absent.db'}", tmp_path / "copy")
    assert not (tmp_path / "absent.db").exists()

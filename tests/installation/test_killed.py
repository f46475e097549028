"""What a killed process leaves lying about databases does no harm to what is restored or backed up next."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from backed_up import ENTROPY, TODAY, World, backed_up_world

from gateway.cli.failures import of_installation
from gateway.core.errors import InTheWayError
from gateway.installation import backing_up
from gateway.installation.backing_up import keys_backed_up


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return backed_up_world(tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("outside"))


@pytest.mark.parametrize("name", ["gateway.db", "person-keys.db"])
def test_what_the_lost_database_wrote_last_is_not_played_back_into_the_restored_one(
    world: World, tmp_path: Path, name: str
) -> None:
    """A gateway was killed, and its database moved away without the file that SQLite keeps beside it."""
    lost = world.lost(tmp_path / "data", keys=name == "person-keys.db")
    restored = lost.with_keys if name == "person-keys.db" else lost.restoring().restored
    left = lost.installed.data / f"{name}-wal"
    left.write_bytes(left_by_a_killed_process(world.installed.data / name, tmp_path / "killed"))
    with pytest.raises(InTheWayError) as refused:
        restored()
    assert refused.value.files == [left]
    assert not (lost.installed.data / name).exists()

    for _ in range(2):  # What is typed next mends it, whatever it moved there before.
        subprocess.run(("sh", "-c", of_installation(refused.value).next), check=True)  # noqa: S607 - our own
        left.touch()  # SQLite has nothing to play back from an empty one.
    restored()
    assert sorted(file.name for file in (lost.installed.data / "lost").iterdir()) == [f"{name}-wal", f"{name}-wal.~1~"]


def left_by_a_killed_process(database: Path, to: Path) -> bytes:
    """Write something as a gateway does, and return what lies beside the database before it is closed."""
    copied = Path(shutil.copyfile(database, to))
    with closing(sqlite3.connect(copied)) as written:
        written.execute("pragma journal_mode=wal")
        written.execute("create table what_was_written_last (id integer)")
        return copied.with_name(f"{to.name}-wal").read_bytes()


@pytest.mark.parametrize("name", ["gateway.db", "person-keys.db"])
def test_a_restore_that_was_killed_is_done_again(world: World, tmp_path: Path, name: str) -> None:
    """What it had begun is of another attempt, perhaps from another backup: nothing of it gets into this one."""
    lost = world.lost(tmp_path / "data", keys=name == "person-keys.db")
    begun = left_by_a_killed_process(world.installed.data / name, tmp_path / "killed")
    for suffix, content in (("", (tmp_path / "killed").read_bytes()), ("-wal", begun)):
        (lost.installed.data / f"{name}.restoring{suffix}").write_bytes(content)
    if name == "person-keys.db":
        assert lost.with_keys() == 1
    else:
        lost.restoring().restored()
    with closing(sqlite3.connect(lost.installed.data / name)) as database:
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        tables = [row[0] for row in database.execute("select name from sqlite_master")]
    assert "what_was_written_last" not in tables
    assert not [*lost.installed.data.glob("*.restoring*")]


def test_a_04_a_backup_of_the_keys_that_is_killed_leaves_no_key_unsealed(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No copy is in any file at the moment the sealing begins: nobody would ever look for one."""
    with closing(sqlite3.connect(world.installed.data / "person-keys.db")) as keys:
        wrapped = [row[0] for row in keys.execute("select wrapped from data_key")]

    def looked_for(_key: bytes, copy: bytes, _entropy: object) -> bytes:
        assert all(one in copy for one in wrapped)
        lying = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert not any(one in file.read_bytes() for file in lying for one in wrapped)
        return b"sealed"

    monkeypatch.setattr(backing_up, "sealed_copy", looked_for)
    keys_backed_up(world.installed.settings(), tmp_path / "keys", tmp_path / "weekly", TODAY, ENTROPY)

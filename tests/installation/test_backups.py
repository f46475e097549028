"""A backup brought back: proven, nobody erased in it, nothing served from it before a person said so (A-04)."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from backed_up import ENTROPY, TODAY, World, backed_up_world
from sqlalchemy.engine import make_url
from trials.erasure import files_of, found_in, rows_about, running

from gateway.app import create_app
from gateway.clock import SystemClock
from gateway.core.errors import OperatorError, WaitsForReleaseError
from gateway.installation import backing_up
from gateway.installation.backing_up import (
    DATA,
    MANIFEST,
    backed_up,
    keys_backed_up,
    opened_copy,
    read_erased_list,
)
from gateway.installation.examining import examine_closed
from gateway.installation.restoring import checked, require_room
from gateway.installation.snapshots import POSTGRESQL, _connection
from gateway.wiring import Gateway


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return backed_up_world(tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("outside"))


async def begun(gateway: Gateway) -> None:
    app = create_app(gateway)
    async with app.router.lifespan_context(app):
        pass


def test_a_backup_is_proven_as_it_lies_there_and_holds_no_data_key(world: World) -> None:
    with running(world.installed) as gateway:
        checked(world.backup, gateway.base.ring, world.installed.settings().origin)
    assert {file.name for file in world.backup.iterdir()} == {DATA, MANIFEST}
    with closing(sqlite3.connect(world.installed.data / "person-keys.db")) as keys:
        wrapped = [row[0] for row in keys.execute("select wrapped from data_key")]
    assert wrapped
    assert not any(one in (world.backup / DATA).read_bytes() for one in wrapped)


def test_of_a_backup_that_could_not_be_taken_nothing_is_left_in_the_way_of_the_next(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, folder = world.installed.settings(), tmp_path / "backup"

    def begun_only(_database: object, to: Path) -> None:
        to.write_bytes(b"half of it")
        raise OperatorError("no room")

    with monkeypatch.context() as full:
        full.setattr(backing_up, "taken", begun_only)
        with pytest.raises(OperatorError):
            backed_up(settings, folder, "a note", SystemClock().now())
    assert not folder.exists()
    backed_up(settings, folder, "a note", SystemClock().now())
    assert {file.name for file in folder.iterdir()} == {DATA, MANIFEST}


@pytest.fixture(params=[False, True], ids=["key store there", "key store lost too"])
def restored(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> World:
    lost = world.lost(tmp_path / "data", keys=request.param)
    if request.param:
        assert lost.with_keys() == 1
    told = lost.restoring().restored()
    assert (told.since["erasure"], told.since["notice.queued"]) == (1, 1)
    return lost


def test_a_04_who_was_erased_since_does_not_come_back_and_nothing_is_served_before_its_release(restored: World) -> None:
    erased, *others = restored.people
    with running(restored.installed) as gateway, pytest.raises(WaitsForReleaseError):
        asyncio.run(begun(gateway))
    held = [one for one in examine_closed(restored.installed.settings(), SystemClock().now()) if not one.ok]
    assert [(one.name, one.next) for one in held] == [("restored database", "referral-gateway restore release")]

    with running(restored.installed) as gateway:  # As every command does before anything else.
        asyncio.run(gateway.door.erasures.replay())
        with pytest.raises(OperatorError):
            gateway.base.person_keys.of(erased.id)
        assert all(gateway.base.person_keys.of(person.id) for person in others)
        assert asyncio.run(gateway.release())
        assert not asyncio.run(gateway.release())
        exported = (restored.outside / "log.jsonl").read_bytes()
        head = gateway.log.head()
        leaves = [*gateway.log.leaves(head.size)]
        assert b"".join(leaf + b"\n" for leaf in leaves).startswith(exported)
        assert json.loads(leaves[-1])["type"] == "restore.released"
        files = files_of(restored.installed.data)
        with closing(sqlite3.connect(restored.installed.data / "gateway.db")) as database:
            assert rows_about(database, [erased]) == 0
    sealed = replace(erased, needles=erased.needles - {erased.id, erased.id.hex().encode()})
    assert found_in(files, [sealed]) == 0
    assert found_in(files, others) > 0


def test_a_released_database_serves(world: World, tmp_path: Path) -> None:
    lost = world.lost(tmp_path / "data")
    lost.restoring().restored()
    with running(lost.installed) as gateway:
        asyncio.run(gateway.release())
    from gateway.wiring import build  # noqa: PLC0415 - a gateway that is not started yet

    asyncio.run(begun(build(lost.installed.settings())))


def test_a_list_older_than_the_log_is_refused_and_nothing_is_put(world: World, tmp_path: Path) -> None:
    lost = world.lost(tmp_path / "data", keys=True)
    assert lost.with_keys("before.json") == 0
    with pytest.raises(OperatorError, match="older than the log"):
        lost.restoring().restored()
    assert not [*lost.installed.data.glob("gateway.db*")]


def test_a_database_that_is_there_is_never_overwritten(world: World, tmp_path: Path) -> None:
    there = replace(world, installed=world.installed.copy(tmp_path / "data"))
    settings = there.installed.settings()
    for put in (there.restoring().restored, there.with_keys, lambda: require_room(settings.database(), settings.data)):
        with pytest.raises(OperatorError, match="already"):
            put()


@pytest.mark.parametrize("name", [DATA, MANIFEST])
def test_an_altered_backup_is_refused(world: World, tmp_path: Path, name: str) -> None:
    lost = world.lost(tmp_path / "data")
    folder = tmp_path / "backup"
    folder.mkdir()
    for file in world.backup.iterdir():
        content = bytearray(file.read_bytes())
        if file.name == name:
            content[len(content) // 2] ^= 1
        (folder / file.name).write_bytes(content)
    with pytest.raises(OperatorError):
        replace(lost.restoring(), folder=folder).restored()
    assert not [*lost.installed.data.glob("gateway.db*")]


def test_a_log_that_is_not_this_one_gone_on_is_refused(world: World, tmp_path: Path) -> None:
    lost = world.lost(tmp_path / "data")
    lines = (world.outside / "log.jsonl").read_bytes().splitlines(keepends=True)
    for name, other in (("short.jsonl", lines[:2]), ("other.jsonl", [lines[1], lines[0], *lines[2:]])):
        (world.outside / name).write_bytes(b"".join(other))
        with pytest.raises(OperatorError, match="exported log"):
            lost.restoring(name).restored()


def test_a_weeks_key_is_destroyed_seven_days_after_its_week(world: World, tmp_path: Path) -> None:
    settings, weekly = world.installed.settings(), tmp_path / "weekly"
    for number, day in enumerate((TODAY, TODAY + timedelta(days=9), TODAY + timedelta(days=10))):
        keys_backed_up(settings, tmp_path / f"keys-{number}", weekly, day, ENTROPY)
        assert (weekly / "2031-W11.key").exists() is (number < 2)
    with pytest.raises(OperatorError):
        opened_copy((weekly / "2031-W13.key").read_bytes(), (tmp_path / "keys-0").read_bytes())


def test_backups_and_their_keys_never_lie_together_or_with_the_data(world: World, tmp_path: Path) -> None:
    settings = world.installed.settings()
    for to, weekly in ((tmp_path / "k", tmp_path), (settings.data / "k", tmp_path), (tmp_path / "k", settings.data)):
        with pytest.raises(OperatorError):
            keys_backed_up(settings, to, weekly, TODAY, ENTROPY)
    with pytest.raises(OperatorError, match="new file"):
        keys_backed_up(settings, world.outside / "keys", world.outside / "weekly", TODAY, ENTROPY)
    for folder in (settings.data / "backup", world.backup):
        with pytest.raises(OperatorError):
            backed_up(settings, folder, "", SystemClock().now())


def test_what_is_no_list_of_the_erased_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"[]", b'{"format":"x","version":1}'):
        (tmp_path / "list").write_bytes(content)
        with pytest.raises(OperatorError):
            read_erased_list(tmp_path / "list")


def test_postgresql_is_told_its_password_in_the_environment_and_nowhere_else() -> None:
    said = _connection(make_url(f"{POSTGRESQL}+psycopg://me:word@h:5433/d"))
    assert said == {"PGHOST": "h", "PGPORT": "5433", "PGUSER": "me", "PGPASSWORD": "word", "PGDATABASE": "d"}


def test_postgresqls_own_programs_get_in_as_the_url_says() -> None:
    """A password that lies in a file, as the pages say, and what TLS needs."""
    said = _connection(make_url(f"{POSTGRESQL}+psycopg://me@h/d?passfile=/p&sslmode=verify-full&sslrootcert=/r&x=y"))
    assert said == {
        "PGHOST": "h", "PGUSER": "me", "PGDATABASE": "d",
        "PGPASSFILE": "/p", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/r",
    }  # fmt: skip

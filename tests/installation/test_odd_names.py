"""Whatever the data folder is called, databases lie in it, and it is their backup that is taken and proven."""

import asyncio
from pathlib import Path

import pytest
from backed_up import ENTROPY, note
from furnished import Installation, install
from trials.erasure import lived, running

from gateway.clock import SystemClock
from gateway.core.errors import OperatorError
from gateway.installation.backing_up import DATA, backed_up
from gateway.installation.restoring import Restoring, checked
from gateway.keyring.choosing import opened_ring
from gateway.sqlite_files import file_of_sqlite, sqlite_url

ODD = ["why?not", "number #1", "100%", "a%20b", "a%3fb", "a b", "größe", "a:b@c"]


@pytest.fixture(scope="module")
def furnished_once(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("odd") / "data", persons=1)


@pytest.mark.parametrize("name", ODD)
def test_a_url_leads_to_the_file_it_was_made_of(name: str) -> None:
    file = Path("/srv") / name / "gateway.db"
    assert file_of_sqlite(sqlite_url(file)) == file
    assert file_of_sqlite("postgresql+psycopg://gateway@db/gateway") is None


@pytest.mark.parametrize("name", ODD)
def test_it_lies_in_its_folder_is_backed_up_proven_and_comes_back(
    furnished_once: Installation, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / name
    home.mkdir()
    installed = furnished_once.copy(home / "data")
    settings, backup = installed.settings(), home / "backup"
    with running(installed) as gateway:
        asyncio.run(lived(gateway, 1))
        backed_up(settings, backup, note(gateway), SystemClock().now())
        size = gateway.log.head().size
    assert [path.name for path in tmp_path.iterdir()] == [name], "nothing was made elsewhere"

    before = {path.name: path.read_bytes() for path in backup.iterdir()}
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")  # No copy of the database lies where others put files, either.
    checked(backup, opened_ring(settings, ENTROPY), settings.origin)
    assert {path.name: path.read_bytes() for path in backup.iterdir()} == before, "a backup stays as it is"

    for file in installed.data.glob("gateway.db*"):
        file.unlink()
    assert Restoring(settings, backup, None, SystemClock(), ENTROPY).restored().entries == size
    assert (installed.data / "gateway.db").exists()


def test_a_backup_that_was_altered_is_not_proven(furnished_once: Installation, tmp_path: Path) -> None:
    installed = furnished_once.copy(tmp_path / "data")
    settings, backup = installed.settings(), tmp_path / "backup"
    with running(installed) as gateway:
        backed_up(settings, backup, note(gateway), SystemClock().now())
    with (backup / DATA).open("ab") as file:
        file.write(b"more")
    with pytest.raises(OperatorError):
        checked(backup, opened_ring(settings, ENTROPY), settings.origin)

"""Databases that are there and are not right: what `doctor` says is the cause, and what it says to type mends it."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from furnished import Installation, add_people, install
from sqlalchemy.exc import DBAPIError

from gateway.clock import SystemClock, SystemEntropy
from gateway.core.errors import MixedError, NewerError, OperatorError, SwappedError
from gateway.installation.examining import examine_closed
from gateway.installation.findings import Finding
from gateway.installation.preparing import prepare
from gateway.store.database import unreadable
from gateway.wiring import build

DATA, KEYS, RING = "gateway.db", "person-keys.db", "keyring.json"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("installed") / "data", persons=1)


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("another") / "data", persons=1)


@pytest.fixture
def there(installed: Installation, tmp_path: Path) -> Installation:
    return installed.copy(tmp_path / "data")


def wrong(there: Installation) -> list[Finding]:
    return [one for one in examine_closed(there.settings(), SystemClock().now()) if not one.ok]


def garbled(file: Path) -> None:
    file.write_bytes(b"This is the letter somebody saved here." * 1000)


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize("damaged", [garbled, cut])
@pytest.mark.parametrize(("file", "name", "part"), [(DATA, "schema", "data"), (KEYS, "person keys", "keys")])
def test_a_damaged_database_is_called_that_and_leads_to_its_backup(
    there: Installation, file: str, name: str, part: str, damaged: Callable[[Path], None]
) -> None:
    """A full disk was blamed."""
    damaged(there.data / file)
    found = next(one for one in wrong(there) if one.name == name)
    assert found.says == "The database is damaged; it is restored from its backup (docs/backups.md)."
    assert found.next == f"referral-gateway restore {part} --help"
    with pytest.raises(OperatorError, match="damaged"):
        prepare(there.settings(), SystemEntropy(), SystemClock().now().date())


def test_a_database_of_a_newer_version_sends_nobody_to_init(there: Installation) -> None:
    """Which would send him back to `doctor`."""
    with closing(sqlite3.connect(there.data / DATA)) as database, database:
        database.execute("update alembic_version set version_num = '0002'")
    (found,) = wrong(there)
    assert (found.name, "newer version" in found.says) == ("schema", True)
    assert found.next.startswith("pip install")
    with pytest.raises(NewerError):
        prepare(there.settings(), SystemEntropy(), SystemClock().now().date())


def test_in_swapped_databases_init_begins_nothing(there: Installation) -> None:
    """A second log under the same key, a second register, an empty key store: all of it served."""
    data, keys = there.data / DATA, there.data / KEYS
    data.rename(there.data / "aside")
    keys.rename(data)
    (there.data / "aside").rename(keys)
    before = data.read_bytes(), keys.read_bytes()
    (found,) = wrong(there)
    assert "in the place of the other" in found.says
    with pytest.raises(SwappedError):
        prepare(there.settings(), SystemEntropy(), SystemClock().now().date())
    assert (data.read_bytes(), keys.read_bytes()) == before


@pytest.mark.parametrize(
    ("strange", "says"),
    [(DATA, "Nobody in the database"), (KEYS, "not of this key ring"), (RING, "not of this key ring")],
)
def test_what_belongs_to_another_installation_is_not_served(
    there: Installation, another: Installation, strange: str, says: str
) -> None:
    """It was: every number was known, nobody's record opened, and whoever came was written among strangers."""
    assert one_installation(there).ok, "the canary"
    shutil.copy(another.data / strange, there.data / strange)
    found = one_installation(there)
    assert (found.ok, says in found.says) == (False, True)
    with pytest.raises(MixedError):
        build(there.settings())


def test_a_key_store_older_than_some_people_is_served(there: Installation) -> None:
    """As after a restore of last week's keys: who came since has to be met anew, all others are known."""
    add_people(there, 3)
    with closing(sqlite3.connect(there.data / KEYS)) as database, database:
        database.execute("delete from data_key where person not in (select person from data_key limit 1)")
    assert one_installation(there).ok
    build(there.settings()).close()


def one_installation(there: Installation) -> Finding:
    return next(one for one in examine_closed(there.settings(), SystemClock().now()) if one.name == "installation")


def test_of_a_first_start_that_ended_half_way_nothing_is_called_gone(tmp_path: Path) -> None:
    new = install(tmp_path / "data", persons=0)
    (new.data / KEYS).unlink()
    (found,) = wrong(new)
    assert (found.says, found.next) == ("There is no store of people's data keys yet.", "referral-gateway init")


@pytest.mark.parametrize(
    ("code", "said"),
    [(sqlite3.SQLITE_FULL, "no room"), (sqlite3.SQLITE_READONLY, "only be read"), (sqlite3.SQLITE_BUSY, "answer")],
)
def test_why_sqlite_did_not_is_said_in_our_words(code: int, said: str) -> None:
    fault = sqlite3.OperationalError("marigold")
    fault.sqlite_errorcode = code
    error = unreadable(wrapped(fault))
    assert said in str(error)
    assert "marigold" not in str(error)


def wrapped(fault: sqlite3.Error) -> DBAPIError:
    return DBAPIError("select", {}, fault)

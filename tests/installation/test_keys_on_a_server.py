"""A key store on PostgreSQL comes back from its backup without whoever was erased since, or not at all (A-04)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from databases import POSTGRESQL, Servers, programs
from furnished import Installation
from sqlalchemy import create_engine, text

from gateway.clock import SystemClock, SystemEntropy
from gateway.core.crypto.blind import erased_mark
from gateway.core.errors import OperatorError
from gateway.installation.backing_up import erased_list, keys_backed_up
from gateway.installation.restoring import keys_restored
from gateway.keyring.choosing import opened_ring
from gateway.keyring.local import LocalKeyRing
from gateway.settings import Settings
from gateway.store.database import opened
from gateway.store.person_keys import PersonKeyStore

pytestmark = pytest.mark.enable_socket
ENTROPY, TODAY = SystemEntropy(), date(2031, 3, 14)
GONE, STAYS = b"g" * 16, b"s" * 16


@dataclass
class House:
    """A key store that was backed up, and in which somebody was erased afterwards."""

    settings: Settings
    outside: Path
    key: bytes

    def restored_to(self, url: str) -> int:
        settings = self.settings.model_copy(update={"person_keys_url": url})
        key = self.outside / "weekly" / "2031-W11.key"
        return keys_restored(settings, self.outside / "keys", key, self.outside / "erased.json", ENTROPY)

    def store(self, url: str) -> PersonKeyStore:
        return PersonKeyStore(opened(url), opened_ring(self.settings, ENTROPY), ENTROPY)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Makes empty databases."""
    folder = tmp_path_factory.mktemp("databases")
    servers = Servers(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", programs())
        yield lambda: servers.empty(POSTGRESQL, folder)


@pytest.fixture(scope="module")
def house(empty: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> House:
    home, outside = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("outside")
    settings = replace(Installation(home / "data", {}, 0), person_keys_url=empty()).settings()
    settings.data.mkdir(mode=0o700)
    ring = LocalKeyRing.create(settings.keyring_file, settings.unlocking_secret, ENTROPY.bytes)
    made = House(settings, outside, b"")
    store = made.store(settings.person_keys_url)
    store.prepare()
    store.create(GONE)
    made.key = store.create(STAYS)
    keys_backed_up(settings, outside / "keys", outside / "weekly", TODAY, ENTROPY)
    store.destroy({GONE: erased_mark(ring, GONE)}, SystemClock().now())
    (outside / "erased.json").write_bytes(erased_list(store.destroyed()))
    store.database.dispose()
    return made


def test_a_04_who_was_erased_since_is_not_in_it_and_everybody_else_is(house: House, empty: Callable[[], str]) -> None:
    url = empty()
    assert house.restored_to(url) == 1
    store = house.store(url)
    with pytest.raises(OperatorError):
        store.of(GONE)
    assert store.of(STAYS) == house.key
    store.database.dispose()
    assert not [file for file in (house.outside / "weekly").iterdir() if file.suffix != ".key"], (
        "nothing stays unsealed"
    )
    with pytest.raises(OperatorError):
        house.restored_to(url)  # There is a key store already.


def test_a_04_a_restore_that_ended_half_way_is_a_store_of_nobody(
    house: House, empty: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the process had died before the burial: it has no key of anybody, and takes no second copy."""
    url = empty()
    with monkeypatch.context() as patch:
        patch.setattr(PersonKeyStore, "bury", _dies)
        with pytest.raises(KeyboardInterrupt):
            house.restored_to(url)
    store = house.store(url)
    store.prepare()
    for person in (GONE, STAYS):
        with pytest.raises(OperatorError):
            store.of(person)
    store.database.dispose()
    with pytest.raises(OperatorError):
        house.restored_to(url)


def _dies(*_given: object) -> int:
    raise KeyboardInterrupt


def test_a_copy_does_not_go_over_what_is_there(house: House, empty: Callable[[], str]) -> None:
    url = empty()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create table data_key (person bytea)"))
    engine.dispose()
    with pytest.raises(OperatorError):
        house.restored_to(url)

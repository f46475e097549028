"""Two worlds: the fakes that most tests rest on, and the store they stand for. What holds in one holds in the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from contract_worlds import FakeWorld, RealWorld, World
from databases import SQLITE, Servers
from rings import a_key_ring
from stores import a_store

from gateway.clock import SystemEntropy
from gateway.store.database import opened
from gateway.store.person_keys import PersonKeyStore


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Servers:
    """Where databases come from."""
    return Servers(tmp_path_factory.mktemp("servers"))


@pytest.fixture(params=["fake", "real"])
def world(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> Iterator[World]:
    """One of the two worlds, empty."""
    if request.param == "fake":
        yield FakeWorld()
        return
    keys = PersonKeyStore(opened(f"sqlite:///{tmp_path / 'keys.db'}"), a_key_ring(), SystemEntropy())
    keys.prepare()
    with a_store(servers.url(SQLITE, tmp_path)) as store:
        yield RealWorld(store, keys)
    keys.database.dispose()

"""A fresh database for every test, once on SQLite and once on PostgreSQL where there is one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import POSTGRESQL, SQLITE, Servers
from stores import Store, a_client_row, a_store


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Servers:
    """Where databases come from."""
    return Servers(tmp_path_factory.mktemp("servers"))


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest.fixture
def store(servers: Servers, backend: str, tmp_path: Path) -> Iterator[Store]:
    """An empty store at the newest schema."""
    with a_store(servers.url(backend, tmp_path)) as opened:
        yield opened


@pytest.fixture
def sqlite(servers: Servers, tmp_path: Path) -> Iterator[Store]:
    """The same on SQLite only, for what is about its file."""
    with a_store(servers.url(SQLITE, tmp_path)) as opened:
        yield opened


@pytest.fixture
def registered(store: Store) -> Store:
    """A store that knows the client of `a_caller`."""
    store.do(lambda transaction: transaction.register(a_client_row()))
    return store

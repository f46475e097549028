"""One furnished gateway for all fault tests; each starts from a copy of it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from databases import POSTGRESQL, Servers
from furnished import Installation, install


@pytest.fixture(scope="session")
def furnished_once(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("faults") / "data", persons=5)


@pytest.fixture
def installed(furnished_once: Installation) -> Iterator[Installation]:
    """A copy under a short path: a Unix socket's name may have no more than about a hundred bytes."""
    with TemporaryDirectory(prefix="gx-") as folder:
        yield furnished_once.copy(Path(folder) / "data")


@pytest.fixture
def database(installed: Installation) -> Path:
    return installed.data / "gateway.db"


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Servers:
    return Servers(tmp_path_factory.mktemp("servers"))


@pytest.fixture(scope="session")
def shared(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """One on PostgreSQL, where several nodes share it; without people, so that each test takes numbers of its own."""
    folder = tmp_path_factory.mktemp("shared")
    return install(folder / "data", persons=0, database_url=servers.empty(POSTGRESQL, folder))

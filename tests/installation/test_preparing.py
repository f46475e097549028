"""`init` on a database server: an empty database is a new installation, whatever the data folder holds."""

from datetime import date
from pathlib import Path

import pytest
from databases import POSTGRESQL, Servers
from fakes import SeededEntropy

from gateway.core.errors import OperatorError
from gateway.installation.preparing import prepare
from gateway.settings import Settings

TODAY = date(2026, 6, 1)
SECRET = "for invented people only"  # noqa: S105 - it opens nothing but this test's own ring


def test_an_empty_database_beside_a_folder_is_new_and_a_used_one_without_its_key_ring_is_not(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    servers = Servers(tmp_path_factory.mktemp("server"))
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    urls = [servers.empty(POSTGRESQL, folder) for _ in range(2)]
    settings = Settings(data=folder, secret=SECRET, database_url=urls[0], person_keys_url=urls[1])

    assert prepare(settings, SeededEntropy("ring"), TODAY).key_ring
    assert not prepare(settings, SeededEntropy("ring"), TODAY).key_ring

    settings.keyring_file.unlink()
    with pytest.raises(OperatorError, match="restore it"):
        prepare(settings, SeededEntropy("ring"), TODAY)

"""What a thief of the whole database reads about her, in SQLite's files and in PostgreSQL's dump: nothing (L5).

The story with a secret in every field is searched in tests/journeys/test_leaks.py; here it is every text of a canonical
referral, on both databases, in every form a text can take.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import POSTGRESQL, SQLITE, Servers, programs
from furnished import FETCHING, SHELTER, install, person_ref
from journeys.searching import found
from referral_documents import canonical_bodies
from trials.erasure import running
from trials.in_process import a_caller, asked, permitted

from gateway.installation.snapshots import taken
from schemas.documents import Json


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers, and their own programs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", programs())
        yield Servers(tmp_path_factory.mktemp("databases"))


def texts(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield what somebody wrote: texts that are no codes."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from texts(inner, f"{path}/{name}")
        case list():
            for number, inner in enumerate(value):
                yield from texts(inner, f"{path}/{number}")
        case str() if " " in value or value[:1].isupper():
            yield path, value


@pytest.mark.parametrize("backend", [SQLITE, POSTGRESQL])
@pytest.mark.enable_socket
def test_nobody_reads_about_her_in_the_files_or_in_a_dump(servers: Servers, backend: str, tmp_path: Path) -> None:
    url = "" if backend == SQLITE else servers.empty(backend, tmp_path)
    installed = install(tmp_path / "data", persons=1, database_url=url)
    with running(installed) as gateway:
        assert permitted(asyncio.run(gateway.door.exchange.accept(asked(0, "searched-00000001"))))
        asyncio.run(gateway.door.dispatch.lease(a_caller(FETCHING, SHELTER), 1))
        files = {file.name: file.read_bytes() for file in installed.data.iterdir() if file.is_file()}
        taken(installed.settings().database(), tmp_path / "dump")
    files["dump"] = (tmp_path / "dump").read_bytes()

    secrets = {"person_ref": person_ref(0), **dict(texts(json.loads(next(canonical_bodies(1)))))}
    assert len(secrets) > 5
    assert found(files, secrets, {}) == []
    # The canary: what may be readable is found there, and a dump holds what the files hold.
    assert {one.where for one in found(files, {"recipient": SHELTER}, {}) if one.form == "raw"} >= {"dump"}

"""Where the tables belong to another role than the gateway's (docs/postgresql.md), a backup comes back all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import POSTGRESQL, Servers, programs
from operators import quiet_after
from sqlalchemy import URL, create_engine, make_url, text

from gateway.cli.app import run

pytestmark = pytest.mark.enable_socket
OWNER, WORKS = "owns_the_tables", "works_with_them"


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[URL]]:
    """Two empty databases of that owner, and an environment for the gateway's own role."""
    monkeypatch.setenv("PATH", programs())
    servers = Servers(tmp_path)
    urls = [make_url(servers.empty(POSTGRESQL, tmp_path)) for _ in range(2)]
    superuser = create_engine(servers.url(POSTGRESQL, tmp_path), isolation_level="AUTOCOMMIT")
    with superuser.connect() as connection:
        for role in (OWNER, WORKS):
            connection.execute(text(f"create role {role} login"))
        for url in urls:
            connection.execute(text(f"alter database {url.database} owner to {OWNER}"))
    (tmp_path / "unlock").write_text("a secret for invented people only")
    (tmp_path / "unlock").chmod(0o600)
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("GATEWAY_SECRET_FILE", str(tmp_path / "unlock"))
    with quiet_after():
        yield urls
    with superuser.connect() as connection:
        for url in urls:
            connection.execute(text(f"drop database {url.database} with (force)"))
        connection.execute(text(f"drop role {OWNER}, {WORKS}"))
    superuser.dispose()


def _as(role: str, url: URL) -> str:
    return url.set(username=role).render_as_string(hide_password=False)


def test_a_backup_is_put_back_as_the_owner_and_worked_with_as_the_gateway(
    places: list[URL], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = places
    monkeypatch.setenv("GATEWAY_DATABASE_URL", _as(WORKS, first))
    run(["doctor"])
    assert "does not answer" not in capsys.readouterr().out, "it answers, and has no tables yet"
    monkeypatch.setenv("GATEWAY_DATABASE_OWNER_URL", _as(OWNER, first))
    assert run(["init"]) == 0
    monkeypatch.delenv("GATEWAY_DATABASE_OWNER_URL")
    assert run(["backup", "take", str(tmp_path / "backup")]) == 0

    monkeypatch.setenv("GATEWAY_DATABASE_URL", _as(WORKS, second))
    restore = ["restore", "data", str(tmp_path / "backup")]
    assert run(restore) == 2, "the gateway's own role makes no tables"
    monkeypatch.setenv("GATEWAY_DATABASE_OWNER_URL", _as(OWNER, second))
    assert run(restore) == 0
    monkeypatch.delenv("GATEWAY_DATABASE_OWNER_URL")
    assert run(["restore", "release", "--yes"]) == 0
    capsys.readouterr()
    run(["doctor"])
    assert "database role: It adds to the log and changes nothing there." in capsys.readouterr().out


def test_a_restore_that_ended_half_way_opens_nothing_and_cannot_be_released(
    places: list[URL], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As if the process had died, or the log did not fit: the database is put, and knows nothing of what came after."""
    first, second = places
    monkeypatch.setenv("GATEWAY_DATABASE_URL", _as(WORKS, first))
    monkeypatch.setenv("GATEWAY_DATABASE_OWNER_URL", _as(OWNER, first))
    assert run(["init"]) == 0
    assert run(["backup", "take", str(tmp_path / "backup")]) == 0

    monkeypatch.setenv("GATEWAY_DATABASE_URL", _as(WORKS, second))
    monkeypatch.setenv("GATEWAY_DATABASE_OWNER_URL", _as(OWNER, second))
    (tmp_path / "another.jsonl").write_text('{"of": "another log"}\n')
    assert run(["restore", "data", str(tmp_path / "backup"), "--log", str(tmp_path / "another.jsonl")]) == 2
    for command in (["restore", "release", "--yes"], ["agency", "list"], ["serve"]):
        capsys.readouterr()
        assert run(command) == 2
        assert "ended half way" in capsys.readouterr().err
    run(["doctor"])
    assert "ended half way" in (told := capsys.readouterr().out)
    assert "Next: referral-gateway restore data --help" in told
    assert "Next: referral-gateway restore release" not in told

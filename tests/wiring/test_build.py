"""A whole gateway, connected: refused where something is missing, ready when it works, closed in good order."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import stretching
from builders import DAY, NOON, PERSON_REF, POLICE, a_caller
from certified import self_signed
from fakes import FakeClock, SeededEntropy

from gateway.app import create_app, create_operator_app
from gateway.core.access.scopes import Scope
from gateway.core.errors import GatewayError, OperatorError
from gateway.core.rows import ClientRow
from gateway.installation.preparing import prepare
from gateway.reference.document import routes_of
from gateway.reference.operations import OPERATIONS
from gateway.settings import Settings
from gateway.wiring import Gateway, build

SECRET = "for invented people only"  # noqa: S105 - it opens nothing but this test's own ring


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `init` leaves it."""
    stretching.once()
    folder = tmp_path_factory.mktemp("prepared") / "data"
    folder.mkdir(mode=0o700)
    settings = Settings(data=folder, secret=SECRET)
    prepare(settings, SeededEntropy("ring"), date(2026, 6, 1))
    return folder


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Settings:
    """Settings of a copy of it."""
    return Settings(data=shutil.copytree(prepared, tmp_path / "data"), secret=SECRET)


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    """A connected gateway that has not started."""
    made = build(settings, FakeClock(), SeededEntropy())
    yield made
    made.close()


def test_a_gateway_is_ready_from_start_to_close(gateway: Gateway) -> None:
    with pytest.raises(GatewayError):
        gateway.ready()
    gateway.start()
    gateway.ready()
    gateway.close()
    with pytest.raises(GatewayError):
        gateway.ready()


def test_the_authorities_it_warns_of_are_those_it_trusts(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(self_signed(until=NOON + DAY).pem)
    changes = {"client_authorities": tmp_path / "root.pem", "proxy_socket": tmp_path / "proxy.sock"}
    made = build(settings.model_copy(update=changes), FakeClock(), SeededEntropy())
    try:
        assert made.endings.authorities["client_authority"] == ((NOON + DAY).date(),)
    finally:
        made.close()


def test_a_gateway_is_not_ready_on_another_schema(gateway: Gateway) -> None:
    gateway.start()
    with gateway.base.database.writing.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(OperatorError, match="newer version"):
        gateway.ready()


def _without_tables(settings: Settings) -> None:
    (settings.data / "gateway.db").unlink()


def _without_ring(settings: Settings) -> None:
    settings.keyring_file.unlink()


def _open_ring(settings: Settings) -> None:
    settings.keyring_file.chmod(0o644)


def _altered_ring(settings: Settings) -> None:
    content = bytearray(settings.keyring_file.read_bytes())
    content[-20] ^= 1
    settings.keyring_file.write_bytes(content)


def _no_database(settings: Settings) -> None:
    (settings.data / "gateway.db").write_bytes(b"this is no database" * 100)


@pytest.mark.parametrize(
    "spoil",
    [_without_tables, _without_ring, _open_ring, _altered_ring, _no_database],
    ids=lambda spoil: spoil.__name__.strip("_"),
)
def test_what_is_not_prepared_is_refused_by_the_operators_error(settings: Settings, spoil: object) -> None:
    spoil(settings)
    with pytest.raises(OperatorError) as caught:
        build(settings)
    assert str(settings.data) not in str(caught.value)


@pytest.mark.parametrize("secret", ["another secret, long enough", "tiny-one", None], ids=["wrong", "short", "none"])
def test_a_secret_that_does_not_open_the_ring_is_refused(settings: Settings, secret: str | None) -> None:
    with pytest.raises(OperatorError) as caught:
        build(Settings(data=settings.data, secret=secret))
    assert secret is None or secret not in str(caught.value)


def test_the_secret_beside_the_database_is_refused_except_in_a_demonstration(settings: Settings) -> None:
    beside = settings.data / "secret"
    beside.write_text(SECRET)
    with pytest.raises(OperatorError, match="beside"):
        build(Settings(data=settings.data, secret_file=beside))
    build(Settings(data=settings.data, secret_file=beside, demo=True)).close()


def test_an_address_that_clients_cannot_sign_is_refused_and_nothing_stays_open(settings: Settings) -> None:
    with pytest.raises(OperatorError):
        build(settings.model_copy(update={"url": "http://gateway.example"}))
    assert not _open_files(settings.data)
    made = build(settings)
    assert _open_files(settings.data) >= {"gateway.db", "person-keys.db"}
    made.close()
    assert not _open_files(settings.data)


def _open_files(folder: Path) -> set[str]:
    """Return the names of the databases there that this process has open."""
    opened_now = (Path(os.path.realpath(one)) for one in Path("/proc/self/fd").iterdir())
    return {one.name for one in opened_now if one.parent == folder and ".db" in one.suffix}


def test_data_keys_lie_in_a_database_of_their_own(gateway: Gateway, settings: Settings) -> None:
    gateway.base.person_keys.create(bytes(16))
    assert (settings.data / "person-keys.db").exists()
    with gateway.base.database.reading.connect() as connection:
        names = connection.exec_driver_sql("select name from sqlite_master").scalars().all()
    assert "data_key" not in names


def test_data_keys_may_be_kept_elsewhere(settings: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "keys"
    elsewhere.mkdir()
    (settings.data / "person-keys.db").unlink()
    there = settings.model_copy(update={"person_keys_url": f"sqlite:///{elsewhere / 'k.db'}"})
    prepare(there, SeededEntropy("ring"), date(2026, 6, 1))
    made = build(there)
    made.base.person_keys.create(bytes(16))
    made.close()
    assert (elsewhere / "k.db").exists()
    assert not (settings.data / "person-keys.db").exists()


def test_the_kill_switch_is_known_at_once_and_after_a_restart(gateway: Gateway, settings: Settings) -> None:
    client = a_caller(POLICE).client_id

    async def main() -> tuple[bool, bool]:
        row = ClientRow(client, POLICE, (), frozenset(Scope))
        with gateway.base.database.writing.begin() as connection:
            written = "insert into client (id, agency, scopes, jwks, mode, rights, names, enabled) "
            written += "values (?, ?, '', '[]', ?, '{}', '[]', 1)"
            connection.exec_driver_sql(written, (row.id, row.agency, row.mode))
        return await gateway.revoke_client(client), await gateway.revoke_client("nobody")

    gateway.start()
    assert asyncio.run(main()) == (True, False)
    assert gateway.identity.parts.revocations.is_revoked(client, "any token")
    assert not gateway.identity.parts.revocations.is_revoked("another", "any token")
    gateway.close()
    again = build(settings)
    assert again.identity.parts.revocations.is_revoked(client, "any token")
    again.close()


def test_a_token_taken_back_is_known_at_once_and_after_a_restart(gateway: Gateway, settings: Settings) -> None:
    gateway.start()
    asyncio.run(gateway.identity.parts.revocations.revoke_token("token 1", 2_000_000_000))
    assert gateway.identity.parts.revocations.is_revoked("client", "token 1")
    gateway.close()
    again = build(settings)
    assert again.identity.parts.revocations.is_revoked("client", "token 1")
    again.close()


def test_closing_confirms_what_waits(gateway: Gateway) -> None:
    async def main() -> None:
        waiting = asyncio.ensure_future(gateway.identity.parts.revocations.revoke_token("token 2", 2_000_000_000))
        await asyncio.sleep(0)
        gateway.start()
        await asyncio.to_thread(gateway.writer.close)
        await waiting

    asyncio.run(main())
    assert gateway.clients.revoked()[1] == {"token 2"}


def test_the_application_starts_and_closes_its_gateway(gateway: Gateway) -> None:
    app = create_app(gateway)

    async def main() -> None:
        async with app.router.lifespan_context(app):
            gateway.ready()

    asyncio.run(main())
    assert not gateway.writer.working


def test_the_two_applications_share_no_path_but_errors(gateway: Gateway) -> None:
    """What the operator may do on the socket is not reachable over the network."""
    public, own = ({one.path for one in routes_of(app(gateway).routes)} for app in (create_app, create_operator_app))
    assert len(own) > 5
    assert public & own == {"/livez"}


def test_every_operation_of_the_whole_application_has_an_id_of_its_own(gateway: Gateway) -> None:
    ids = [one.id for one in routes_of(create_app(gateway).routes)]
    assert len(set(ids)) == len(ids)
    assert set(ids) == set(OPERATIONS)


def test_nothing_of_a_gateway_prints_its_secrets(gateway: Gateway) -> None:
    assert SECRET not in repr(gateway)
    assert PERSON_REF not in repr(gateway)


def test_a_file_of_hooks_that_is_wrong_refuses_the_start(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "hooks.toml"
    file.write_text("[from-primero]")
    with pytest.raises(OperatorError, match="'/from-primero/agency': required"):
        build(settings.model_copy(update={"primero_hooks": file}))


def test_hooks_are_served_and_stand_in_no_description(gateway: Gateway) -> None:
    app = create_app(gateway)
    assert app.url_path_for("hint", hook="from-primero") == "/hooks/primero/from-primero"
    assert not any(one.path.startswith("/hooks") for one in routes_of(app.routes))


def test_another_process_takes_up_what_this_one_changed(gateway: Gateway, settings: Settings) -> None:
    other = build(settings, FakeClock(), SeededEntropy("another"))
    gateway.start()
    [current, following] = [key.kid for key in other.identity.keys.published()]
    asyncio.run(gateway.identity.rotate(leaked=False))
    asyncio.run(gateway.identity.parts.revocations.revoke_token("a-token", 2_000_000_000))
    assert gateway.identity.keys.active().kid == following
    assert other.identity.keys.active().kid == current
    assert asyncio.run(other.identity.refreshed()) is False
    assert other.identity.keys.active().kid == following
    assert [key.kid for key in other.identity.keys.published()][-1] == current
    assert other.identity.parts.revocations.is_revoked("anybody", "a-token")
    other.close()


def test_what_has_run_out_is_no_longer_remembered(gateway: Gateway) -> None:
    gateway.identity.revoked.add("token:long-gone")
    gateway.identity.refresh()
    assert gateway.identity.revoked == set()

"""PostgreSQL's roles: the gateway works, and cannot change or delete what is kept; the owner migrates."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import POSTGRESQL, Servers
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from stores import a_store, appending, moving

from gateway.clock import SystemClock, SystemEntropy
from gateway.core.errors import OperatorError
from gateway.core.log.anchors import RecordAnchors
from gateway.core.records.anchor_rows import AnchorKind, AnchorRow
from gateway.installation.examining import examine
from gateway.installation.preparing import prepare
from gateway.settings import Settings
from gateway.store.database import opened
from gateway.store.migrating import migrate
from gateway.store.roles import KEPT, grant, too_much

ROLE = "gateway_works"


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    """An engine that leaves no connection open."""
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def owner(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database that its owner has migrated."""
    url = servers.empty(POSTGRESQL, tmp_path_factory.mktemp("roles"))
    database = opened(url)
    migrate(database.writing)
    database.dispose()
    return url


@pytest.fixture(scope="module")
def granted(owner: str) -> Iterator[str]:
    """The same database as the gateway's own role reaches it."""
    with connected(owner) as engine:
        with engine.begin() as connection:
            connection.execute(text(f"create role {ROLE} login"))
        grant(engine, ROLE)
        yield make_url(owner).set(username=ROLE).render_as_string(hide_password=False)
        with engine.begin() as connection:
            connection.execute(text(f"drop owned by {ROLE}"))
            connection.execute(text(f"drop role {ROLE}"))


def refused(url: str, statement: str) -> bool:
    """Say whether the database does not let this role do that."""
    with connected(url) as engine:
        try:
            with engine.begin() as connection:
                connection.execute(text(statement))
        except DBAPIError as error:
            return "permission denied" in str(error) or "must be owner" in str(error)
    return False


def test_the_gateways_role_does_the_gateways_work(granted: str) -> None:
    with a_store(granted) as store:
        store.alone(appending())
        assert store.alone(moving("pair:1", 0))
        row = AnchorRow(AnchorKind.COSIGNATURE, "w", 1, store.clock.now(), "note", b"line")
        assert store.alone(RecordAnchors([row])) == 1
        assert too_much(store.database.reading) == []


@pytest.mark.parametrize("table", KEPT)
def test_it_cannot_change_what_is_kept_nor_take_its_guards_off(granted: str, table: str) -> None:
    column = "hash" if table == "ledger_node" else "content"
    for statement in (
        f"update {table} set {column} = {column}",  # noqa: S608 - tables of ours
        f"delete from {table}",  # noqa: S608 - tables of ours
        f"truncate {table}",
        f"alter table {table} disable trigger all",
        f"drop table {table}",
    ):
        assert refused(granted, statement), statement


def test_it_cannot_say_that_another_revision_is_in_place_nor_make_a_second_log(granted: str) -> None:
    for statement in ("update alembic_version set version_num = '9999'", "insert into ledger_head values (2, 0, '')"):
        assert refused(granted, statement), statement
    assert not refused(granted, "select 1"), "the canary"


def test_a_role_that_may_too_much_is_told(owner: str, granted: str) -> None:
    with connected(owner) as engine, connected(granted) as its, engine.connect() as connection:
        assert too_much(engine) == ("it is a superuser",)
        for change, told in (
            (f"grant delete on ledger_leaf to {ROLE}", ["it may delete ledger_leaf"]),
            (f"revoke delete on ledger_leaf from {ROLE}", []),
            (f"alter table ledger_leaf owner to {ROLE}", ("it owns the log",)),
            ("alter table ledger_leaf owner to current_user", []),
        ):
            connection.execute(text(change))
            connection.commit()
            assert too_much(its) == told
        grant(engine, ROLE)  # What it was granted on a table went with its owning it.


def test_an_owner_apart_needs_postgresql_and_another_role(owner: str) -> None:
    with connected("sqlite://") as lite, connected(owner) as engine:
        assert too_much(lite) == ()
        for wrong, role in ((lite, ROLE), (engine, str(engine.url.username))):
            with pytest.raises(OperatorError):
                grant(wrong, role)


def test_init_migrates_as_the_owner_and_doctor_looks_at_the_role(owner: str, granted: str, tmp_path: Path) -> None:
    def role(url: str, owner_url: str = "") -> bool:
        settings = Settings(
            data=tmp_path / "data",
            secret=SecretStr("a secret for invented people only"),
            database_url=url,
            database_owner_url=owner_url,
        )
        if owner_url:
            prepare(settings, SystemEntropy(), SystemClock().now().date())
        [found] = [one for one in examine(settings, SystemClock().now()) if one.name == "database role"]
        return found.ok

    assert role(granted, owner)
    assert not role(owner)

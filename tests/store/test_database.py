"""Engines: durable, private, and silent about values when something fails."""

import traceback
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from stores import Store, a_parcel

from gateway.core.errors import OperatorError
from gateway.store.database import opened
from gateway.store.rows.line import AGENCY, CLIENT, HEAD

CANARY = "Anamaria-Canary"


@pytest.mark.parametrize("side", ["writing", "reading"])
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("foreign_keys", 1)],
    ids=str,
)
def test_sqlite_is_durable_and_wipes_what_is_deleted(sqlite: Store, side: str, pragma: str, value: object) -> None:
    with getattr(sqlite.database, side).connect() as connection:
        assert connection.execute(text(f"pragma {pragma}")).scalar_one() == value


def test_only_the_writer_holds_the_write_lock(sqlite: Store) -> None:
    with sqlite.database.writing.begin() as writing, sqlite.database.reading.connect() as reading:
        writing.execute(insert(HEAD), {"id": "a:b", "version": 1})
        assert reading.execute(select(HEAD.c.id)).all() == [], "a reader sees what is not committed"


def test_a_reader_does_not_hold_the_writer_up(sqlite: Store) -> None:
    with sqlite.database.reading.connect() as reading:
        reading.execute(select(HEAD.c.id)).all()
        with sqlite.database.writing.begin() as writing:
            writing.execute(insert(HEAD), {"id": "a:b", "version": 1})


def _fails(store: Store, values: object) -> str:
    """Return everything that is said about a statement that fails."""
    try:
        with store.database.writing.begin() as connection:
            connection.execute(insert(HEAD), values)
    except (DBAPIError, StatementError) as error:
        return "".join(traceback.format_exception(error)) + repr(error.params) * (not error.hide_parameters)
    raise AssertionError("nothing failed")


@pytest.mark.parametrize(
    "values",
    [
        {"id": CANARY, "version": None},
        [{"id": CANARY, "version": 1}, {"id": "x", "version": None}],
    ],
    ids=["one", "many"],
)
def test_an_error_of_a_statement_does_not_carry_its_parameters(sqlite: Store, values: object) -> None:
    assert CANARY not in _fails(sqlite, values)


def test_the_canary_an_engine_that_hides_nothing_carries_them(sqlite: Store) -> None:
    sqlite.database.writing.hide_parameters = False
    assert CANARY in _fails(sqlite, {"id": CANARY, "version": None})


def test_a_read_that_fails_is_the_operators_to_mend_and_says_nothing(store: Store) -> None:
    query = select(AGENCY.c.id).where(text(f"nonsense = '{CANARY}'"))
    with store.database.reading.connect() as connection, pytest.raises(OperatorError) as caught:
        connection.execute(query)
    assert CANARY not in str(caught.value)


def test_every_reader_answers_for_a_database_that_is_gone(store: Store) -> None:
    with store.database.writing.begin() as connection:
        for table in ("ledger_head", "client", "agency", "binding", "parcel", "referral", "strike"):
            connection.execute(text(f"drop table {table}"))
    for read in (
        store.log.head,
        store.clients.revoked,
        store.books.agency_documents,
        lambda: store.directory.agency("river-shelter"),
        lambda: store.people.known(b"blind"),
        lambda: store.people.probing(b"pair"),
        lambda: store.outbox.waiting("river-shelter", store.clock.now(), 1),
        lambda: store.referrals.referral("R"),
    ):
        with pytest.raises(OperatorError):
            read()


def test_a_database_that_cannot_be_opened_is_the_operators_to_mend(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path / 'nowhere' / 'gateway.db'}")
    with pytest.raises(OperatorError), database.reading.connect():
        pass
    database.dispose()


def test_opening_makes_no_file(tmp_path: Path) -> None:
    opened(f"sqlite:///{tmp_path / 'gateway.db'}").dispose()
    assert list(tmp_path.iterdir()) == []


def test_booleans_bytes_and_long_texts_are_what_they_were(store: Store) -> None:
    keys, sealed = f'[{{"kid":"{"x" * 100_000}"}}]', bytes(range(256)) * 1_000
    row = {
        "id": "c",
        "agency": "a",
        "scopes": "ledger:read",
        "jwks": keys,
        "enabled": False,
        "mode": "dpop",
        "rights": "{}",
        "names": "[]",
    }
    with store.database.writing.begin() as connection:
        connection.execute(insert(CLIENT), row)
    store.do(lambda transaction: transaction.add(a_parcel(payload=sealed)))
    found = store.clients.client("c")
    assert found is not None
    assert (found.enabled, found.jwks) == (False, [{"kid": "x" * 100_000}])
    assert store.outbox.waiting("river-shelter", store.clock.now(), 1)[0].payload == sealed

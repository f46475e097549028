"""Several nodes on one database: each head moves once, each proof is used once, the log has no gap."""

import asyncio
import threading
import time

import pytest
from builders import a_caller
from databases import POSTGRESQL
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from stores import Doing, Store, a_sealed_leaf, appending, consuming, moving

from gateway.core.answers import LeafSlot, NotFresh
from gateway.store import database
from gateway.store.database import opened

REPLAYED, REVOKED = NotFresh(revoked=False), NotFresh(revoked=True)


def test_two_nodes_move_one_head_one_after_the_other(store: Store) -> None:
    """Thirty items on each of two writers, each prepared again until it fits: no move is lost."""

    async def counting() -> None:
        writer = store.writer()
        writer.start()
        for _ in range(30):
            while not await writer.record(moving("pair:2", _version(store))):
                pass
        await asyncio.to_thread(writer.close)

    threads = [threading.Thread(target=lambda: asyncio.run(counting())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.rows("select version from head") == [(60,)]


def _version(store: Store) -> int:
    with store.database.reading.connect() as connection:
        return connection.execute(text("select version from head")).scalar_one_or_none() or 0


def test_of_two_nodes_one_uses_a_proof(registered: Store) -> None:
    proofs = [a_caller(proof=f"proof {number}") for number in range(40)]
    outcomes: list[list[object]] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(registered.together(*map(consuming, proofs)))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(*outcomes, strict=True):
        assert sorted([one, other], key=str) == [None, REPLAYED] or [one, other] == [REPLAYED, None]


def test_two_nodes_append_to_one_log_without_gap(store: Store) -> None:
    slots: list[LeafSlot] = []

    def node(numbers: range) -> None:
        items = [Doing(lambda transaction, n=n: transaction.append(a_sealed_leaf(n))) for n in numbers]
        slots.extend(store.alone(item) for item in items)

    threads = [threading.Thread(target=node, args=(numbers,)) for numbers in (range(20), range(20, 40))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slot.index for slot in slots) == [*range(40)]
    assert store.log.head().size == 40


def test_a_kill_switch_another_node_commits_while_this_one_waits_is_seen(registered: Store) -> None:
    """Read before the wait for the log's head, the client would still have been enabled."""
    if registered.backend != POSTGRESQL:
        pytest.skip("on SQLite nothing is read before the write lock is held")
    outcomes: list[object] = []
    thread = threading.Thread(target=lambda: outcomes.extend(registered.together(consuming(a_caller()))))
    with registered.database.writing.begin() as elsewhere:
        elsewhere.execute(text("select size from ledger_head for update"))
        thread.start()
        time.sleep(0.3)
        elsewhere.execute(text("update client set enabled = false"))
    thread.join()
    assert outcomes == [REVOKED]


def test_a_connection_the_server_cut_is_replaced(store: Store) -> None:
    """A failover of the database costs the batch a second try, and nobody an answer."""
    if store.backend != POSTGRESQL:
        pytest.skip("SQLite has no server")
    assert store.alone(moving("pair:3", 0)) is True
    with store.database.reading.connect() as elsewhere:
        cut = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
        elsewhere.execute(text(f"{cut} and datname = current_database()"))
    assert store.together(moving("pair:3", 1), moving("pair:4", 0)) == [True, True]


def test_a_connection_the_server_cut_while_nobody_read_is_replaced_too(store: Store) -> None:
    """Nor does it cost anybody who reads an answer, in whatever process."""
    if store.backend != POSTGRESQL:
        pytest.skip("SQLite has no server")
    with store.database.reading.connect() as one, store.database.reading.connect() as another:
        mine, other = (
            connection.execute(text("select pg_backend_pid()")).scalar_one() for connection in (one, another)
        )
    elsewhere = opened(store.url)
    with elsewhere.reading.connect() as connection:
        connection.execute(text(f"select pg_terminate_backend({mine}, 5000), pg_terminate_backend({other}, 5000)"))
    elsewhere.dispose()
    for _ in range(2):
        with store.database.reading.connect() as connection:
            assert connection.execute(text("select 1")).scalar_one() == 1


def test_two_nodes_take_turns_however_much_their_server_would_keep_them_apart(store: Store) -> None:
    """Set to `repeatable read`, it would refuse whoever waited, batch after batch, and callers would be told 503."""
    if store.backend != POSTGRESQL:
        pytest.skip("SQLite's writers wait before they read")
    name = store.database.writing.url.database
    with store.database.reading.connect() as connection:
        connection.execute(text(f"alter database {name} set default_transaction_isolation = 'serializable'"))
    elsewhere = opened(store.url)
    try:
        with elsewhere.writing.connect() as connection:
            assert connection.execute(text("show transaction_isolation")).scalar_one() == "read committed"
    finally:
        elsewhere.dispose()
        with store.database.reading.connect() as connection:
            connection.execute(text(f"alter database {name} reset default_transaction_isolation"))


def test_a_node_that_stands_still_with_the_logs_head_is_fenced(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped past its lease it stops nobody else, and what it says when it wakes is not written."""
    if store.backend != POSTGRESQL:
        pytest.skip("SQLite's writers share a machine")
    monkeypatch.setattr(database, "LEASE", 1)
    stopped = opened(store.url)
    with stopped.writing.connect() as connection:
        transaction = connection.begin()
        connection.execute(text("select size from ledger_head for update"))
        connection.execute(text("insert into person values ('of the stopped node')"))
        assert isinstance(store.alone(appending()), LeafSlot), "the other node goes on"
        with pytest.raises(DBAPIError):
            transaction.commit()
    stopped.dispose()
    assert store.rows("select count(*) from person") == [(0,)]


def test_the_moment_of_a_transaction_is_that_after_the_wait(store: Store) -> None:
    """A ground that ran out while the writer waited for another node must not count as still holding."""
    if store.backend != POSTGRESQL:
        pytest.skip("on SQLite nothing is read before the write lock is held")
    moments: list[object] = []
    item = Doing(lambda transaction: moments.append(transaction.now))
    thread = threading.Thread(target=lambda: store.together(item))
    with store.database.writing.begin() as elsewhere:
        elsewhere.execute(text("select size from ledger_head for update"))
        thread.start()
        time.sleep(0.3)
        store.clock.moment = later = store.clock.moment.replace(hour=23)
    thread.join()
    assert moments == [later]

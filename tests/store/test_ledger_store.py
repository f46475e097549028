"""The log's storage: what is appended proves itself, without gap, and the database keeps it from being changed."""

from functools import partial

import pytest
from fakes import SeededEntropy
from rings import bytes_from
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from stores import PERSON, Doing, Store, a_sealed_leaf, appending, moving

from consent.checkpoint import Checkpoint
from consent.errors import ProofError, TamperedLedgerError
from consent.export import verified
from consent.merkle import (
    EMPTY_ROOT,
    TreeHead,
    appended,
    consistency_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from gateway.core.answers import LeafSlot
from gateway.core.crypto.commitments import Committed
from gateway.core.errors import OperatorError, SenderError
from gateway.core.log.leaves import PersonSecret, sealed_leaf
from gateway.core.ports import Transaction
from gateway.store import ledger


def slots(outcomes: list[object]) -> list[LeafSlot]:
    """Return the outcomes, all of which are slots."""
    assert all(isinstance(outcome, LeafSlot) for outcome in outcomes)
    return outcomes


def test_an_empty_log_has_the_root_of_nothing(store: Store) -> None:
    assert store.log.head() == TreeHead(0, EMPTY_ROOT)


@pytest.mark.parametrize("sizes", [(1,), (1, 1), (3, 4, 1), (5, 8, 2)], ids=str)
def test_every_fresh_leaf_is_proven_in_the_tree_its_batch_made(store: Store, sizes: tuple[int, ...]) -> None:
    number = 0
    for size in sizes:
        numbers = range(number, number + size)
        number += size
        for index, slot in zip(numbers, slots(store.together(*map(appending, numbers))), strict=True):
            assert slot.proof is not None
            assert (slot.index, slot.proof.index) == (index, index)
            assert slot.proof.leaf == a_sealed_leaf(index).content
            assert slot.proof.head == store.log.head()
            verify_inclusion(leaf_hash(slot.proof.leaf), index, slot.proof.path, slot.proof.head)


def test_an_old_leaf_is_proven_in_every_later_tree(store: Store) -> None:
    for number in range(11):
        store.alone(appending(number))
    hashes = [leaf_hash(store.log.leaf(index)) for index in range(11)]
    for size in range(1, 12):
        head = TreeHead(size, _root(hashes[:size]))
        for index in range(size):
            verify_inclusion(hashes[index], index, store.log.inclusion(index, size), head)
    assert store.log.head().root == _root(hashes)
    with pytest.raises(ProofError):
        store.log.inclusion(11, 11)


def _root(hashes: list[bytes]) -> bytes:
    return appended(0, hashes, lambda _level, _index: b"").root


def test_an_export_agrees_with_the_head_and_an_altered_one_does_not(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_CHUNK", 4)
    store.together(*map(appending, range(10)))
    head = store.log.head()
    lines = [leaf + b"\n" for leaf in store.log.leaves(head.size)]
    held = [Checkpoint("log.example/referrals", head.size, head.root)]
    assert verified(lines, held).covered == 10
    assert lines[:3] == [a_sealed_leaf(number).content + b"\n" for number in range(3)]
    assert [*store.log.leaves(7, 5)] == [a_sealed_leaf(number).content for number in (5, 6)]
    with pytest.raises(TamperedLedgerError):
        verified([lines[1], lines[0], *lines[2:]], held)


def test_a_later_head_begins_with_the_earlier_one(store: Store) -> None:
    store.together(*map(appending, range(6)))
    earlier = store.log.head()
    store.together(*map(appending, range(6, 15)))
    later = store.log.head()
    nodes = {
        (level, index): digest for level, index, digest in store.rows('select level, "index", hash from ledger_node')
    }
    proof = consistency_proof(earlier.size, later.size, lambda level, index: bytes(nodes[level, index]))
    verify_consistency(earlier, later, proof)


def test_an_item_that_fails_leaves_no_gap(store: Store) -> None:
    def fails(transaction: Transaction) -> None:
        transaction.append(a_sealed_leaf(8))
        raise SenderError("no")

    first, _, second = store.together(appending(1), Doing(fails), appending(2))
    assert [slot.index for slot in slots([first, second])] == [0, 1]
    assert [*store.log.leaves(2)] == [a_sealed_leaf(1).content, a_sealed_leaf(2).content]


def test_a_transaction_that_is_rolled_back_leaves_no_gap(store: Store) -> None:
    breaks = Doing(lambda transaction: (transaction.append(a_sealed_leaf(5)), transaction.add(_not_a_row())))
    outcomes = store.together(appending(1), breaks, appending(2))
    assert [slot.index for slot in slots([outcomes[0], outcomes[2]])] == [0, 1]
    assert store.log.head().size == 2
    assert store.rows("select count(*) from ledger_leaf") == [(2,)]


def _not_a_row() -> object:
    return object()


def test_the_frontier_is_read_in_the_transaction_never_from_memory(store: Store) -> None:
    """What another node appended between two batches of this one is under the next leaf."""
    store.alone(appending(1))
    other = Store(store.url)
    other.alone(appending(2))
    other.close()
    slot = store.alone(appending(3))
    assert isinstance(slot, LeafSlot)
    assert slot.index == 2
    assert store.log.head() == slot.proof.head


def test_a_person_finds_her_leaves_and_their_keys_until_they_are_deleted(store: Store) -> None:
    secret = PersonSecret(PERSON, bytes_from("her data key"))
    about = sealed_leaf(
        SeededEntropy(),
        "consent.recorded",
        store.clock.now(),
        {},
        {"content": (Committed.RECORD, b"what she said")},
        secret,
    )
    nobody = a_sealed_leaf(2)
    store.together(Doing(lambda transaction: transaction.append(about)), Doing(lambda t: t.append(nobody)))
    [(index, person, event, wrapped)] = store.rows("select leaf_index, person, event, wrapped_key from person_leaf")
    assert (index, bytes(person), event) == (0, PERSON, about.event)
    assert bytes(wrapped) == about.wrapped_key
    with store.database.writing.begin() as connection:
        connection.execute(text("delete from person_leaf"))
    assert store.log.leaf(0) == about.content


@pytest.mark.parametrize("table", ["ledger_leaf", "ledger_node"])
@pytest.mark.parametrize("change", ["update {} set {} = {}", "delete from {}"], ids=["update", "delete"])
def test_the_database_refuses_to_change_the_log(store: Store, table: str, change: str) -> None:
    store.together(*map(appending, range(3)))
    column = "content" if table == "ledger_leaf" else "hash"
    with pytest.raises(DBAPIError, match="the log is never changed"), store.database.writing.begin() as connection:
        connection.execute(text(change.format(table, column, column)))
    assert store.log.head().size == 3


def test_a_log_without_its_head_row_says_what_to_do(store: Store) -> None:
    with store.database.writing.begin() as connection:
        connection.execute(text("delete from ledger_head"))
    outcomes = store.together(moving("a:b", 0), appending())
    assert all(isinstance(outcome, OperatorError) and "init" in str(outcome) for outcome in outcomes)


def test_a_frontier_that_cannot_be_the_trees_stops_the_log(store: Store) -> None:
    """A head row that was tampered with must not be built upon."""
    store.together(*map(appending, range(3)))
    with store.database.writing.begin() as connection:
        connection.execute(text("update ledger_head set size = 4"))
    outcomes = store.together(appending(9), moving("a:b", 0))
    assert isinstance(outcomes[0], Exception)
    assert outcomes[1] is True
    assert store.rows("select count(*) from ledger_leaf") == [(3,)]


def test_two_appends_from_one_frontier_are_refused(store: Store) -> None:
    """The canary of the head row: whoever read an older one finds it moved."""
    with store.database.writing.connect() as connection:
        old = ledger.read_frontier(connection)
    store.alone(appending(1))
    with store.database.writing.begin() as connection:
        append = partial(ledger.append, connection, old)
        with pytest.raises((OperatorError, DBAPIError)):
            append([b"{}"])

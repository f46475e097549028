"""The writer: group commit, urgent first, whatever fails fails alone, and everybody is answered."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from stores import Doing, Store, a_parcel, a_sealed_leaf, adding, appending

from gateway.core.errors import Defect, GatewayError, OperatorError, SenderError
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import PersonRow
from gateway.store.writing.writer import LARGEST_BATCH

CANARY = "Anamaria-Canary"


def raising(error: Exception) -> Doing[None]:
    """Return an item that writes something and then fails."""

    def work(transaction: Transaction) -> None:
        transaction.add(a_parcel(99))
        transaction.append(a_sealed_leaf(99))
        transaction.bump("agency:nowhere")
        raise error

    return Doing(work)


def test_nobody_is_answered_before_the_commit(store: Store) -> None:
    writer, answered_early, seen_early = store.writer(), [], []

    async def main() -> None:
        waiting = writer.record(adding(1))

        @event.listens_for(store.database.writing, "commit")
        def before_commit(_connection: object) -> None:
            time.sleep(0.05)  # Long enough for the loop to run, had it been told.
            answered_early.append(waiting.done())
            seen_early.extend(store.parcels())

        writer.start()
        await waiting
        assert store.parcels() == [1], "answered, and not there for another connection"

    try:
        asyncio.run(main())
    finally:
        writer.close()
    assert answered_early == [False]
    assert seen_early == []


def test_whatever_waits_is_one_commit(store: Store) -> None:
    assert store.together(*[adding(number) for number in range(40)]) == list(range(40))
    assert store.commits == 1
    assert len(store.parcels()) == 40


def test_a_batch_has_a_largest_size(sqlite: Store) -> None:
    assert len(sqlite.together(*[adding(number) for number in range(LARGEST_BATCH + 1)])) == LARGEST_BATCH + 1
    assert sqlite.commits == 2


def test_an_urgent_item_goes_before_everything_that_waits(store: Store) -> None:
    order: list[str] = []

    def noting(name: str) -> Doing[None]:
        return Doing(lambda _transaction: order.append(name))

    store.together(noting("first"), noting("second"), urgent=[noting("withdrawal"), noting("another")])
    assert order == ["withdrawal", "another", "first", "second"]


@pytest.mark.parametrize(
    ("poison", "kind"),
    [
        (raising(SenderError("by the item itself")), SenderError),
        (raising(Defect("by the item itself")), Defect),
        (raising(KeyError(CANARY)), Defect),
        (raising(RecursionError(CANARY)), Defect),
    ],
    ids=["a refusal", "a defect", "any exception", "another one"],
)
def test_an_item_that_raises_fails_alone_in_the_same_commit(
    store: Store, poison: Doing[object], kind: type[GatewayError]
) -> None:
    outcomes = store.together(adding(1), poison, adding(2))
    assert (outcomes[0], outcomes[2]) == (1, 2)
    assert type(outcomes[1]) is kind
    assert CANARY not in str(outcomes[1])
    assert store.parcels() == [1, 2]
    assert store.log.head().size == 0
    assert store.rows("select count(*) from head") == [(0,)]
    assert store.commits == 1


def _twice() -> Doing[object]:
    """Break a constraint: the same id twice."""

    def work(transaction: Transaction) -> None:
        transaction.add(a_parcel(1))
        transaction.add(a_parcel(1))

    return Doing(work)


def _no_row() -> Doing[object]:
    """Hand over something that belongs to no table: it fails when the item is merged."""
    return Doing(lambda transaction: transaction.add(CANARY))


def _wrong_type() -> Doing[object]:
    """Hand over a value the driver does not take."""
    return Doing(lambda transaction: transaction.add(PersonRow({CANARY: 1})))


class _NeedsFail:
    """An item that cannot even say what it needs."""

    @property
    def needs(self) -> Needs:
        raise LookupError(CANARY)

    def apply(self, transaction: Transaction) -> None:
        """Never reached."""


def _ledger_breaks() -> Doing[object]:
    """Append what cannot be hashed: it fails when the batch is finished."""
    leaf = a_sealed_leaf()
    object.__setattr__(leaf, "content", CANARY)
    return Doing(lambda transaction: transaction.append(leaf))


@pytest.mark.parametrize(
    ("poison", "kind"),
    [
        (_twice, OperatorError),
        (_no_row, Defect),
        (_wrong_type, GatewayError),
        (_NeedsFail, Defect),
        (_ledger_breaks, Defect),
    ],
    ids=["constraint", "merge", "driver", "needs", "ledger"],
)
def test_an_item_that_breaks_the_transaction_is_found_and_fails_alone(
    store: Store, poison: Callable[[], Doing[object]], kind: type[GatewayError]
) -> None:
    """However an item breaks: the others are committed, it is told without a value, and the writer goes on."""
    outcomes = store.together(adding(7), poison(), adding(8))
    assert (outcomes[0], outcomes[2]) == (7, 8)
    assert isinstance(outcomes[1], kind)
    assert CANARY not in repr(outcomes[1])
    assert store.parcels() == [7, 8]
    assert store.together(adding(9)) == [9]


def test_a_transaction_that_fails_twice_is_tried_a_third_time(store: Store) -> None:
    failures = [0]

    @event.listens_for(store.database.writing, "commit")
    def fail_twice(_connection: object) -> None:
        failures[0] += 1
        if failures[0] <= 2:
            raise OperationalError("commit", {}, Exception("another node was faster"))

    assert store.together(adding(1), adding(2)) == [1, 2]
    assert failures == [3]
    assert store.parcels() == [1, 2]


def test_after_three_tries_the_items_are_tried_singly(store: Store) -> None:
    sizes: list[int] = []
    applied = [0]

    def counted(number: int) -> Doing[int]:
        def work(transaction: Transaction) -> int:
            applied[0] += 1
            transaction.add(a_parcel(number))
            return number

        return Doing(work)

    @event.listens_for(store.database.writing, "begin")
    def note(_connection: object) -> None:
        applied[0] = 0

    @event.listens_for(store.database.writing, "commit")
    def only_single_ones(_connection: object) -> None:
        sizes.append(applied[0])
        if applied[0] > 1:
            raise OperationalError("commit", {}, Exception("serialisation failure"))

    assert store.together(counted(1), counted(2)) == [1, 2]
    assert sizes == [2, 2, 2, 1, 1]


def test_a_full_disk_is_the_operators_fault_and_passes(sqlite: Store) -> None:
    with sqlite.database.writing.connect() as connection:
        [(pages,)] = connection.execute(text("pragma page_count")).all()
        connection.execute(text(f"pragma max_page_count={pages}"))
    large = Doing(lambda transaction: transaction.add(a_parcel(1, payload=bytes(100_000))))
    [outcome] = sqlite.together(large)
    assert isinstance(outcome, OperatorError)
    with sqlite.database.writing.connect() as connection:
        connection.execute(text("pragma max_page_count=1000000"))
    assert sqlite.together(large) == [None]
    assert sqlite.parcels() == [1]


def test_a_database_that_took_nothing_is_in_doubt_for_a_while_or_until_it_takes_something(sqlite: Store) -> None:
    writer, large = sqlite.writer(), Doing(lambda transaction: transaction.add(a_parcel(1, payload=bytes(100_000))))
    writer.start()

    def full(most: str) -> None:
        with sqlite.database.writing.connect() as connection:
            connection.execute(text(f"pragma max_page_count={most}"))

    async def refused() -> None:
        with pytest.raises(OperatorError):
            await writer.record(large)

    async def taken() -> None:
        await writer.record(adding(2))

    try:
        full("1")  # Not less than there is.
        asyncio.run(refused())
        assert writer.in_doubt
        assert writer.working, "what would start it anew would not empty a disk"
        sqlite.clock.advance(timedelta(seconds=5))
        assert not writer.in_doubt
        asyncio.run(refused())
        assert writer.in_doubt
        sqlite.clock.advance(-timedelta(hours=1))
        assert not writer.in_doubt, "the clock was wrong, and was set back"
        asyncio.run(refused())
        assert writer.in_doubt
        full("1000000")
        asyncio.run(taken())
        assert not writer.in_doubt
    finally:
        writer.close()


def test_an_item_at_fault_casts_no_doubt_on_the_database(store: Store) -> None:
    writer = store.writer()
    writer.start()

    async def twice() -> list[object]:
        same = [writer.record(Doing(lambda transaction: transaction.add(PersonRow(bytes(16))))) for _ in range(2)]
        return list(await asyncio.gather(*same, return_exceptions=True))

    try:
        failed = [outcome for outcome in asyncio.run(twice()) if outcome is not None]
    finally:
        writer.close()
    assert [type(outcome) for outcome in failed] == [OperatorError]
    assert not writer.in_doubt


def test_a_database_that_cannot_be_reached_answers_all_at_once(sqlite: Store) -> None:
    """Trying each item by itself would make the last one wait for all time-outs before it."""
    begun = [0]

    @event.listens_for(sqlite.database.writing, "begin", insert=True)
    def nobody_there(_connection: object) -> None:
        begun[0] += 1
        raise OperationalError("begin", {}, Exception(f"no answer about {CANARY}"))

    outcomes = sqlite.together(*[adding(number) for number in range(5)])
    assert [type(outcome) for outcome in outcomes] == [OperatorError] * 5
    assert len({id(outcome) for outcome in outcomes}) == 5, "one exception raised in several places"
    assert CANARY not in repr(outcomes)
    assert begun == [1]


def test_the_memory_is_told_which_heads_a_commit_moved(store: Store) -> None:
    told: list[str] = []
    store.memory.forget = told.extend

    def work(transaction: Transaction) -> None:
        transaction.bump("agency:river-shelter")

    store.together(Doing(work, Needs(("agency:river-shelter",))), raising(SenderError("no")), appending())
    assert told == ["agency:river-shelter"]


def test_a_transaction_has_one_moment(store: Store) -> None:
    moments: list[object] = []
    item = Doing(lambda transaction: moments.append(transaction.now))
    store.together(item, item)
    assert moments == [store.clock.moment] * 2

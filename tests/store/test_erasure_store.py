"""Erasing in the database: nothing of hers in any table, nothing of anybody else's gone, and stale memory harmless."""

import pytest
from erasable import OTHER, bringing, heads_of, living, pair_of, request_of
from rings import bytes_from
from sqlmodel import SQLModel
from stores import PERSON, Doing, Store

from gateway.core.answers import Repeated
from gateway.core.heads import ERASURES, Head, binding_head
from gateway.core.openings import repeated
from gateway.core.ports import Needs, Transaction
from gateway.store.rows.line import ERASURE_KEPT, ERASURE_PENDING, NOTICE, REFERRAL
from gateway.store.rows.line import PERSON as PEOPLE
from gateway.store.writing.erasures import HERS, ErasureReader


def erasing(*people: bytes) -> Doing[None]:
    def work(transaction: Transaction) -> None:
        transaction.erase(people, [pair_of(person) for person in people])
        for _ in people:
            transaction.bump(ERASURES)

    return Doing(work, Needs((*(head for person in people for head in heads_of(person)), ERASURES)))


@pytest.fixture
def lived(store: Store) -> Store:
    """Two people, each with a row in every table."""
    store.alone(living(1, PERSON))
    store.alone(living(2, OTHER))
    assert store.alone(bringing(1, PERSON))
    assert store.alone(bringing(2, OTHER))
    return store


def counts(store: Store) -> dict[str, int]:
    """How many rows every table has."""
    return {name: len(store.rows(f'select 1 from "{name}"')) for name in SQLModel.metadata.tables}  # noqa: S608 - our own names


def test_every_table_that_names_people_is_dealt_with() -> None:
    """A new table about people is added to `HERS`, or dealt with by name; this fails until it is."""
    naming = {table.name for table in SQLModel.metadata.tables.values() if "person" in table.columns}
    by_name = {NOTICE.name, ERASURE_PENDING.name, ERASURE_KEPT.name, REFERRAL.name, PEOPLE.name}
    assert naming | by_name == {table.name for table in HERS} | by_name


def test_a_04_no_table_names_her_and_nobody_else_lost_a_row(lived: Store) -> None:
    before = counts(lived)
    lived.alone(erasing(PERSON))
    after = counts(lived)
    assert after.pop("erasure_pending") == 1
    kept = {"ledger_leaf", "ledger_node", "ledger_head", "notice", "idempotency"}
    hers = {name for name, count in before.items() if count > after.get(name, count)}
    assert hers == {name for name, count in before.items() if count} - kept - {"head"} | {"head"}
    assert all(after[name] == before[name] // 2 for name in hers - {"head"})
    assert [bytes(person) for (person,) in lived.rows("select person from notice where person is not null")] == [OTHER]
    assert {name for (name,) in lived.rows("select id from head")} == {*heads_of(OTHER), ERASURES}


def test_every_head_that_goes_can_be_held_before(lived: Store) -> None:
    """Deleted unheld, one that another node holds while it waits for the log would be waited for in a ring."""
    heads = ErasureReader(lived.database).heads((PERSON,), (pair_of(PERSON),))
    before = {name for (name,) in lived.rows("select id from head")}
    lived.alone(erasing(PERSON))
    after = {name for (name,) in lived.rows("select id from head")}
    assert before - after
    assert before - after <= {*heads}


def test_twice_does_no_harm_once_the_pending_row_is_gone(lived: Store) -> None:
    lived.alone(erasing(PERSON))
    book = ErasureReader(lived.database)
    assert (book.pending(), book.counted()) == ((PERSON,), 1)
    lived.do(lambda transaction: transaction.end_erasures([PERSON]))
    assert book.pending() == ()
    assert [*book.people()] == [OTHER]


def test_what_an_item_prepared_before_is_stale_after(lived: Store) -> None:
    seen = lived.people.person(PERSON).head
    checking = Doing(lambda transaction: transaction.moved((seen,)), Needs((seen.id,)))
    assert lived.together(erasing(PERSON), checking) == [None, (seen.id,)]
    assert lived.alone(checking) == (seen.id,)


def test_within_one_batch_a_reference_may_be_bound_anew(lived: Store) -> None:
    name = binding_head(bytes_from(f"blind {PERSON.hex()}"))

    def work(transaction: Transaction) -> bool:
        stale = bool(transaction.moved((Head(name, 0),)))
        transaction.bump(name)
        return stale

    assert lived.together(erasing(PERSON), Doing(work, Needs((name,))))[1] is False
    assert lived.rows("select version from head where id = :name", name=name) == [(1,)]


def test_what_this_node_erases_is_forgotten_at_once(lived: Store) -> None:
    blind = bytes_from(f"blind {PERSON.hex()}")
    assert lived.people.known(blind) is not None
    lived.alone(erasing(PERSON))
    assert lived.people.known(blind) is None


def test_a_repeated_request_whose_referral_is_erased_is_answered_as_unknown(lived: Store) -> None:
    request = request_of(PERSON)
    needs = Needs((), (), (request.key,))
    assert lived.do(lambda transaction: repeated(transaction, request), needs) == Repeated({"outcome": "permitted"})
    lived.alone(erasing(PERSON))
    assert lived.do(lambda transaction: repeated(transaction, request), needs) == Repeated({"outcome": "unknown"})


def test_an_erasure_that_fails_leaves_everything(lived: Store) -> None:
    before = counts(lived)

    def work(transaction: Transaction) -> None:
        erasing(PERSON).apply(transaction)
        raise KeyError

    outcome = lived.together(Doing(work, erasing(PERSON).needs))
    assert isinstance(outcome[0], Exception)
    assert counts(lived) == before
    assert lived.people.person(PERSON).head.version == 1

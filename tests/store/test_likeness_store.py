"""Whom notices were asked for, as the store counts them (P-05)."""

from stores import PERSON, Store

from gateway.core.ports import Transaction
from gateway.core.rows import LikenessRow

ALIKE, OTHERWISE = bytes([1]) * 32, bytes([2]) * 32
OTHERS = tuple(bytes([number]) * 16 for number in (1, 2, 3))


def asked_for(store: Store, likeness: bytes, *people: bytes) -> None:
    """Record that a notice of that likeness was asked for about these people."""

    def work(transaction: Transaction) -> None:
        for person in people:
            transaction.add(LikenessRow(likeness, person))

    store.do(work)


def test_p_05_people_are_counted_once_and_she_is_not_among_the_others(store: Store) -> None:
    assert store.people.alike(ALIKE, (PERSON,)) == 0
    asked_for(store, ALIKE, *OTHERS, *OTHERS, PERSON)
    asked_for(store, OTHERWISE, OTHERS[0])
    assert store.people.alike(ALIKE, (PERSON,)) == len(OTHERS)
    assert store.people.alike(OTHERWISE, (PERSON,)) == 1


def test_p_05_several_records_of_one_person_are_no_crowd(store: Store) -> None:
    asked_for(store, ALIKE, PERSON, *OTHERS)
    assert store.people.alike(ALIKE, (PERSON, OTHERS[0])) == 2


def test_what_lies_there_is_a_digest_and_an_id(store: Store) -> None:
    asked_for(store, ALIKE, PERSON)
    [(likeness, person)] = store.rows("select likeness, person from notice_likeness")
    assert (bytes(likeness), bytes(person)) == (ALIKE, PERSON)

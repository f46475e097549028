"""Leaves about people come out of the database in one look, each with its proof, in the order of the log."""

import asyncio
from dataclasses import replace

from rings import bytes_from
from stores import Doing, Store, a_parcel, a_sealed_leaf

from consent.merkle import leaf_hash, verify_inclusion
from gateway.core.known import Whose
from gateway.core.stages import SealedLeaf
from gateway.store.reading.person_leaves import PersonLeafReader

HER, HIM, NOBODY = (bytes_from(name, 16) for name in ("her", "him", "nobody"))


def appended(store: Store, *leaves: SealedLeaf) -> PersonLeafReader:
    for leaf in leaves:
        store.do(lambda transaction, leaf=leaf: transaction.append(leaf))
    return PersonLeafReader(store.database.reading)


def test_a_person_finds_every_leaf_of_hers_proven_under_one_head(store: Store) -> None:
    leaves = [a_sealed_leaf(number, (HER, HIM, None)[number % 3]) for number in range(700)]
    store.together(*(Doing(lambda transaction, leaf=leaf: transaction.append(leaf)) for leaf in leaves))
    head, found = asyncio.run(PersonLeafReader(store.database.reading).about([HER]))
    assert head == store.log.head()
    assert [entry.index for entry in found] == [*range(0, 700, 3)]
    for entry in found:
        assert entry.leaf == leaves[entry.index].content
        verify_inclusion(leaf_hash(entry.leaf), entry.index, entry.path, head)


def test_two_records_of_one_person_are_read_together(store: Store) -> None:
    reader = appended(store, a_sealed_leaf(1, HIM), a_sealed_leaf(2), a_sealed_leaf(3, HER))
    assert [entry.index for entry in asyncio.run(reader.about([HER, HIM]))[1]] == [0, 2]


def test_a_leaf_about_several_people_is_found_by_each_and_once_by_both(store: Store) -> None:
    reader = appended(store, replace(a_sealed_leaf(1, HER), others=(HIM,), referral="R-1"))
    for people in ([HER], [HIM], [HER, HIM]):
        assert [(entry.index, entry.referral) for entry in asyncio.run(reader.about(people))[1]] == [(0, "R-1")]


def test_who_has_no_leaf_has_no_history(store: Store) -> None:
    reader = appended(store, a_sealed_leaf(1, HER))
    assert asyncio.run(reader.about([NOBODY]))[1] == ()
    assert asyncio.run(reader.about([]))[1] == ()


def test_whose_a_message_is(store: Store) -> None:
    parcel = a_parcel()
    store.do(lambda transaction: transaction.add(parcel))
    assert store.do(lambda transaction: transaction.whose(parcel.id)) == Whose(parcel.person, parcel.referral)
    assert store.do(lambda transaction: transaction.whose("another")) is None

"""The change of the signing key is written down once, by one of two who try, and is an entry of the log."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import pytest
from fakes import SeededEntropy, run
from stores import Store

from gateway.core.errors import RegistrationRefusedError
from gateway.core.ports import Item
from gateway.core.rotation.signing_keys import PUBLISHED_BEFORE, SigningKeyDesk
from gateway.store.reading.signing_states import SigningReader

_Result = TypeVar("_Result")


@dataclass
class Recording:
    """Confirms at once; `before` happens between reading and writing."""

    store: Store
    before: "Iterator[SigningKeyDesk]"

    async def record(self, item: Item[_Result], *, urgent: bool = False) -> _Result:
        assert urgent, "whoever takes a leaked key away waits behind nobody"
        for desk in self.before:
            await replace(desk, recorder=Recording(self.store, iter(()))).rotate(leaked=True)
        return self.store.alone(item)


def desk_of(store: Store, *before: SigningKeyDesk) -> SigningKeyDesk:
    reader = SigningReader(store.database.reading)
    return SigningKeyDesk(reader, store.clock, SeededEntropy("signing"), Recording(store, iter(before)))


def test_an_installation_begins_with_the_first_key_and_no_previous_one(store: Store) -> None:
    state = desk_of(store).book.state()
    assert (state.number, state.since, state.previous, state.following) == (0, None, None, 1)


def test_the_next_key_signs_and_the_one_before_still_counts(store: Store) -> None:
    desk = desk_of(store)
    told = run(desk.rotate(leaked=False))
    assert told == desk.book.state()
    assert (told.number, told.since, told.previous, told.following) == (1, store.clock.now(), 0, 2)
    [leaf] = [json.loads(leaf) for leaf in store.log.leaves(store.log.head().size)]
    assert (leaf["type"], leaf["action"], leaf["by"]) == ("key.changed", "token.key_rotated", "operator")


def test_the_next_key_must_have_been_published_for_a_day(store: Store) -> None:
    desk = desk_of(store)
    run(desk.rotate(leaked=False))
    store.clock.advance(PUBLISHED_BEFORE - timedelta(microseconds=1))
    with pytest.raises(RegistrationRefusedError, match=r"^next_key_too_young$"):
        run(desk.rotate(leaked=False))
    store.clock.advance(timedelta(microseconds=1))
    assert run(desk.rotate(leaked=False)).number == 2


def test_after_a_leak_nobody_waits_and_the_old_key_is_gone(store: Store) -> None:
    desk = desk_of(store)
    run(desk.rotate(leaked=False))
    told = run(desk.rotate(leaked=True))
    assert (told.number, told.previous) == (2, None)
    assert desk.book.state() == told
    assert json.loads([*store.log.leaves(2)][1])["action"] == "token.key_leaked"


def test_of_two_who_change_it_at_once_the_second_looks_again(sqlite: Store) -> None:
    with pytest.raises(RegistrationRefusedError, match=r"^next_key_too_young$"):
        run(desk_of(sqlite, desk_of(sqlite)).rotate(leaked=False))
    assert desk_of(sqlite).book.state().number == 1

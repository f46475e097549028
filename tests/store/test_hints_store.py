"""Hints as the store keeps them: one case is in one process's hands, and none is lost that came meanwhile."""

from datetime import timedelta

import pytest
from stores import Store

from gateway.core.delivery.hint_items import Held, Settle, TakeUp
from gateway.core.hints import FIRST, GIVEN_UP, HELD_FOR, LONGEST, MOST, Hint
from gateway.store.writing.hints import HintReader

HINT = Hint(b"n" * 32, "from-primero", b"sealed")
OTHER = Hint(b"o" * 32, "from-primero", b"sealed")
MINE, THEIRS = b"mine".ljust(16), b"theirs".ljust(16)
SECOND = timedelta(seconds=1)


def come(store: Store, token: bytes = MINE, hint: Hint = HINT) -> object:
    return store.alone(TakeUp(hint, token, comes=True))


def again(store: Store, token: bytes = MINE) -> object:
    return store.alone(TakeUp(HINT, token, comes=False))


def settle(store: Store, count: int = 1, *, decided: bool, token: bytes = MINE) -> object:
    return store.alone(Settle(HINT.name, token, count, decided))


def due(store: Store) -> list[Hint]:
    return [*HintReader(store.database.reading).due(store.clock.now(), 10)]


def test_a_case_is_in_one_hand_and_gone_when_it_was_decided(store: Store) -> None:
    assert come(store) == 1
    assert again(store, THEIRS) is Held.ELSEWHERE
    assert settle(store, decided=True) is False
    store.clock.advance(LONGEST)
    assert due(store) == []
    assert again(store) is Held.NOWHERE


def test_a_hint_that_came_while_its_case_was_in_hand_is_taken_up_once_more(store: Store) -> None:
    come(store)
    assert come(store, THEIRS) is Held.ELSEWHERE
    settle(store, decided=True)
    assert due(store) == [HINT], "what was fetched may have been the case as it was before"
    assert again(store) == 2
    settle(store, 2, decided=True)
    assert due(store) == []


def test_what_was_not_decided_waits_longer_each_time(store: Store) -> None:
    come(store)
    settle(store, decided=False)
    waited = []
    for _ in range(9):
        begun = store.clock.now()
        while not due(store):
            store.clock.advance(FIRST)
        waited.append((store.clock.now() - begun) // FIRST)
        again(store)
        settle(store, decided=False)
    assert waited == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_case_whose_process_died_is_anothers_after_a_while(store: Store) -> None:
    come(store)
    store.clock.advance(HELD_FOR)
    assert due(store) == []
    store.clock.advance(SECOND)
    assert due(store) == [HINT]
    assert again(store, THEIRS) == 1
    assert settle(store, decided=True) is False, "who was stopped past its time settles nothing any more"
    assert settle(store, decided=True, token=THEIRS) is False
    store.clock.advance(LONGEST)
    assert due(store) == []


def test_it_is_given_up_after_its_time_unless_it_came_again(store: Store) -> None:
    come(store)
    store.clock.advance(GIVEN_UP)
    come(store, THEIRS)
    assert settle(store, 2, decided=False, token=THEIRS) is False
    store.clock.advance(GIVEN_UP)
    again(store)
    assert settle(store, 2, decided=False) is True
    assert again(store) is Held.NOWHERE


def test_of_two_the_longer_due_comes_first_and_one_hook_has_so_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST >= 1_000
    monkeypatch.setattr("gateway.core.delivery.hint_items.MOST", 2)
    for hint in (OTHER, HINT):
        come(store, hint=hint)
        store.clock.advance(SECOND)
    more = Hint(b"m" * 32, "from-primero", b"sealed")
    assert come(store, hint=more) is Held.NOWHERE
    assert come(store, hint=Hint(b"e" * 32, "elsewhere", b"sealed")) == 1
    store.clock.advance(LONGEST)
    assert [hint.name for hint in due(store)][:2] == [OTHER.name, HINT.name]

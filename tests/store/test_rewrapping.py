"""Wrapping data keys anew: whole at every moment, begun again after a crash, and nobody erased comes back."""

from pathlib import Path

import pytest
from builders import NOON
from databases import Servers
from fakes import SeededEntropy
from rings import a_key_ring, bytes_from

from gateway.core.crypto.blind import erased_mark
from gateway.core.errors import OperatorError
from gateway.store.database import opened
from gateway.store.person_keys import PersonKeyStore

OLD, NEW = a_key_ring("rewrapping", epochs=1), a_key_ring("rewrapping", epochs=2)
PEOPLE = [bytes_from(f"person {number}", 16) for number in range(7)]


@pytest.fixture
def url(servers: Servers, backend: str, tmp_path: Path) -> str:
    made = servers.empty(backend, tmp_path)
    with_old = PersonKeyStore(opened(made), OLD, SeededEntropy("rewrapping"))
    with_old.prepare()
    for person in PEOPLE:
        with_old.create(person)
    with_old.database.dispose()
    return made


def keys_of(url: str) -> dict[bytes, bytes]:
    """Open everybody's key as a process does that has just started."""
    store = PersonKeyStore(opened(url), NEW, SeededEntropy())
    try:
        return {person: store.of(person) for person in PEOPLE}
    finally:
        store.database.dispose()


def test_every_batch_leaves_all_keys_readable_and_the_same(url: str) -> None:
    before, store, last = keys_of(url), PersonKeyStore(opened(url), NEW, SeededEntropy()), b""
    assert store.under() == {1: 7}
    for expected in ({1: 4, 2: 3}, {1: 1, 2: 6}, {2: 7}):
        done, last = store.rewrap(2, last, 3)
        assert (store.under(), keys_of(url)) == (expected, before)
        assert done
    assert store.rewrap(2, last, 3) == (0, b"")
    store.database.dispose()


def test_begun_again_after_a_crash_it_does_what_was_left_and_nothing_twice(url: str) -> None:
    first = PersonKeyStore(opened(url), NEW, SeededEntropy())
    first.rewrap(2, b"", 3)
    first.database.dispose()  # The process died; where it was is forgotten.
    again = PersonKeyStore(opened(url), NEW, SeededEntropy())
    assert again.rewrap(2, b"", 100)[0] == 4
    assert again.under() == {2: 7}
    again.database.dispose()


def test_a_key_destroyed_while_it_was_being_wrapped_stays_destroyed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store, gone = PersonKeyStore(opened(url), NEW, SeededEntropy()), PEOPLE[3]

    def destroy_meanwhile(_store: PersonKeyStore, person: bytes, wrapped: bytes) -> bytes:
        if person == gone:
            store.destroy({gone: erased_mark(NEW, gone)}, NOON)
        return NEW.rewrap_data_key(person, wrapped)

    monkeypatch.setattr(PersonKeyStore, "_anew", destroy_meanwhile)
    store.rewrap(2, b"", 100)
    assert store.under() == {2: 6}
    with pytest.raises(OperatorError):
        store.of(gone)
    store.database.dispose()

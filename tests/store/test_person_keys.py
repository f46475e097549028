"""Data keys: made once, wrapped by the ring, kept over restarts, and gone when they are destroyed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import NOON
from databases import POSTGRESQL, Servers
from fakes import SeededEntropy
from rings import a_key_ring, bytes_from
from sqlalchemy import create_engine, text
from stores import PERSON

from gateway.core.crypto.blind import erased_mark
from gateway.core.errors import OperatorError
from gateway.store import person_keys
from gateway.store.database import opened, rewritten, truncated
from gateway.store.person_keys import PersonKeyStore

RING = a_key_ring("person keys")
OTHER = bytes_from("another person", 16)


@pytest.fixture
def url(servers: Servers, backend: str, tmp_path: Path) -> str:
    """A database of its own, without a table."""
    return servers.empty(backend, tmp_path)


@pytest.fixture
def keys(url: str) -> Iterator[PersonKeyStore]:
    """A prepared store."""
    store = a_key_store(url)
    yield store
    store.database.dispose()


def a_key_store(url: str, seed: str = "first") -> PersonKeyStore:
    """Open the store as a process does when it starts."""
    store = PersonKeyStore(opened(url), RING, SeededEntropy(seed))
    store.prepare()
    return store


def _execute(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


def test_a_key_is_the_persons_own_and_stays(keys: PersonKeyStore) -> None:
    made, other = keys.create(PERSON), keys.create(OTHER)
    assert made != other
    assert len(made) == 32
    assert (keys.of(PERSON), keys.of(OTHER)) == (made, other)


def test_a_key_survives_a_restart(keys: PersonKeyStore, url: str) -> None:
    made = keys.create(PERSON)
    again = a_key_store(url, "second")
    assert again.of(PERSON) == made
    again.database.dispose()


def test_a_key_is_never_stored_as_it_is(keys: PersonKeyStore, url: str) -> None:
    made = keys.create(PERSON)
    [(person, wrapped)] = _execute(url, "select person, wrapped from data_key")
    assert bytes(person) == PERSON
    assert made not in bytes(wrapped)
    assert RING.unwrap_data_key(PERSON, bytes(wrapped)) == made


def test_a_destroyed_key_is_gone(keys: PersonKeyStore, url: str) -> None:
    keys.create(PERSON)
    _execute(url, "delete from data_key")
    restarted = a_key_store(url)
    with pytest.raises(OperatorError):
        restarted.of(PERSON)
    restarted.database.dispose()


def test_a_04_what_one_process_destroyed_another_forgets(keys: PersonKeyStore, url: str) -> None:
    """Two stores over one database, as two processes hold them; until asked, the other one still remembers."""
    kept = keys.create(PERSON)
    gone = keys.create(OTHER)
    beside = a_key_store(url, "beside")
    assert (beside.of(PERSON), beside.of(OTHER)) == (kept, gone)
    keys.destroy({OTHER: erased_mark(RING, OTHER)}, NOON)
    assert beside.of(OTHER) == gone, "the canary: without being asked it is remembered"
    assert beside.forget_destroyed() == 1
    assert set(beside._open) == {PERSON}
    with pytest.raises(OperatorError):
        beside.of(OTHER)
    assert beside.forget_destroyed() == 0
    assert beside.of(PERSON) == kept
    beside.database.dispose()


def test_more_keys_than_one_question_asks_for_are_all_looked_up(
    keys: PersonKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person_keys, "_AT_ONCE", 2)
    people = [bytes_from(f"person {number}", 16) for number in range(5)]
    for person in people:
        keys.create(person)
    assert keys.forget_destroyed() == 0
    assert set(keys._open) == set(people)


def test_a_04_what_sqlite_left_in_the_slack_of_a_page_goes_with_a_key(tmp_path: Path) -> None:
    file, moved = tmp_path / "keys.db", bytes_from("a cell that was moved", 60)
    keys = a_key_store(f"sqlite:///{file}")
    keys.create(PERSON)
    assert rewritten(keys.database.writing)
    keys.database.dispose()
    _plant(file, moved)
    keys.create(OTHER)
    assert truncated(keys.database.writing)
    assert moved in file.read_bytes(), "an empty log alone leaves it"
    keys.destroy({OTHER: erased_mark(RING, OTHER)}, NOON)
    assert moved not in file.read_bytes()
    assert keys.of(PERSON)
    keys.database.dispose()


def test_a_04_no_destroyed_key_stays_in_the_files_of_a_server(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a store in which little changes it would: until a fifth of it is deleted, no server vacuums by itself."""
    url = servers.empty(POSTGRESQL, tmp_path)
    keys = a_key_store(url)
    keys.create(PERSON)
    keys.create(OTHER)
    wrapped = dict(_execute(url, "select person, wrapped from data_key"))
    destroyed = {OTHER: erased_mark(RING, OTHER)}
    with monkeypatch.context() as undone:
        undone.setattr(person_keys, "rewritten", lambda *_: True)
        keys.destroy(destroyed, NOON)
    assert _lies(url, wrapped[OTHER]), "the canary: deleting alone leaves it"
    older = create_engine(url, isolation_level="REPEATABLE READ")
    with older.begin() as connection:
        connection.execute(text("select count(*) from erased"))
        with pytest.raises(OperatorError):
            keys.destroy({PERSON: erased_mark(RING, PERSON)}, NOON)
        assert _lies(url, wrapped[PERSON]), "whoever began before may still look at it"
    older.dispose()
    keys.destroy({PERSON: erased_mark(RING, PERSON)}, NOON)
    assert not any(_lies(url, one) for one in wrapped.values())
    keys.database.dispose()


def _lies(url: str, value: object) -> bool:
    """Say whether these bytes are in the file that the server keeps the table in."""
    _execute(url, "checkpoint")
    [(file,)] = _execute(url, "select pg_read_binary_file(pg_relation_filepath('data_key'))")
    assert isinstance(file, bytes)
    assert isinstance(value, bytes)
    return value in file


def _plant(file: Path, left: bytes) -> None:
    """Write into the unused middle of the page of `data_key`, between its cell pointers and its cells."""
    pages = bytearray(file.read_bytes())
    page = int.from_bytes(pages[16:18])
    cells = int.from_bytes(pages[page + 3 : page + 5])
    at = page + 8 + 2 * cells + 200
    assert not any(pages[at : at + len(left)])
    pages[at : at + len(left)] = left
    file.write_bytes(pages)


def test_a_person_nobody_made_a_key_for_has_none(keys: PersonKeyStore) -> None:
    with pytest.raises(OperatorError):
        keys.of(PERSON)


def test_a_key_moved_to_another_person_does_not_open(keys: PersonKeyStore, url: str) -> None:
    keys.create(PERSON)
    keys.create(OTHER)
    _execute(url, "create table copied as select * from data_key")
    _execute(url, "update data_key set wrapped = (select wrapped from copied where copied.person <> data_key.person)")
    restarted = a_key_store(url)
    with pytest.raises(OperatorError):
        restarted.of(PERSON)
    restarted.database.dispose()


def test_a_second_key_for_one_person_is_refused(keys: PersonKeyStore) -> None:
    """A new key would leave everything sealed under the old one unreadable."""
    made = keys.create(PERSON)
    with pytest.raises(OperatorError):
        keys.create(PERSON)
    assert keys.of(PERSON) == made


def test_few_keys_are_remembered_and_the_lately_used_stay(
    keys: PersonKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person_keys, "_REMEMBERED", 2)
    people = [bytes_from(f"person {number}", 16) for number in range(3)]
    keys.create(people[0])
    keys.create(people[1])
    keys.of(people[0])
    keys.create(people[2])
    assert set(keys._open) == {people[0], people[2]}
    assert keys.of(people[1])


def test_keys_are_not_shown_when_the_store_is_printed(keys: PersonKeyStore) -> None:
    made = keys.create(PERSON)
    assert repr(made) not in repr(keys)


def test_preparing_again_keeps_what_is_there(keys: PersonKeyStore, url: str) -> None:
    made = keys.create(PERSON)
    keys.prepare()
    again = a_key_store(url)
    assert again.of(PERSON) == made
    again.database.dispose()


def test_a_database_that_cannot_be_opened_is_the_operators_to_mend(tmp_path: Path) -> None:
    store = PersonKeyStore(opened(f"sqlite:///{tmp_path / 'nowhere' / 'keys.db'}"), RING, SeededEntropy())
    for use in (store.prepare, lambda: store.of(PERSON), lambda: store.create(PERSON), store.forget_destroyed):
        with pytest.raises(OperatorError):
            use()
    store.database.dispose()

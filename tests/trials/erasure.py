"""Erases people and then looks for them in the raw files, as a thief of every disk and of the key ring would (A-04).

What led to each of them is written down before, straight from the tables: ids, blind indexes, sealed values, wrapped
keys. After an erasure is answered, while the gateway still runs, both databases and their write-ahead logs are copied
and searched for every one of these byte for byte; keys that are still there are unwrapped with the real ring. Every
third erasure is cut short before the key is destroyed, and finished by the next start. The people who stay are the
canary: the same search must find them.
"""

import asyncio
import os
import signal
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from furnished import FETCHING, POLICE, SHELTER, Installation, person_ref
from trials.in_process import a_caller, asked, permitted

from consent.merkle import appended, leaf_hash
from gateway.core.consents.desk import Actor
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.erasure.erasures_asked import AskedErasures
from gateway.core.erasure.items import Erased
from gateway.core.errors import OperatorError
from gateway.wiring import Gateway, build

_CUT_SHORT = 3
_DATABASES = ("gateway.db", "person-keys.db")
_COLUMNS = (
    ("binding", "blind"),
    ("binding", "sealed_ref"),
    ("consent_event", "sealed"),
    ("person_leaf", "wrapped_key"),
    ("parcel", "payload"),
    ("referral", "sealed_reference"),
)
"""Where bytes of hers stand, by her id in column `person`."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person, and everything that led to her; `needles` are 16 bytes or longer, so none is found by chance."""

    reference: str
    id: bytes
    needles: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Erasing:
    """What came of erasing many. Those named `*_after` must be 0.

    SQLite overwrites what is deleted, and not what it moved between pages: an id may stay in a page's slack. It is
    counted, and leads nowhere: no row, no sealed value and no key of hers is left beside it.
    """

    erased: int
    cut_short: int
    needles: int
    found_before: int
    found_after: int
    random_ids_in_page_slack: int
    leaves_linked_before: int
    leaves_linked_after: int
    keys_opened_before: int
    keys_opened_after: int
    rows_after: int
    stayed: int
    stayed_found: int
    notices_owed: int
    log_whole: bool

    @property
    def held(self) -> bool:
        """Nothing of the erased was found, everything of the others, and the log is whole."""
        gone = not (self.found_after or self.leaves_linked_after or self.keys_opened_after or self.rows_after)
        canary = self.found_before == self.needles and self.stayed_found == self.stayed and self.keys_opened_before
        return gone and bool(canary) and self.log_whole and self.notices_owed > 0


def erased(installed: Installation, count: int) -> Erasing:
    """Erase that many of the people of an installation which has more, and look for them."""
    with closing(sqlite3.connect(installed.data / _DATABASES[0])) as database:
        with running(installed) as gateway:
            asyncio.run(lived(gateway, installed.persons))
            everybody = [known_person(gateway, database, number) for number in range(installed.persons)]
            going, staying = everybody[:count], everybody[count:]
            found, joined, opened = (
                found_in(files_of(installed.data), going),
                linked(database, going),
                keys_of(gateway, going),
            )
            cut = going[::_CUT_SHORT]
            asyncio.run(_cut_short(gateway, cut))
        with running(installed) as gateway:
            asyncio.run(_erased(gateway, [person for person in going if person not in cut]))
            files = files_of(installed.data)
            return Erasing(
                erased=len(going),
                cut_short=len(cut),
                needles=sum(len(person.needles) for person in going),
                found_before=found,
                found_after=found_in(files, going) - _ids(files, going),
                random_ids_in_page_slack=_ids(files, going),
                leaves_linked_before=joined,
                leaves_linked_after=linked(database, going),
                keys_opened_before=opened,
                keys_opened_after=keys_of(gateway, going),
                rows_after=rows_about(database, going),
                stayed=sum(len(person.needles) for person in staying),
                stayed_found=found_in(files, staying),
                notices_owed=_notices(database),
                log_whole=whole(gateway),
            )


@contextmanager
def running(installed: Installation) -> Iterator[Gateway]:
    """A gateway of its own, as a process has one: nothing is remembered from the one before."""
    gateway = build(installed.settings())
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.close()


async def lived(gateway: Gateway, people: int) -> None:
    """Let something be referred about each: half of it is fetched, so that there is somebody to tell."""
    for number in range(people):
        assert permitted(await gateway.door.exchange.accept(asked(number, f"erasing-{number:08d}")))
    await gateway.door.dispatch.lease(a_caller(FETCHING, SHELTER), max(1, people // 2))


def known_person(gateway: Gateway, database: sqlite3.Connection, number: int) -> Person:
    """Write down what leads to somebody."""
    reference = person_ref(number)
    blind = blind_person_ref(gateway.base.ring, POLICE, reference)
    [(person,)] = database.execute("select person from binding where blind = ?", (blind,))
    values = {
        bytes(value)
        for table, column in _COLUMNS
        for (value,) in database.execute(f"select {column} from {table} where person = ?", (person,))  # noqa: S608 - names of the list above
        if value
    }
    folder = gateway.settings.data
    with closing(sqlite3.connect(folder / _DATABASES[1])) as keys:
        [(wrapped,)] = keys.execute("select wrapped from data_key where person = ?", (person,))
    return Person(reference, person, frozenset({person, bytes(wrapped), person.hex().encode(), *values}))


class _EndedError(OperatorError):
    """The process ended here."""


class _Ends:
    """A key store (`gateway.core.erasure.erasing.KeyStore`) before which the process ends."""

    def destroy(self, *_given: object) -> None:
        raise _EndedError("the process ended")

    def destroyed(self) -> Mapping[int, frozenset[bytes]]:
        return {}


class _Killed(_Ends):
    """A key store before which the process is killed: nothing is flushed, closed or told."""

    def destroy(self, *_given: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def killed_half_way(data: Path) -> None:
    """Erase somebody in this process, and die between the commit and the destruction of her key."""
    with running(Installation(data, {}, 1)) as gateway:
        erasures = replace(gateway.door.erasures, key_store=_Killed())
        asyncio.run(erasures.erase(Actor(POLICE, None), person_ref(0)))


async def _cut_short(gateway: Gateway, people: Iterable[Person]) -> None:
    """Erase some, and end between the commit and the destruction of the key."""
    erasures = replace(gateway.door.erasures, key_store=_Ends())
    for person in people:
        with suppress(_EndedError):
            await erasures.erase(Actor(POLICE, None), person.reference)


async def _erased(gateway: Gateway, people: Iterable[Person]) -> None:
    """Start as `gateway.app` does, then let an officer erase every other one, and an agency ask for the rest."""
    erasures = gateway.door.erasures
    await erasures.replay()
    for number, person in enumerate(people):
        erase = erasures.ask if number % 2 else erasures.erase
        outcome = await erase(Actor(POLICE, None), person.reference)
        assert isinstance(outcome, Erased)
    await AskedErasures(erasures).carry_out()


def files_of(data: Path) -> bytes:
    """Both databases and their write-ahead logs, byte for byte."""
    names = [name + suffix for name in _DATABASES for suffix in ("", "-wal")]
    return b"\0".join((data / name).read_bytes() for name in names if (data / name).exists())


def found_in(files: bytes, people: Iterable[Person]) -> int:
    return sum(needle in files for person in people for needle in person.needles)


def _ids(files: bytes, people: Iterable[Person]) -> int:
    return sum((person.id in files) + (person.id.hex().encode() in files) for person in people)


def linked(database: sqlite3.Connection, people: Iterable[Person]) -> int:
    query = "select count(*) from person_leaf where person = ?"
    return sum(database.execute(query, (person.id,)).fetchone()[0] for person in people)


def keys_of(gateway: Gateway, people: Iterable[Person]) -> int:
    """Unwrap, with the real ring, every key of theirs that is still there."""
    opened = 0
    for person in people:
        with suppress(OperatorError):
            opened += bool(gateway.base.person_keys.of(person.id))
    return opened


def rows_about(database: sqlite3.Connection, people: Iterable[Person]) -> int:
    """Count what any table still says under their ids."""
    gone = {person.id for person in people}
    tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
    found = 0
    for table in tables:
        for row in database.execute(f'select * from "{table}"'):  # noqa: S608 - the database's own names
            found += any(value in gone for value in row if isinstance(value, bytes))
    return found


def _notices(database: sqlite3.Connection) -> int:
    return int(database.execute("select count(*) from notice where kind = 'erasure' and person is null").fetchone()[0])


def whole(gateway: Gateway) -> bool:
    """Say whether the whole log hashes to the root that the gateway signs."""
    head = gateway.log.head()
    leaves = [leaf_hash(leaf) for leaf in gateway.log.leaves(head.size)]
    return appended(0, leaves, lambda _level, _index: b"").head == head

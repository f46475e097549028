"""Makes a database as large as a country's after years: people, consents and entries nobody will ask about.

Every row is a copy of one the gateway itself wrote, under other random ids. The log's tree is a true one, so that
proofs over it verify. Nothing of it can be opened: sealed bytes are those of another person.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import TypeVar

from furnished import Installation
from sqlalchemy import Connection, Table, create_engine, insert, select, update

from consent.merkle import appended, from_frontier, leaf_hash
from gateway.store.person_keys import DATA_KEY
from gateway.store.rows.line import (
    BINDING,
    CONSENT_EVENT,
    HEAD,
    LEDGER_HEAD,
    LEDGER_LEAF,
    LEDGER_NODE,
    PERSON,
    PERSON_LEAF,
)

_AT_ONCE = 20_000
_LEAVES_AT_ONCE = 1 << 15
_HASH = 32
_FAST = ("pragma synchronous=off", "pragma cache_size=-1048576", "pragma temp_store=memory")

Values = dict[str, object]
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to be, beside what is there already."""

    people: int
    consents: int
    leaves: int


SMALL = Size(10_000, 30_000, 100_000)
LARGE = Size(1_000_000, 3_000_000, 10_000_000)


def grow(installed: Installation, size: Size, say: Callable[[str], None] = lambda _line: None) -> None:
    """Put that much into the databases of a closed installation."""
    random = Random(size.people)  # noqa: S311 - repeatable, and no secret
    people = sorted(random.randbytes(16) for _ in range(size.people))
    with _opened(installed.settings().database()) as connection:
        say(f"{len(people)} people")
        _many(connection, PERSON, ({"id": person} for person in people))
        _many(connection, HEAD, ({"id": f"person:{person.hex()}", "version": 1} for person in people))
        _many(connection, BINDING, _bindings(connection, people, random))
        say(f"{size.consents} consents")
        _many(connection, CONSENT_EVENT, _consents(connection, people, size.consents, random))
        say(f"{size.leaves} entries")
        _leaves(connection, people, size.leaves, say)
    with _opened(installed.settings().person_key_database()) as connection:
        wrapped = connection.execute(select(DATA_KEY.c.wrapped).limit(1)).scalar_one()
        _many(connection, DATA_KEY, ({"person": person, "wrapped": wrapped} for person in people))


def _bindings(connection: Connection, people: Sequence[bytes], random: Random) -> Iterator[Values]:
    template = _template(connection, BINDING)
    blinds = sorted(random.randbytes(_HASH) for _ in people)
    for blind, person in zip(blinds, people, strict=True):
        yield {**template, "blind": blind, "person": person}


def _consents(connection: Connection, people: Sequence[bytes], count: int, random: Random) -> Iterator[Values]:
    template = {name: value for name, value in _template(connection, CONSENT_EVENT).items() if name != "id"}
    for number in range(count):
        consent = f"{random.getrandbits(128):032X}"[:26]
        yield {**template, "consent": consent, "person": people[number % len(people)]}


def _leaves(connection: Connection, people: Sequence[bytes], count: int, say: Callable[[str], None]) -> None:
    size, packed = connection.execute(select(LEDGER_HEAD.c.size, LEDGER_HEAD.c.frontier)).one()
    template = max(connection.execute(select(LEDGER_LEAF.c.content)).scalars(), key=len)
    head, tail = bytes(template[:-1]), b',"filler":"%012d"}'
    of_a_person = _template(connection, PERSON_LEAF)
    hashes = tuple(packed[at : at + _HASH] for at in range(0, len(packed), _HASH))
    for numbers in _batched(range(size, size + count), _LEAVES_AT_ONCE):
        contents = [head + tail % number for number in numbers]
        grown = appended(numbers[0], [leaf_hash(one) for one in contents], from_frontier(numbers[0], hashes))
        hashes = grown.frontier
        _many(
            connection, LEDGER_LEAF, ({"index": at, "content": one} for at, one in zip(numbers, contents, strict=True))
        )
        _many(connection, LEDGER_NODE, ({"level": at, "index": index, "hash": one} for at, index, one in grown.nodes))
        theirs = ({**of_a_person, "person": people[at % len(people)], "leaf_index": at} for at in numbers)
        _many(connection, PERSON_LEAF, theirs)
        connection.execute(update(LEDGER_HEAD).values(size=grown.size, frontier=b"".join(hashes)))
        connection.commit()
        if (numbers[-1] + 1 - size) % (_LEAVES_AT_ONCE * 32) == 0:
            say(f"  {numbers[-1] + 1 - size}")


def _template(connection: Connection, table: Table) -> Values:
    return dict(connection.execute(select(table).limit(1)).mappings().one())


def _many(connection: Connection, table: Table, rows: Iterator[Values]) -> None:
    for some in _batched(rows, _AT_ONCE):
        connection.execute(insert(table), some)
        connection.commit()


@contextmanager
def _opened(url: str) -> Iterator[Connection]:
    """A connection that need not survive a crash of the machine while it fills a new database."""
    engine = create_engine(url)
    with engine.connect() as connection:
        for statement in _FAST if engine.dialect.name == "sqlite" else ("set synchronous_commit = off",):
            connection.exec_driver_sql(statement)
        connection.commit()
        yield connection
        connection.exec_driver_sql("analyze")
        connection.commit()
    engine.dispose()


def _batched(rows: Iterable[_Row], size: int) -> Iterator[list[_Row]]:
    waiting = iter(rows)
    while some := list(islice(waiting, size)):
        yield some

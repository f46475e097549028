"""A real database for tests, with everything that reads it and a writer for whatever a test wants confirmed."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from builders import NOON, POLICE, SHELTER, a_caller
from fake_people import FakePersonKeys
from fakes import FakeClock, SeededEntropy
from rings import bytes_from
from sqlalchemy import create_engine, event, text

from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.core.drawn import SEED_BYTES
from gateway.core.heads import Head
from gateway.core.in_flight import Stopping
from gateway.core.ports import Item, Needs, Transaction
from gateway.core.rows import ClientRow
from gateway.core.stages import Parcel, SealedLeaf, Stated
from gateway.store.database import Database, opened
from gateway.store.ledger import LedgerReader
from gateway.store.reading.books import BookReader
from gateway.store.reading.clients import ClientReader
from gateway.store.reading.directory import DirectoryReader
from gateway.store.reading.memory import Memory
from gateway.store.reading.people import PeopleReader
from gateway.store.reading.referrals import ReferralReader
from gateway.store.writing.parcels import OutboxReader
from gateway.store.writing.writer import Writer
from schemas.canonical import canonical
from schemas.vocabulary import AgeStatus, DataCategory, DeliveryMode, Ground, Purpose, Urgency

PERSON = bytes_from("a person", 16)
WHY = Stopping("consent.withdrawn", bytes_from("stopping", SEED_BYTES))
_Result = TypeVar("_Result")


@dataclass
class Store:
    """One database with everything that reads it, and a writer for whatever a test wants confirmed."""

    url: str
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.database: Database = opened(self.url)
        reading, self.memory = self.database.reading, Memory()
        self.person_keys = FakePersonKeys(SeededEntropy("data keys"))
        self.people, self.directory = (
            PeopleReader(reading, self.memory, self.person_keys),
            DirectoryReader(reading, self.memory, self.clock),
        )
        self.clients, self.books = ClientReader(reading), BookReader(reading)
        self.outbox, self.referrals, self.log = OutboxReader(reading), ReferralReader(reading), LedgerReader(reading)
        self.commits = self.begun = 0
        event.listen(self.database.writing, "begin", self._count)

    def _count(self, _connection: object) -> None:
        self.begun += 1

    @property
    def backend(self) -> str:
        """Which kind of database it is."""
        return self.database.reading.dialect.name

    def writer(self) -> Writer:
        """Return a writer that has not started."""
        return Writer(self.database.writing, self.clock, self.memory.forget)

    def together(self, *items: Item[object], urgent: Sequence[Item[object]] = ()) -> list[object]:
        """Confirm items as one batch; an error is its outcome. Urgent ones come last and are answered last."""
        writer = self.writer()

        async def confirmed() -> list[object]:
            waiting = [writer.record(item) for item in items] + [writer.record(item, urgent=True) for item in urgent]
            writer.start()
            return list(await asyncio.gather(*waiting, return_exceptions=True))

        try:
            return asyncio.run(confirmed())
        finally:
            writer.close()
            self.commits += writer.commits

    def alone(self, item: Item[_Result]) -> _Result:
        """Confirm one item; raise what it failed with."""
        [outcome] = self.together(item)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def do(self, work: Callable[[Transaction], _Result], needs: Needs | None = None) -> _Result:
        """Run a function inside a transaction of its own."""
        return self.alone(Doing(work, needs or Needs()))

    def rows(self, query: str, **values: object) -> list[tuple[object, ...]]:
        """Ask the database itself, over a connection of its own."""
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(query), values)]
        finally:
            engine.dispose()

    def parcels(self) -> list[int]:
        """Return the numbers of the parcels that are committed."""
        return [int(str(number)) for (number,) in self.rows("select id from parcel order by id")]

    def close(self) -> None:
        """Close every connection."""
        self.database.dispose()


@contextmanager
def a_store(url: str) -> Iterator[Store]:
    """Open a store; closed on leaving."""
    store = Store(url)
    try:
        yield store
    finally:
        store.close()


@dataclass(frozen=True)
class Doing(Generic[_Result]):
    """A piece of work for the writer, from a function."""

    work: Callable[[Transaction], _Result]
    needs: Needs = field(default_factory=Needs)

    def apply(self, transaction: Transaction) -> _Result:
        """Do it."""
        return self.work(transaction)


def moving(head: str, version: int) -> Doing[bool]:
    """Return an item that moves a head if it still has that version; its outcome says whether it had."""

    def work(transaction: Transaction) -> bool:
        if transaction.moved((Head(head, version),)):
            return False
        transaction.bump(head)
        return True

    return Doing(work, Needs((head,)))


def consuming(caller: Caller) -> Doing[object]:
    """Return an item that uses up a caller's proof."""
    return Doing(lambda transaction: transaction.consume(caller), Needs(callers=(caller,)))


def adding(number: int) -> Doing[int]:
    """Return an item that inserts a parcel of that number."""

    def work(transaction: Transaction) -> int:
        transaction.add(a_parcel(number))
        return number

    return Doing(work)


def appending(number: int = 1) -> Doing[object]:
    """Return an item that appends a leaf; its outcome is the leaf's slot."""
    return Doing(lambda transaction: transaction.append(a_sealed_leaf(number)))


def a_sealed_leaf(number: int = 1, person: bytes | None = None, wrapped: bytes | None = None) -> SealedLeaf:
    """Return a leaf that differs from others by its number."""
    event = f"EVENT{number:021d}"
    leaf = {"v": 1, "type": "decision.refused", "at": "2031-03-14T12:00:00.000Z", "event": event}
    return SealedLeaf(event, canonical(leaf), person, wrapped)


def a_parcel(number: int = 1, **changes: object) -> Parcel:
    """Return a parcel for the shelter, due now, resting on consent-1."""
    parcel = Parcel(
        id=f"{number:026d}",
        referral=f"{number:025d}R",
        sender=POLICE,
        recipient=SHELTER,
        purpose=Purpose.ACCOMMODATION,
        urgency=Urgency.URGENT,
        mode=DeliveryMode.PLAIN_PULL,
        media_type="application/json",
        person=PERSON,
        rests_on="consent-1",
        stated=Stated(frozenset({DataCategory.ALIAS, DataCategory.NEED}), AgeStatus.ADULT, Ground.CONSENT),
        sends=frozenset({DataCategory.NEED}),
        payload=b"sealed bytes",
        due=NOON,
        use_until=NOON,
    )
    return replace(parcel, **changes)


def a_client_row(agency: str = POLICE) -> ClientRow:
    """Return the registration of the client that `a_caller` calls with."""
    key = {"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "kid": "1"}
    return ClientRow(a_caller(agency).client_id, agency, (key,), frozenset({Scope.SEND_REFERRALS}))

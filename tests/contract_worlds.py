"""The ports in memory and over a database, behind one face, for tests/contracts."""

from collections.abc import Sequence
from typing import Protocol

from books import Book
from builders import SHELTER_KEY
from fake_outbox import FakeOutbox
from fake_people import FakePeople, FakePersonKeys
from fakes import (
    FakeClock,
    FakeDirectory,
    FakeRecorder,
    SeededEntropy,
)
from stores import Doing, Store
from web_door import FakeLog

from consent.records import Agreement
from gateway.clock import SystemClock, SystemEntropy
from gateway.core.agencies import Agency
from gateway.core.dispatch import Outbox
from gateway.core.encoding import base64url
from gateway.core.heads import agency_head, agreement_head
from gateway.core.ports import Clock, Directory, Entropy, Item, Needs, People, PersonKeys, Transaction
from gateway.core.rows import AgencyRow, AgreementRow, ClientRow
from gateway.core.tracking import Log, Referrals
from gateway.store.person_keys import PersonKeyStore
from schemas.documents import Json

CLIENTS = ("harbour-police", "river-shelter")
"""Agencies whose client `a_caller` is registered in both worlds."""


class World(Protocol):
    """Every port, and the few things a test does to the world behind them."""

    clock: FakeClock
    clocks: tuple[Clock, ...]
    entropies: tuple[Entropy, ...]
    people: People
    directory: Directory
    person_keys: PersonKeys
    outbox: Outbox
    log: Log
    referrals: Referrals

    def together(self, *items: Item[object], urgent: Sequence[Item[object]] = ()) -> list[object]:
        """Confirm items as one batch; an error is its outcome. Urgent ones arrive last."""

    def put(self, agency: Agency) -> None:
        """Register an agency."""

    def agree(self, agreement: Agreement) -> None:
        """Register an agreement."""


class FakeWorld:
    """tests/fakes.py."""

    def __init__(self) -> None:
        self.book, self.clock = Book(), FakeClock()
        self.clocks, self.entropies = (self.clock,), (SeededEntropy(),)
        self.recorder = FakeRecorder(self.book, self.clock)
        self.people, self.directory = FakePeople(self.book), FakeDirectory(self.book)
        self.person_keys, self.outbox = FakePersonKeys(SeededEntropy("keys")), FakeOutbox(self.book)
        self.log = self.referrals = FakeLog(self.book)

    def together(self, *items: Item[object], urgent: Sequence[Item[object]] = ()) -> list[object]:
        recorder = self.recorder

        async def wait(item: Item[object], *, first: bool) -> object:
            return await recorder.record(item, urgent=first)

        waiting = [wait(item, first=False) for item in items] + [wait(item, first=True) for item in urgent]
        return list(recorder.together(waiting))

    def put(self, agency: Agency) -> None:
        self.directory.put(agency)

    def agree(self, agreement: Agreement) -> None:
        self.directory.agree(agreement)


class RealWorld:
    """gateway/store over SQLite, and gateway/clock."""

    def __init__(self, store: Store, keys: PersonKeyStore) -> None:
        self.store, self.clock = store, store.clock
        self.clocks, self.entropies = (SystemClock(),), (SystemEntropy(),)
        self.people, self.directory, self.person_keys = store.people, store.directory, keys
        self.outbox, self.log, self.referrals = store.outbox, store.log, store.referrals
        for agency in CLIENTS:
            row = ClientRow(f"{agency}-client", agency, (), frozenset())
            store.do(lambda transaction, row=row: transaction.register(row))

    def together(self, *items: Item[object], urgent: Sequence[Item[object]] = ()) -> list[object]:
        return self.store.together(*items, urgent=urgent)

    def put(self, agency: Agency) -> None:
        document: dict[str, Json] = {
            "id": agency.id,
            "title": agency.title,
            "function_class": agency.function,
            "country": agency.country,
            "adapter": agency.adapter,
            "delivery_mode": agency.delivery,
        }
        if agency.sealing_key is not None:
            key: Json = {
                "id": agency.sealing_key.id,
                "use": agency.sealing_key.how,
                "public_key": base64url(SHELTER_KEY),
            }
            document["keys"] = {"sealing": [key]}
        self._register(AgencyRow(agency.id, document), agency_head(agency.id))

    def agree(self, agreement: Agreement) -> None:
        terms: Json = {"categories": [*sorted(agreement.categories)], "retention_days": agreement.retention_days}
        terms["legal_basis"] = [*sorted(agreement.legal_bases)]
        route = (agreement.sender, agreement.recipient, agreement.purpose)
        row = AgreementRow(agreement.id, *route, agreement.begins, agreement.ends, {"agreement": terms})
        self._register(row, agreement_head(agreement.id))

    def _register(self, row: AgencyRow | AgreementRow, head: str) -> None:
        def work(transaction: Transaction) -> None:
            transaction.register(row)
            transaction.bump(head)

        self.store.alone(Doing(work, Needs((head,))))

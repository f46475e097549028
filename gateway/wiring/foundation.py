"""What everything else stands on: the key ring, the databases, the writer, and the law in force."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine

from consent.policy import Policy
from gateway.core.consents.desk import Desk
from gateway.core.crypto.keys import KeptRing
from gateway.core.log.anchors import Outside
from gateway.core.oversight.national import policy_in, proven
from gateway.core.ports import Clock, Entropy
from gateway.courier.anchor_file import Named, read_anchors
from gateway.keyring.choosing import opened_ring
from gateway.plugins.configured import adapters_of
from gateway.plugins.finding import InstalledAdapters
from gateway.settings import Settings
from gateway.store.belonging import require_together
from gateway.store.clocks import ServerClock
from gateway.store.database import Database, opened
from gateway.store.ledger import LedgerReader
from gateway.store.person_keys import PersonKeyStore
from gateway.store.reading.books import BookReader
from gateway.store.reading.directory import DirectoryReader
from gateway.store.reading.memory import Memory
from gateway.store.reading.people import PeopleReader
from gateway.store.rows.anchors import AnchorReader
from gateway.store.schema_state import require_newest
from gateway.store.writing.writer import Writer


@dataclass(frozen=True, slots=True)
class Foundation:
    """Opened once for a process; `close` lets go of it."""

    settings: Settings
    clock: Clock
    entropy: Entropy
    ring: KeptRing
    database: Database
    person_keys: PersonKeyStore
    server_clock: ServerClock
    writer: Writer
    directory: DirectoryReader
    people: PeopleReader
    adapters: InstalledAdapters
    policy: Policy
    anchors: Named
    outside: Outside

    @classmethod
    def opened(cls, settings: Settings, clock: Clock, entropy: Entropy) -> Self:
        """Open it. Raises OperatorError: the ring does not open, a database is not prepared, a file is wrong."""
        ring = opened_ring(settings, entropy)
        with ExitStack() as refused:
            database = refused.enter_context(opened(settings.database()))
            keys = refused.enter_context(opened(settings.person_key_database()))
            made = cls._over(settings, clock, entropy, ring, (database, keys))
            refused.pop_all()
        return made

    @classmethod
    def _over(
        cls, settings: Settings, clock: Clock, entropy: Entropy, ring: KeptRing, databases: tuple[Database, Database]
    ) -> Self:
        database, keys = databases
        require_newest(database.reading)
        person_keys = PersonKeyStore(keys, ring, entropy)
        person_keys.require()
        require_together(database, person_keys)
        memory, anchors = Memory(), read_anchors(settings, LedgerReader(database.reading).consistency, clock)
        directory = DirectoryReader(database.reading, memory, clock)
        return cls(
            settings=settings,
            clock=clock,
            entropy=entropy,
            ring=ring,
            database=database,
            person_keys=person_keys,
            server_clock=ServerClock(database.reading, clock),
            writer=Writer(database.writing, clock, memory.forget),
            directory=directory,
            people=PeopleReader(database.reading, memory, person_keys),
            adapters=adapters_of(settings),
            policy=_policy(settings, database, directory),
            anchors=anchors,
            outside=Outside(anchors.names, anchors.needed, AnchorReader(database.reading), clock),
        )

    @property
    def reading(self) -> Engine:
        """Where readers read."""
        return self.database.reading

    def desk(self) -> Desk:
        """Return the desk where consents are written down."""
        return Desk(
            self.directory, self.people, self.person_keys, self.ring, self.policy, self.clock, self.entropy, self.writer
        )

    def start(self) -> None:
        """Begin to confirm."""
        self.adapters.start()
        self.writer.start()

    def close(self) -> None:
        """Confirm what waits, then close every connection."""
        self.writer.close()
        self.adapters.close()
        self.database.dispose()
        self.person_keys.database.dispose()


def _policy(settings: Settings, database: Database, directory: DirectoryReader) -> Policy:
    """Return the policy in force, once it is proven that nothing leads to immigration enforcement (F-01)."""
    policy = policy_in(settings.profile(), settings.country)
    books = BookReader(database.reading)
    proven(policy, books.agency_documents(), books.client_keys(), directory.agreements())
    return policy

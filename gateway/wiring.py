"""The only module that names every concrete class: connects the line to its doors.

Reads no setting from anywhere but its argument.
"""

import gc
from dataclasses import dataclass, replace
from datetime import timedelta

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey

from consent.policy import Policy
from gateway.clock import SystemBeat, SystemClock, SystemEntropy
from gateway.core.acknowledgements import Answering
from gateway.core.capacity import Capacity
from gateway.core.case_desk import CaseDesk
from gateway.core.child_clock import ChildClock
from gateway.core.client_modes import ClientMode
from gateway.core.consent_papers import ConsentPapers
from gateway.core.desk import Desk
from gateway.core.dispatch import Dispatch
from gateway.core.erasing import Erasures
from gateway.core.errors import OperatorError
from gateway.core.exchange import Exchange
from gateway.core.explaining import Explaining
from gateway.core.histories import Histories
from gateway.core.introductions import Introductions
from gateway.core.keys import KeyRing, Ring
from gateway.core.national import policy_in, proven
from gateway.core.notifying import Notifying
from gateway.core.officer_failures import Failures
from gateway.core.officer_granting import Granting
from gateway.core.officer_signing import Signing
from gateway.core.overrides import Overrides
from gateway.core.packing import Packing
from gateway.core.ports import Clock, Entropy
from gateway.core.previewing import Previews
from gateway.core.registry import Registry
from gateway.core.releases import Releases
from gateway.core.seconding import Seconding
from gateway.core.tasks import Tasks
from gateway.core.tracking import Tracking
from gateway.keyring.local import LocalKeyRing
from gateway.oauth.algorithms import SMART, USUAL
from gateway.oauth.endpoints import Parts
from gateway.oauth.gate import Gate
from gateway.oauth.keys import SigningKeys
from gateway.oauth.nonces import Nonces
from gateway.oauth.ports import RegisteredClient
from gateway.oauth.profile import Profile
from gateway.oauth.server import World
from gateway.oauth.smart import FhirVerifier
from gateway.oauth.verifier import Verifier
from gateway.people.door import PeopleDoor
from gateway.people.passkeys import WebAuthnPasskeys
from gateway.plugins.configured import adapters_of
from gateway.plugins.finding import InstalledAdapters
from gateway.settings import Settings
from gateway.store.books import BookReader
from gateway.store.capacity import RoomReader
from gateway.store.children import ChildReader
from gateway.store.clients import ClientReader
from gateway.store.codes import CodeReader
from gateway.store.consent_papers import ConsentEventReader
from gateway.store.database import Database, opened
from gateway.store.directory import DirectoryReader
from gateway.store.erasures import ErasureReader
from gateway.store.ledger import LedgerReader
from gateway.store.memory import Memory
from gateway.store.notices import NoticeReader
from gateway.store.officers import OfficerReader
from gateway.store.overrides import OverrideReader
from gateway.store.parcels import OutboxReader
from gateway.store.people import PeopleReader
from gateway.store.person_keys import PersonKeyStore
from gateway.store.person_leaves import PersonLeafReader
from gateway.store.referrals import ReferralReader
from gateway.store.releases import ReleaseReader
from gateway.store.replacements import ReplacementReader
from gateway.store.schema_state import require_newest
from gateway.store.tasks import TaskReader
from gateway.store.writer import Writer
from gateway.web.door import Door
from gateway.web.fhir.door import FhirDoor
from schemas.validation import warm

_BEAT_SECONDS = 0.05
"""Longer than nearly every answer takes on a busy machine; hardly to be noticed by who waits for a no."""

_COLLECT = (50_000, 20, 50)
"""How many new objects may wait for a collection: a request makes thousands, and hardly one of them is in a cycle."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One process, connected; `start` and `close` bound its life."""

    settings: Settings
    database: Database
    person_keys: PersonKeyStore
    ring: KeyRing
    writer: Writer
    door: Door
    oauth: Parts
    registry: Registry
    directory: DirectoryReader
    clients: ClientReader
    log: LedgerReader
    histories: Histories
    people: PeopleDoor
    fhir: FhirDoor
    revoked: set[str]
    adapters: InstalledAdapters

    async def revoke_client(self, client: str) -> bool:
        """Switch a client off, here at once and on every node from the commit on.

        False when there is none of that id.
        """
        self.revoked.add(f"client:{client}")
        return await self.registry.revoke_client(client)

    def start(self) -> None:
        """Begin to confirm. What was built by now lives as long as the process, so no collection looks at it again."""
        warm()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT)
        self.adapters.start()
        self.writer.start()

    def ready(self) -> None:
        """Raise a GatewayError while the schema is not the newest or nothing would be confirmed."""
        require_newest(self.database.reading)
        if not self.writer.working:
            raise OperatorError("the writer is not at work")

    def close(self) -> None:
        """Confirm what waits, then close every connection."""
        self.writer.close()
        self.adapters.close()
        self.database.dispose()
        self.person_keys.database.dispose()


def build(settings: Settings, clock: Clock | None = None, entropy: Entropy | None = None) -> Gateway:
    """Connect everything. Raises OperatorError when the key ring does not open or the database is not prepared."""
    clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
    ring = LocalKeyRing.open(settings.keyring_file, settings.unlocking_secret())
    database, person_keys = _storage(settings, ring, entropy)
    memory, clients, log = Memory(), ClientReader(database.reading), LedgerReader(database.reading)
    referrals, people = ReferralReader(database.reading), PeopleReader(database.reading, memory, person_keys)
    directory = DirectoryReader(database.reading, memory, clock)
    writer = Writer(database.writing, clock, memory.forget)
    adapters, policy = adapters_of(settings), _policy(settings, database, directory)
    rooms, notices, codes = RoomReader(database.reading), NoticeReader(database.reading), CodeReader(database.reading)
    oauth, verifiers, revoked = _oauth(settings, ring, clients, writer, clock, entropy)
    packing = Packing(adapters, ring, entropy, timedelta(minutes=policy.delivery_jitter_minutes))
    line = (adapters, directory, people, person_keys, ring, packing, policy, clock, entropy, writer, rooms)
    exchange = Exchange(*line, ReplacementReader(database.reading), beat=SystemBeat(_BEAT_SECONDS))
    desk = Desk(directory, people, person_keys, ring, policy, clock, entropy, recorder=writer)
    dispatch = Dispatch(
        directory, people, person_keys, OutboxReader(database.reading), ring, policy, clock, entropy, writer,
        Notifying(adapters, ring, notices, entropy),
    )  # fmt: skip
    door = Door(
        verifier=verifiers[0],
        exchange=exchange,
        previews=Previews(exchange),
        explaining=Explaining(referrals, log, people, clock, entropy, writer, directory, policy),
        dispatch=dispatch,
        answering=Answering(ring, clock, entropy, writer, notices),
        desk=desk,
        introductions=Introductions(desk, codes),
        capacity=Capacity(desk, rooms),
        releases=Releases(desk, ReleaseReader(database.reading)),
        children=ChildClock(desk, ChildReader(database.reading)),
        papers=ConsentPapers(desk, ConsentEventReader(database.reading)),
        cases=CaseDesk(directory, people, person_keys, ring, clock, entropy, writer, policy),
        overrides=Overrides(people, OverrideReader(database.reading), policy, clock, entropy, recorder=writer),
        tracking=Tracking(referrals, log, ring, person_keys, settings.origin),
        recorder=writer,
        notices=notices,
        erasures=Erasures(desk, ErasureReader(database), person_keys),
        largest_body=settings.largest_body,
    )
    return Gateway(
        settings, database, person_keys, ring, writer, door, oauth,
        Registry(BookReader(database.reading), adapters, clock, entropy, writer), directory, clients, log,
        Histories(people, PersonLeafReader(database.reading), door.tracking, ring, clock, entropy, writer),
        _people(settings, database, door, ring, clock, entropy),
        _fhir(settings, replace(door, verifier=verifiers[1]), database), revoked, adapters,
    )  # fmt: skip


def _storage(settings: Settings, ring: KeyRing, entropy: Entropy) -> tuple[Database, PersonKeyStore]:
    """Open both databases. Raises OperatorError where one is not prepared."""
    database = opened(settings.database())
    require_newest(database.reading)
    person_keys = PersonKeyStore(opened(settings.person_key_database()), ring, entropy)
    person_keys.prepare()
    return database, person_keys


def _people(
    settings: Settings, database: Database, door: Door, ring: KeyRing, clock: Clock, entropy: Entropy
) -> PeopleDoor:
    desk = door.desk
    book, recorder, directory = OfficerReader(database.reading), desk.recorder, desk.directory
    passkeys = WebAuthnPasskeys(settings.public_url)
    signing = Signing(book, passkeys, ring, clock, entropy, recorder, Failures())
    return PeopleDoor(
        signing=signing,
        granting=Granting(book, signing, directory, clock, entropy, recorder),
        seconding=Seconding(desk, book, directory, desk.policy),
        desk=desk,
        papers=door.papers,
        overrides=door.overrides,
        entropy=entropy,
        public_url=settings.public_url,
    )


def _fhir(settings: Settings, door: Door, database: Database) -> FhirDoor:
    desk = door.desk
    return FhirDoor(door, Tasks(TaskReader(database.reading), desk.person_keys, desk.keys), settings.public_url)


def _policy(settings: Settings, database: Database, directory: DirectoryReader) -> Policy:
    """Return the policy in force, once it is proven that nothing leads to immigration enforcement (F-01)."""
    policy = policy_in(settings.profile(), settings.country)
    books = BookReader(database.reading)
    proven(policy, books.agency_documents(), books.client_keys(), directory.agreements())
    return policy


def _oauth(
    settings: Settings, ring: KeyRing, clients: ClientReader, writer: Writer, clock: Clock, entropy: Entropy
) -> tuple[Parts, tuple[Verifier, FhirVerifier], set[str]]:
    """Return the routes of the door, who verifies requests to the API and to its FHIR endpoint, and what is revoked."""
    profile = Profile(issuer=settings.public_url, resource=f"{settings.public_url}/v1")
    keys, nonces = _token_keys(ring), Nonces(ring, clock)
    disabled, tokens = clients.revoked()
    revoked = {f"client:{client}" for client in disabled} | {f"token:{jti}" for jti in tokens}
    gate = Gate(writer, clock, entropy, revoked)
    world = World(_Clients(clients), keys, clock, entropy)
    bound = Verifier(profile, keys, gate, nonces, clock)
    return Parts(profile, world, nonces, gate, gate), (bound, FhirVerifier(bound, world, profile, gate)), revoked


def _token_keys(ring: KeyRing) -> SigningKeys:
    current, *older = (_token_key(ring, epoch) for epoch in reversed(ring.epochs(Ring.TOKENS)))
    return SigningKeys(current, tuple(older[:1]))


def _token_key(ring: KeyRing, epoch: int) -> ECKey:
    pem = ring.token_signing_key(epoch)
    load_pem_private_key(pem, None)  # A ring that gives out something else is refused here, not at the first token.
    key = ECKey.import_key(pem)
    return ECKey.import_key({**key.as_dict(private=True), "kid": key.thumbprint()})


@dataclass(frozen=True, slots=True)
class _Clients:
    """`gateway.oauth.ports.ClientDirectory` over the store."""

    reader: ClientReader

    def client(self, client_id: str) -> RegisteredClient | None:
        found = self.reader.client(client_id)
        if found is None:
            return None
        algorithms = SMART if found.mode is ClientMode.SMART else USUAL
        return RegisteredClient(
            found.client_id, found.agency, found.jwks, found.scopes, found.enabled, algorithms, found.mode
        )

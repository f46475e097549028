"""One process, connected."""

import gc
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.clock import SystemClock, SystemEntropy, onward
from gateway.core.consents.seconding import Seconding
from gateway.core.delivery.hooks import Hook, Hooks, Locks
from gateway.core.erasure.restoring import released, waits
from gateway.core.erasure.retention import Retention
from gateway.core.errors import OperatorError, WaitsForReleaseError
from gateway.core.heads import RESTORED
from gateway.core.histories import Histories
from gateway.core.officer.failures import Failures
from gateway.core.officer.granting import Granting
from gateway.core.officer.signing import Signing
from gateway.core.oversight.breaches import Breaches
from gateway.core.oversight.policy_approval import PolicyApprovals
from gateway.core.oversight.probing_releases import ProbingReleases
from gateway.core.oversight.reidentifying import Reidentifying
from gateway.core.parties.agency_keys import endings
from gateway.core.parties.client_keys import client_endings
from gateway.core.parties.registry import Registry
from gateway.core.ports import Clock, Entropy
from gateway.core.rotation.key_keeping import KeyKeeping
from gateway.core.tasks import Tasks
from gateway.courier.anchors import Anchoring
from gateway.courier.endings import Endings
from gateway.courier.primero_hooks import read_hooks
from gateway.courier.steadiness import Steadiness
from gateway.courier.time_stamps import Authority
from gateway.people.door import PeopleDoor
from gateway.people.passkeys import WebAuthnPasskeys
from gateway.settings import Settings
from gateway.store.heads import HeadReader, head_of, version_of
from gateway.store.ledger import LedgerReader
from gateway.store.reading.backlog import BacklogReader
from gateway.store.reading.books import BookReader
from gateway.store.reading.breaches import BreachReader
from gateway.store.reading.clients import ClientReader
from gateway.store.reading.locks import LockReader
from gateway.store.reading.officers import OfficerReader
from gateway.store.reading.person_leaves import PersonLeafReader
from gateway.store.reading.policies import PolicyReader
from gateway.store.reading.reidentifications import ReidentificationReader
from gateway.store.reading.tasks import TaskReader
from gateway.store.rows.anchors import AnchorReader
from gateway.store.schema_state import require_newest
from gateway.store.writing.erasures import ErasureReader
from gateway.store.writing.hints import HintReader
from gateway.store.writing.retention import ExchangeReader
from gateway.store.writing.writer import Writer
from gateway.web.door import Door
from gateway.web.fhir.door import FhirDoor
from gateway.wiring.foundation import Foundation
from gateway.wiring.identity import Identity, identity
from gateway.wiring.line import line
from schemas.validation import warm

_COLLECT = (50_000, 20, 50)
"""How many new objects may wait for a collection: a request makes thousands, and hardly one of them is in a cycle."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """`start` and `close` bound its life."""

    base: Foundation
    identity: Identity
    door: Door
    people: PeopleDoor
    fhir: FhirDoor
    hooks: Hooks
    registry: Registry
    histories: Histories
    log: LedgerReader
    keys: KeyKeeping
    anchoring: Anchoring
    backlog: BacklogReader
    retention: Retention
    locks: LockReader
    endings: Endings
    steadiness: Steadiness

    @property
    def settings(self) -> Settings:
        """What it was connected with."""
        return self.base.settings

    @property
    def writer(self) -> Writer:
        """Who confirms."""
        return self.base.writer

    @property
    def clients(self) -> ClientReader:
        """The register of clients."""
        return self.identity.clients

    async def revoke_client(self, client: str) -> bool:
        """Switch a client off, here at once and on every node from the commit on.

        False when there is none of that id.
        """
        self.identity.revoked.add(f"client:{client}")
        return await self.registry.revoke_client(client)

    def require_released(self) -> None:
        """Raise WaitsForReleaseError while a restored database waits for a person."""
        with self.base.reading.connect() as connection:
            if waits(version_of(connection, RESTORED)):
                raise WaitsForReleaseError("a restored database waits for a person to release it")

    async def release(self) -> bool:
        """Let a restored database serve; False when it does already."""
        with self.base.reading.connect() as connection:
            head = head_of(connection, RESTORED)
        return await self.writer.record(released(self.base.entropy, head, self.base.clock.now()))

    def start(self) -> None:
        """Begin to confirm. What was built by now lives as long as the process, so no collection looks at it again."""
        warm()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT)
        self.base.start()

    async def catch_up(self) -> None:
        """Finish what a process left half done that died: before anybody is answered, and anything leaves.

        Whoever was erased is gone again (A-04), and every key that was rotated is in the log.
        """
        await self.door.erasures.replay()
        await self.keys.catch_up()

    def ready(self) -> None:
        """Raise a GatewayError while the schema is not the newest, a clock is wrong, or nothing would be confirmed."""
        require_newest(self.base.reading)
        self.base.server_clock.require()
        if not self.writer.working:
            raise OperatorError("the writer is not at work")
        if self.writer.in_doubt:
            raise OperatorError("the database takes no records")

    def close(self) -> None:
        """Confirm what waits, then close every connection."""
        self.base.close()


def build(settings: Settings, clock: Clock | None = None, entropy: Entropy | None = None) -> Gateway:
    """Connect everything.

    Raises OperatorError when the key ring does not open, the database is not prepared, or a file of hooks or
    witnesses is wrong.
    """
    hooks = read_hooks(settings)
    base = Foundation.opened(settings, clock or SystemClock(), entropy or SystemEntropy())
    try:
        return _connected(base, hooks)
    except BaseException:
        base.close()
        raise


def _connected(base: Foundation, hooks: Mapping[str, Hook]) -> Gateway:
    knocking = identity(base)
    door = line(base, knocking.verifier, knocking.parts.limits)
    histories = _histories(base, door)
    return Gateway(
        base=base,
        identity=knocking,
        door=door,
        people=_people(base, door, histories),
        fhir=_fhir(base, replace(door, verifier=knocking.fhir_verifier)),
        hooks=Hooks(door.exchange, knocking.clients, Locks(hooks, base.entropy.bytes(32)), HintReader(base.reading)),
        registry=_registry(base),
        histories=histories,
        log=LedgerReader(base.reading),
        keys=KeyKeeping(base.ring, base.person_keys, HeadReader(base.reading), base.clock, base.entropy, base.writer),
        anchoring=_anchoring(base, door),
        backlog=BacklogReader(base.reading, base.clock),
        retention=Retention(ExchangeReader(base.reading), base.people, base.clock, base.entropy, base.writer),
        locks=LockReader(base.reading),
        endings=_endings(base, knocking),
        steadiness=Steadiness(base.clock, onward, base.writer, LedgerReader(base.reading).written()),
    )


def _registry(base: Foundation) -> Registry:
    bases, books = base.policy.legal_bases, BookReader(base.reading)
    return Registry(books, base.adapters, base.clock, base.entropy, base.writer, bases)


def _endings(base: Foundation, knocking: Identity) -> Endings:
    """Return what warns of what ends soon: keys of agencies and of clients switched on, and trusted authorities."""
    stamping = [one.root.not_valid_after_utc.date() for one in base.anchors.anchors if isinstance(one, Authority)]
    return Endings(
        agencies=lambda: endings(BookReader(base.reading).agency_documents()),
        clients=lambda: client_endings((one.client_id, one.jwks) for one in knocking.clients.clients() if one.enabled),
        authorities={
            "client_authority": knocking.parts.world.authorities.last_days(),
            "time_stamping_authority": stamping,
        },
        clock=base.clock,
    )


def _histories(base: Foundation, door: Door) -> Histories:
    leaves = PersonLeafReader(base.reading)
    return Histories(base.people, leaves, door.tracking, base.ring, base.clock, base.entropy, base.writer)


def _people(base: Foundation, door: Door, histories: Histories) -> PeopleDoor:
    desk, book, url = door.desk, OfficerReader(base.reading), base.settings.public_url
    signing = Signing(book, WebAuthnPasskeys(url), base.ring, base.clock, base.entropy, base.writer, Failures())
    return PeopleDoor(
        signing=signing,
        granting=Granting(book, signing, base.directory, base.clock, base.entropy, base.writer),
        seconding=Seconding(desk, book, base.directory, base.policy),
        desk=desk,
        papers=door.papers,
        overrides=door.overrides,
        erasures=door.erasures,
        policies=PolicyApprovals(base.policy, PolicyReader(base.reading), book, base.clock, base.entropy, base.writer),
        reidentifying=Reidentifying(desk, ReidentificationReader(base.reading), ErasureReader(base.database), book),
        probing=ProbingReleases(desk, ErasureReader(base.database)),
        breaches=_breaches(base),
        notices=door.notices,
        children=door.children,
        locks=LockReader(base.reading),
        agencies=base.directory,
        leaves=LedgerReader(base.reading),
        tracking=door.tracking,
        histories=histories,
        explaining=door.explaining,
        entropy=base.entropy,
        public_url=url,
    )


def _breaches(base: Foundation) -> Breaches:
    within = timedelta(hours=base.policy.clocks.breach_hours)
    return Breaches(BreachReader(base.reading), base.directory, within, base.clock, base.entropy, base.writer)


def _fhir(base: Foundation, door: Door) -> FhirDoor:
    return FhirDoor(door, Tasks(TaskReader(base.reading), base.person_keys, base.ring), base.settings.public_url)


def _anchoring(base: Foundation, door: Door) -> Anchoring:
    book, named = AnchorReader(base.reading), base.anchors
    return Anchoring(named.anchors, door.tracking, book, base.outside, base.clock, base.writer, named.every)

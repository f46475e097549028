"""What the operator's door needs of the gateway, as `gateway.app` hands it over. Decides nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import ClientRights
from gateway.core.access.scopes import Scope
from gateway.core.agencies import Agency
from gateway.core.cases.child_clock import ChildClock
from gateway.core.cases.desk import CaseDesk
from gateway.core.consents.desk import Desk
from gateway.core.consents.papers import ConsentPapers
from gateway.core.delivery.endpoint_registry import EndpointRegistry
from gateway.core.delivery.rerunning import DeadLetters
from gateway.core.erasure.erasing import Erasures
from gateway.core.explaining import Explaining
from gateway.core.histories import Histories
from gateway.core.log.anchors import Anchored
from gateway.core.officer.granting import Granting
from gateway.core.oversight.breaches import Breaches
from gateway.core.oversight.policy_approval import PolicyApprovals
from gateway.core.oversight.probing_releases import ProbingReleases
from gateway.core.parties.registry import Registry
from gateway.core.previewing import Previews
from gateway.core.records.notice_records import Notices
from gateway.core.room.capacity import Capacity
from gateway.core.rotation.key_keeping import KeyKeeping
from gateway.core.rotation.signing_keys import SigningKeyDesk, SigningState
from gateway.core.statistics.releases import Releases
from gateway.core.tracking import Leaves, Tracking
from schemas.documents import Document, Json


class ListedClient(Protocol):
    """An OAuth client as registered."""

    @property
    def client_id(self) -> str:
        """Its id."""
        ...

    @property
    def agency(self) -> str:
        """The agency whose system it is."""
        ...

    @property
    def scopes(self) -> frozenset[Scope]:
        """What it may ask for."""
        ...

    @property
    def enabled(self) -> bool:
        """False once it was switched off."""
        ...

    @property
    def mode(self) -> ClientMode:
        """How it holds its tokens."""
        ...

    @property
    def jwks(self) -> Sequence[Mapping[str, object]]:
        """Its public keys."""
        ...

    @property
    def rights(self) -> ClientRights:
        """Its bounds beside the scopes."""
        ...


class Clients(Protocol):
    """Lists clients."""

    def clients(self) -> Sequence[ListedClient]:
        """Return every client, by id."""
        ...


class Directory(Protocol):
    """Lists agencies and agreements."""

    def agencies(self) -> Sequence[Agency]:
        """Return every agency, by id."""
        ...

    def agreements(self) -> Sequence[Document]:
        """Return every signed agreement, by id."""
        ...


class KeyNames(Protocol):
    """The keys that sign access tokens, by what they are called in public."""

    def kid(self, number: int) -> str:
        """Return the id of the key of that number."""
        ...


class Signing(Protocol):
    """Changes the key that signs access tokens."""

    @property
    def signing(self) -> SigningKeyDesk:
        """Where it is written down."""
        ...

    @property
    def keys(self) -> KeyNames:
        """What the keys are called."""
        ...

    async def rotate(self, *, leaked: bool) -> SigningState:
        """Let the next key sign. Raises RegistrationRefusedError where it is too young."""
        ...


@dataclass(frozen=True, slots=True)
class Operations:
    """The parts of one gateway that an operator works with. `largest_body` is in bytes."""

    registry: Registry
    endpoints: EndpointRegistry
    dead_letters: DeadLetters
    desk: Desk
    papers: ConsentPapers
    cases: CaseDesk
    capacity: Capacity
    children: ChildClock
    releases: Releases
    previews: Previews
    explaining: Explaining
    histories: Histories
    tracking: Tracking
    directory: Directory
    clients: Clients
    log: Leaves
    anchoring: Anchored
    notices: Notices
    erasures: Erasures
    probing: ProbingReleases
    breaches: Breaches
    release: Callable[[], Awaitable[bool]]
    keys: KeyKeeping
    revoke_client: Callable[[str], Awaitable[bool]]
    usable_key: Callable[[Mapping[str, Json]], bool]
    signing: Signing
    granting: Granting
    policies: PolicyApprovals
    public_url: str
    ready: Callable[[], None]
    largest_body: int
    version: str

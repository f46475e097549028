"""The whole line over fakes: a police station, four shelters, an advocate, and a person who may say yes.

In `a_line()` the police have agreed with every shelter on accommodation; nobody has consented to anything.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from adapter_fakes import FakeAdapters
from books import Book
from builders import (
    PERSON_REF,
    POLICE,
    SHELTER,
    SHELTER_KEY,
    a_caller,
    a_consent_document,
    a_recipient_key,
    a_referral,
    an_agency,
    an_agreement,
)
from code_books import FakeCodes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from fake_children import FakeChildren
from fake_erasures import FakeErasureBook, FakeKeyStore
from fake_notices import FakeNotices
from fake_outbox import FakeOutbox
from fake_overrides import FakeOverrides
from fake_people import FakePeople, FakePersonKeys
from fake_receipts import FakeReceiptBook
from fake_releases import FakeReleases
from fake_replacements import FakeReplaceable
from fake_rooms import FakeRooms
from fakes import (
    FakeClock,
    FakeDirectory,
    FakeRecorder,
    SeededEntropy,
    run,
)
from rings import a_key_ring

from adapters.sdk.contract import Inbound
from consent.policy import Policy
from gateway.core.acknowledgements import Answering
from gateway.core.answers import Confirmed, Recorded
from gateway.core.callers import Caller
from gateway.core.cases.child_clock import ChildClock
from gateway.core.cases.desk import CaseDesk
from gateway.core.cases.overrides import Overrides
from gateway.core.consents.desk import Actor, Desk, UnknownPerson
from gateway.core.consents.desk_items import Changed
from gateway.core.consents.introductions import Introductions
from gateway.core.crypto.sealed_message import SealedMessage
from gateway.core.crypto.sealing import open_from
from gateway.core.dispatch import Delivered, Dispatch
from gateway.core.erasure.erasing import Erasures
from gateway.core.exchange import Exchange
from gateway.core.notice.notifying import Notifying
from gateway.core.officers import Action, Approval, Officer, Role, officer_head
from gateway.core.oversight.probing_releases import ProbingReleases
from gateway.core.packing import Packing
from gateway.core.room.capacity import Capacity
from gateway.core.signed_receipts import Receipts
from gateway.core.stages import Authenticated, Parcel, Routing
from gateway.core.statistics.releases import Releases
from schemas.documents import Document, Json
from schemas.vocabulary import DeliveryMode, FunctionClass, Ground, Purpose, Urgency

HILL, BAY, NORTH, ADVOCATE = "hill-shelter", "bay-shelter", "north-shelter", "open-door"
SHELTERS = (SHELTER, HILL, BAY, NORTH)
ENFORCERS = "border-command"
MEDIA_TYPE = "application/vnd.referral-gateway.referral+json"
KEYS = a_key_ring("the line")


@dataclass
class Line:
    """What a test acts on, and what it looks at afterwards; the fields after `policy` are made from the ones before."""

    book: Book = field(default_factory=Book)
    clock: FakeClock = field(default_factory=FakeClock)
    adapters: FakeAdapters = field(default_factory=FakeAdapters)
    remembers: bool = False
    policy: Policy = field(default_factory=Policy)
    requests: int = 0

    def __post_init__(self) -> None:
        entropy, book, clock = SeededEntropy(), self.book, self.clock
        self.directory = FakeDirectory(book, remembers=self.remembers)
        self.person_keys = FakePersonKeys(entropy)
        self.people = FakePeople(book, keys=self.person_keys, remembers=self.remembers, directory=self.directory)
        self.recorder = FakeRecorder(book, clock)
        packing = Packing(self.adapters, KEYS, entropy, timedelta(minutes=self.policy.delivery_jitter_minutes))
        directory, people, person_keys, recorder = self.directory, self.people, self.person_keys, self.recorder
        policy, outbox = self.policy, FakeOutbox(book)
        self.rooms = FakeRooms(book, directory.agreements.keys())
        self.exchange = Exchange(
            *(self.adapters, directory, people, person_keys, KEYS, packing, policy, clock, entropy, recorder),
            *(self.rooms, FakeReplaceable(book)),
        )
        self.desk = Desk(directory, people, person_keys, KEYS, policy, clock, entropy, recorder)
        self.cases = CaseDesk(directory, people, person_keys, KEYS, clock, entropy, recorder, policy)
        self.overrides = Overrides(people, FakeOverrides(book), policy, clock, entropy, recorder)
        self.capacity = Capacity(self.desk, self.rooms)
        self.releases = Releases(self.desk, FakeReleases(book))
        self.children = ChildClock(self.desk, FakeChildren(book))
        self.notices = FakeNotices(book)
        notifying = Notifying(self.adapters, KEYS, self.notices, entropy)
        self.dispatch = Dispatch(
            directory, people, person_keys, outbox, KEYS, policy, clock, entropy, recorder, notifying
        )
        receipts = Receipts(FakeReceiptBook(book), person_keys, clock, entropy)
        self.answering = Answering(KEYS, clock, entropy, self.recorder, self.notices, receipts)
        self.key_store, self.erasure_book = FakeKeyStore(person_keys.keys), FakeErasureBook(book)
        self.erasures = Erasures(self.desk, self.erasure_book, self.key_store)
        self.probing = ProbingReleases(self.desk, self.erasure_book)
        self.codes = FakeCodes(book)
        self.introductions = Introductions(self.desk, self.codes)

    def caller(self, agency: str = POLICE) -> Caller:
        """Return an agency's system with a fresh proof."""
        self.requests += 1
        return a_caller(agency, proof=f"proof {self.requests}")

    def key(self) -> str:
        """Return an idempotency key nobody used yet."""
        self.requests += 1
        return f"key-{self.requests:08d}"

    def asked(self, document: Mapping[str, Json] | None = None, **changes: object) -> Authenticated:
        """Return the police asking to refer her to the shelter, with a fresh proof and an idempotency key of its own.

        Keywords change the routing, or else the request.
        """
        caller = self.caller()
        routing: dict[str, object] = {
            "recipient": SHELTER,
            "purpose": Purpose.ACCOMMODATION,
            "urgency": Urgency.URGENT,
            "ground": Ground.CONSENT,
            "idempotency_key": f"key {self.requests}",
            "capacity": None,
            "replaces": None,
        }
        routing |= {name: changes.pop(name) for name in list(changes) if name in routing}
        body = json.dumps(document if document is not None else a_referral()).encode()
        asked = Authenticated(caller, Routing(**routing), Inbound(body, MEDIA_TYPE), None)
        return replace(asked, **changes)

    def accept(self, document: Mapping[str, Json] | None = None, **changes: object) -> Confirmed:
        """Walk the line with such a request."""
        return run(self.exchange.accept(self.asked(document, **changes)))

    def told(self, document: Mapping[str, Json] | None = None, **changes: object) -> Document:
        """Walk the line and return what the sender is told."""
        outcome = self.accept(document, **changes)
        assert isinstance(outcome, Recorded)
        return outcome.answer

    def says(self, agency: str = POLICE, **changes: Json) -> str:
        """Record what she says, by default yes to the shelter; return the consent's id."""
        actor = Actor(agency, self.caller(agency))
        outcome = run(self.desk.record(actor, a_consent_document(**changes), f"key {self.requests}"))
        assert isinstance(outcome, Recorded)
        return str(outcome.answer["consent"])

    def takes_back(
        self, consent: str | None = None, agency: str = POLICE, reference: str = PERSON_REF
    ) -> Changed | UnknownPerson:
        """Take back one consent, or all."""
        outcome = run(self.desk.withdraw(Actor(agency, self.caller(agency)), reference, consent))
        assert isinstance(outcome, Changed | UnknownPerson)
        return outcome

    def approval(self, subject: str, action: Action = Action.CONFIRM_CONSENT) -> Approval:
        """Return what a step-up of a second person of no agency would have made."""
        officer = Officer("0FF1CERSEC0ND0000000000000", None, frozenset({Role.SECOND_APPROVER}))
        return Approval(officer, action, subject, self.clock.now(), self.book.head(officer_head(officer.id)))

    def confirms(self, consent: str) -> Changed | UnknownPerson:
        """Let a second person confirm a consent."""
        outcome = run(self.desk.confirm(self.approval(consent)))
        assert isinstance(outcome, Changed | UnknownPerson)
        return outcome

    def fetch(self, agency: str = SHELTER, limit: int = 10) -> tuple[Delivered, ...]:
        """Let an agency fetch what waits for it."""
        outcome = run(self.dispatch.lease(self.caller(agency), limit))
        assert isinstance(outcome, tuple)
        return outcome

    @property
    def parcel(self) -> Parcel:
        """The one parcel in the outbox."""
        [kept] = self.book.parcels.values()
        return kept.parcel

    def leaves(self, kind: str = "") -> list[dict[str, Json]]:
        """Every leaf of the log whose type begins like this, decoded."""
        decoded = [json.loads(leaf.content) for leaf in self.book.leaves]
        return [leaf for leaf in decoded if leaf["type"].startswith(kind)]


def a_line(**changes: object) -> Line:
    """Return a line in which all agencies and agreements stand."""
    line = Line(**changes)
    line.directory.put(an_agency())
    line.directory.put(an_agency(ADVOCATE, FunctionClass.PSYCHOSOCIAL))
    line.directory.put(an_agency(ENFORCERS, FunctionClass.IMMIGRATION_ENFORCEMENT))
    for shelter in SHELTERS:
        line.directory.put(an_agency(shelter, FunctionClass.SHELTER))
        line.directory.agree(an_agreement(id=f"agreement-{shelter}", recipient=shelter))
    return line


def with_sealing(line: Line, shelter: str = SHELTER) -> X25519PrivateKey:
    """Let a shelter fetch its messages sealed to a key of its own; return the private half."""
    private = X25519PrivateKey.from_private_bytes(SHELTER_KEY)
    key = a_recipient_key(private.public_key().public_bytes_raw())
    sealed = an_agency(shelter, FunctionClass.SHELTER, delivery=DeliveryMode.SEALED_PULL, sealing_key=key)
    line.directory.put(sealed)
    return private


def opened(delivered: Delivered, private: X25519PrivateKey | None = None, recipient: str = SHELTER) -> dict[str, Json]:
    """Read a message as its recipient does: envelope and document."""
    body = delivered.body
    if private is not None:
        body = open_from(private, KEYS.message_public_key(), recipient, SealedMessage.from_bytes(body))
    message = json.loads(body)
    assert isinstance(message, dict)
    return message

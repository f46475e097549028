"""The line: one referral from the sender's bytes to a sealed parcel, read top to bottom.

`prepare` holds no lock and opens no transaction, so no adapter and no cryptography ever runs under one. It notes the
versions of everything it rested on. What it made is confirmed inside the writer's transaction (`gateway.core.confirm`):
unchanged and still holding, it is written whole; changed, it is prepared again. So no withdrawal slips between decision
and record. The way onward, from the outbox to the recipient, is `gateway.core.dispatch`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from adapters.sdk.contract import ParsedRevocation
from adapters.sdk.errors import AdapterError
from consent.age import age_status
from consent.decision import Refusal, decide
from consent.minimise import MinimalDocument, Projection, minimise, projected
from consent.policy import Policy
from consent.reasons import Reason
from gateway.core import receipts
from gateway.core.access.token_details import Act
from gateway.core.adapter_ports import Adapters, NoAdapterError, SystemAdapter
from gateway.core.agencies import Agency
from gateway.core.answers import ROUNDS, Confirmed, Stale
from gateway.core.beats import AT_ONCE, Beat, says_no
from gateway.core.callers import Caller
from gateway.core.confirm import Accept, Revoke
from gateway.core.crypto.blind import blind_person_ref, blind_sender_reference
from gateway.core.crypto.keys import KeyRing
from gateway.core.crypto.pseudonyms import referral_id
from gateway.core.decision_leaves import lock_leaf, permit_leaf, refusal_leaf
from gateway.core.dossiers import Crowd, Way, records, way
from gateway.core.errors import Defect, OperatorError, RecipientError
from gateway.core.heads import Head, binding_head
from gateway.core.known import KnownPerson
from gateway.core.log.anchors import HELD_HERE, Outside
from gateway.core.log.leaves import PersonSecret, sealed_leaf
from gateway.core.notice.notifying import plan
from gateway.core.packing import Packing, with_pseudonym
from gateway.core.ports import Clock, Directory, Entropy, People, PersonKeys, Recorder
from gateway.core.preview_digests import preview_digest
from gateway.core.probing import Tries, counted_by, locks, strike, tries_of
from gateway.core.reading import Read, read
from gateway.core.recognising import idempotency_of, own_reference
from gateway.core.records.replacements import Replaceable
from gateway.core.replacing import NOTHING, Correction, corrected, found
from gateway.core.room.rooms import Room, Rooms, room_said
from gateway.core.stages import Authenticated, Prepared, Stated, Strike
from gateway.core.statistics.crowds import likenesses
from schemas.documents import CompiledProfile, Document
from schemas.notice_codes import NoticeKind
from schemas.profiles import present
from schemas.validation import satisfies
from schemas.vocabulary import Ground

UNREACHABLE: Final = (AdapterError, RecipientError, NoAdapterError)
"""What a recipient's side raises that cannot be written to or sealed to now."""

_Made = TypeVar("_Made")
_ANY_PSEUDONYM = "0" * 27


@dataclass(frozen=True, slots=True)
class Case:
    """One referral with everything on record about it, as it was at one moment."""

    asked: Authenticated
    at: datetime
    route: Way
    read: Read
    person: KnownPerson | None
    unbound: Head
    tries: Tries
    stated: Stated
    room: Room

    @property
    def heads(self) -> tuple[Head, ...]:
        """The versions of all of it; where nobody is known, that of the reference, which leads to nobody yet."""
        of_her = self.person.heads if self.person else (self.unbound,)
        return (*self.route.heads, *self.tries.heads, *self.room.heads, *of_her)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The first half of the line: a document, and what of it this recipient may have, or why it may have nothing."""

    case: Case
    outcome: MinimalDocument | Refusal


@dataclass(frozen=True, slots=True)
class Exchange:
    """The line and what it is connected to."""

    adapters: Adapters
    directory: Directory
    people: People
    person_keys: PersonKeys
    keys: KeyRing
    packing: Packing
    policy: Policy
    clock: Clock
    entropy: Entropy
    recorder: Recorder
    rooms: Rooms
    replaceable: Replaceable
    beat: Beat = AT_ONCE
    outside: Outside = HELD_HERE

    async def accept(self, asked: Authenticated) -> Confirmed:
        """Walk the line and answer after the commit, a no on the beat.

        Raises AdapterError or SchemaViolationError for a document that is wrong: nothing of it is stored, and the
        caller still has to use up its proof (`UseProof`). Raises OperatorError while nobody outside sees the log.
        """
        begun = self.beat.begun()
        outcome = await self._confirmed(asked)
        if says_no(outcome):
            await self.beat.next(begun)
        return outcome

    async def _confirmed(self, asked: Authenticated) -> Confirmed:
        for _ in range(ROUNDS):
            outcome = await self.recorder.record(await self.aside(asked, lambda: self.prepare(asked)))
            if not isinstance(outcome, Stale):
                return outcome
            self.people.forget(outcome.heads)
        raise OperatorError("the records a decision rests on keep changing")

    async def aside(self, asked: Authenticated, work: Callable[[], _Made]) -> _Made:
        """Do work that asks the adapters of both sides, on a thread where one of them has to be waited for."""
        sides = (asked.caller.agency, asked.routing.recipient)
        return await self.adapters.aside(
            lambda: [agency.adapter for agency in map(self.directory.agency, sides) if agency is not None], work
        )

    def prepare(self, asked: Authenticated) -> Accept | Revoke:
        """Read, decide, and for a permit cut down, pseudonymise, render and seal. No lock, no transaction.

        Raises OutsideDetailsError, before any record is read, for an act the token's details do not allow. Nobody but
        the sender hears of it before a permit is confirmed: there is no earlier contact (C-04).
        """
        weighed = self.weighed(asked, Act.SEND)
        if isinstance(weighed, ParsedRevocation):
            return self._revocation(asked, self._agency_of(asked.caller), weighed.sender_reference)
        case, outcome = weighed.case, weighed.outcome
        if isinstance(outcome, Refusal):
            return Accept(self._refused(case, outcome))
        shown = asked.routing.preview
        try:
            if shown is not None and shown != self.preview_digest(case, outcome):  # M-13
                return Accept(self._refused(case, Refusal((Reason.PREVIEW_DIFFERS,), case.at)))
            return self._accepted(case, outcome)
        except UNREACHABLE:  # Nothing may leave unlogged, and a failure here would tell that she agreed.
            return Accept(self._refused(case, Refusal((Reason.RECIPIENT_UNREACHABLE,), case.at)))

    def _accepted(self, case: Case, minimal: MinimalDocument) -> Accept:
        """Permit it; a correction only where there is something of the sender's to correct (A-03)."""
        routing, person = case.asked.routing, case.person
        if person is None or not (routing.replaces or routing.replaces_newest):
            return Accept(self._permitted(case, minimal))
        named = found(self.replaceable, self.keys, case.route.sender.id, routing, case.read.sender_reference)
        corrects = named.about(routing, person)
        if corrects.earlier is None and routing.replaces:
            return Accept(self._refused(case, Refusal((Reason.NOTHING_TO_REPLACE,), case.at)))
        notices = plan(self.entropy, self.policy, NoticeKind.RECTIFICATION)
        return Accept(self._permitted(case, minimal, corrects), notices if corrects.earlier else None)

    def weighed(self, asked: Authenticated, act: Act) -> Weighed | ParsedRevocation:
        """Read the document, gather what is on record, decide, and for a permit cut down: all that a preview shows."""
        sender = self._agency_of(asked.caller)
        document = read(asked, self.adapters.of(sender.adapter))
        if not isinstance(document, Read):
            return document
        if act is Act.SEND:  # What takes something back has to wait for nobody.
            self.outside.require(asked.routing.ground)
        asked.caller.require_within(act, asked.routing.recipient, asked.routing.purpose)
        case = self._case(asked, sender, document)
        return Weighed(case, self._cut_down(case))

    def preview_digest(self, case: Case, minimal: MinimalDocument) -> str:
        """Name what would leave, so that what is sent can be held against what was previewed (M-13)."""
        recipient = case.route.recipient
        if recipient is None:
            raise Defect("a permit without a recipient")
        manifest = self.adapters.of(recipient.adapter).manifest
        return preview_digest(self.keys, minimal, f"{manifest.key}/{manifest.version}", self.policy.digest)

    def adapter_of(self, caller: Caller) -> SystemAdapter:
        """Return the adapter that speaks the caller's format."""
        return self.adapters.of(self._agency_of(caller).adapter)

    def _agency_of(self, caller: Caller) -> Agency:
        sender = self.directory.agency(caller.agency)
        if sender is None:
            raise Defect("a client without an agency was authenticated")
        return sender

    def _case(self, asked: Authenticated, sender: Agency, document: Read) -> Case:
        """Gather what is on record, with its versions, as of now."""
        route = way(self.directory, sender, asked.routing.recipient, asked.routing.purpose)
        blind = blind_person_ref(self.keys, sender.id, document.person_ref)
        person = self.people.asked_about(blind)
        tries = tries_of(self.people, counted_by(self.keys, asked.caller.client_id, document.person_ref, person, blind))
        now = self.clock.now()
        stated = Stated(present(document.valid.document), age_status(document.valid, now.date()), asked.routing.ground)
        room = room_said(self.rooms, asked.routing, sender.id, self.policy, now)
        return Case(asked, now, route, document, person, Head(binding_head(blind), 0), tries, stated, room)

    def _cut_down(self, case: Case) -> MinimalDocument | Refusal:
        """Decide, and for a permit cut down. What a permit leaves must still satisfy the closed profile."""
        valid, profile, today = case.read.valid, case.route.profile, case.at.date()
        projection = None if profile is None else projected(valid, profile, today)
        sufficient = projection is not None and _satisfies(projection.document, projection.profile)
        disclosure = case.route.disclosure(case.stated, sufficient=sufficient, room=case.room.holds)
        locked, tried = locks(self.people, self.policy, case)
        crowd = {} if projection is None else self._crowd(case, projection)
        dossier = records(case.route, case.person, locked=locked, crowd=crowd, tried=tried)
        decision = decide(disclosure, dossier, self.policy, case.at)
        if isinstance(decision, Refusal):
            return decision
        minimal = minimise(valid, decision, projection)
        as_offered = projection is not None and minimal.document is projection.document
        if not as_offered and not _satisfies(minimal.document, decision.profile):
            # C-01: what she agreed to leaves too little to act on.
            return Refusal((Reason.REQUIRED_NOT_COVERED,), case.at)
        return minimal

    def _crowd(self, case: Case, projection: Projection) -> Crowd:
        """Count who looks like her by what a notice would tell, she included (P-05); for other grounds nobody."""
        if case.stated.ground is not Ground.DUTY_TO_NOTIFY or case.person is None:
            return {}
        alike = likenesses(self.keys, case.read.valid, projection, case.stated.carries)
        return {told: 1 + self.people.alike(likeness, case.person.everyone) for told, likeness in alike.items()}

    def _likenesses(self, case: Case) -> tuple[bytes, ...]:
        """Return what she is counted by from now on: for a notice that may be asked for at all."""
        if case.stated.ground is not Ground.DUTY_TO_NOTIFY or case.route.profile is None:
            return ()
        projection = projected(case.read.valid, case.route.profile, case.at.date())
        return (*likenesses(self.keys, case.read.valid, projection, case.stated.carries).values(),)

    def _permitted(self, case: Case, minimal: MinimalDocument, corrects: Correction = NOTHING) -> Prepared:
        recipient, person, permit = case.route.recipient, case.person, minimal.permit
        if recipient is None or person is None:
            raise Defect("a permit without a recipient or a person")
        secret = PersonSecret(person.id, self.person_keys.of(person.id))
        referral = referral_id(case.at, self.entropy.bytes(10))
        route = (case.route.sender, recipient)
        packed = self.packing.pack(minimal, route, secret, referral, case.asked.routing.urgency, case.stated)
        return Prepared(
            asked=case.asked,
            referral=referral,
            decision=permit,
            heads=case.heads,
            leaf=permit_leaf(self.entropy, permit, packed, case.asked, secret, self.policy.digest, corrects.version),
            answer=corrected(receipts.permitted(referral, permit, packed.parcel.sends, case.stated.carries), corrects),
            idempotency=idempotency_of(self.keys, case.asked),
            parcel=packed.parcel,
            reference=own_reference(
                self.keys, self.entropy, case.read.sender_reference, case.route.sender.id, referral, secret
            ),
            likenesses=self._likenesses(case),
            takes=case.room.taken,
            replaces=corrects.earlier,
            newest=corrects.newest,
            attachments=packed.attachments,
        )

    def _refused(self, case: Case, refusal: Refusal) -> Prepared:
        referral = referral_id(case.at, self.entropy.bytes(10))
        return Prepared(
            asked=case.asked,
            referral=referral,
            decision=refusal,
            heads=case.heads,
            leaf=refusal_leaf(self.entropy, refusal, case.route, case.asked, case.person, self.policy.digest, referral),
            answer=receipts.refused(referral, refusal),
            idempotency=idempotency_of(self.keys, case.asked),
            strike=self.strike(case, refusal),
            likenesses=self._likenesses(case) if Reason.NOTICE_TOO_SINGULAR in refusal.reasons else (),
        )

    def strike(self, case: Case, refusal: Refusal) -> Strike | None:
        """Return what a refusal counts against whoever asked; None where it says nothing of her record."""
        person, sides = case.person.id if case.person else None, (case.route.sender.id, case.asked.routing.recipient)
        return strike(case.tries, refusal, sides, lambda: lock_leaf(self.entropy, case.route, case.at, person))

    def _revocation(self, asked: Authenticated, sender: Agency, reference: str) -> Revoke:
        leaf = sealed_leaf(self.entropy, "referral.revoked", self.clock.now(), {"sender": sender.id})
        blind = blind_sender_reference(self.keys, sender.id, reference)
        notices = plan(self.entropy, self.policy, NoticeKind.WITHDRAWAL)
        return Revoke(asked.caller, sender.id, blind, leaf, idempotency_of(self.keys, asked), notices)


def _satisfies(document: Document, profile: CompiledProfile) -> bool:
    return satisfies(with_pseudonym(document, profile, _ANY_PSEUDONYM), profile.name)

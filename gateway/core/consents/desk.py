"""Recording what a person agreed to, and stopping everything when she takes it back.

A person comes into being here and nowhere else: by the first consent about her, under a random id. A withdrawal needs
no reason, works by any agency bound to her, goes before everything that waits, and stops what is in flight in its own
transaction (C-09).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal, TypeAlias

from consent.policy import Policy
from consent.records import ENDED, Consent, ConsentEvent, ConsentEventType
from gateway.core.afresh import afresh
from gateway.core.answers import ROUNDS, KeyConflict, NotFresh, Recorded, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.consents import codes
from gateway.core.consents.bindings import sealed_binding
from gateway.core.consents.desk_items import (
    ChangeAnswer,
    ChangeConsents,
    ConsentAnswer,
    FindAnswer,
    FindNothing,
    RecordConsent,
    told_of,
    waiting_row,
    withheld_by,
)
from gateway.core.consents.documents import SCHEMA, ConsentRefusedError, consent_of
from gateway.core.crypto.blind import blind_idempotency, blind_person_ref, request_digest
from gateway.core.crypto.commitments import Committed
from gateway.core.crypto.keys import KeyRing
from gateway.core.crypto.pseudonyms import message_id
from gateway.core.crypto.sealing import NONCE_BYTES, Place, seal_at_rest
from gateway.core.drawn import SEED_BYTES
from gateway.core.errors import OperatorError
from gateway.core.heads import Head, binding_head
from gateway.core.in_flight import Stopping
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import BY_OPERATOR, PersonSecret, sealed_leaf
from gateway.core.notice.notices import NoticePlan
from gateway.core.notice.notifying import plan
from gateway.core.officers import Action, Approval
from gateway.core.ports import Clock, Directory, Entropy, People, PersonKeys, Recorder
from gateway.core.records.code_rows import CodeKind, CodeRow
from gateway.core.rows import ConsentRow, PersonRow
from gateway.core.stages import Idempotency, SealedLeaf
from schemas.canonical import canonical
from schemas.documents import Document, Json
from schemas.notice_codes import NoticeKind
from schemas.validation import validate

_TAKEN_BACK: Final = "taken back"
_Change: TypeAlias = Approval | Literal["taken back"]
"""What may happen to a consent here: she takes it back, or an approval confirms it. Nothing confirms without one."""


@dataclass(frozen=True, slots=True)
class UnknownPerson:
    """Nobody is bound to that reference, or no such consent is hers; one answer for all."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an agency's system with its proof, or an officer, or the operator at the gateway's own socket."""

    agency: str
    caller: Caller | None
    officer: str | None = None

    @property
    def scope(self) -> str:
        """Whose idempotency keys are meant."""
        if self.caller is not None:
            return self.caller.client_id
        return "" if self.officer is None else f"officer:{self.officer}"

    @property
    def by(self) -> dict[str, Json]:
        """Which officer, or that the operator, acts in an agency's name, as an entry of the log says it."""
        if self.caller is not None:
            return {}
        return {"officer": self.officer} if self.officer else BY_OPERATOR

    @property
    def named(self) -> dict[str, Json]:
        """Who acts, as an entry of the log says it: for which agency, and by whom."""
        return {"sender": self.agency, **self.by}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where consents are written down and taken back."""

    directory: Directory
    people: People
    person_keys: PersonKeys
    keys: KeyRing
    policy: Policy
    clock: Clock
    entropy: Entropy
    recorder: Recorder

    async def record(self, actor: Actor, document: Document, idempotency_key: str) -> ConsentAnswer:
        """Write down one consent, given or refused alike (C-12).

        Raises SchemaViolationError or ConsentRefusedError for one that may not be recorded.
        """
        for _ in range(ROUNDS):
            item = self._recording(actor, document, idempotency_key)
            outcome = await self.recorder.record(item)
            if item.new is not None and not isinstance(outcome, Recorded):
                self.person_keys.discard(item.person)
            if isinstance(outcome, Recorded | Repeated) and item.code is not None:
                return self._with_code(outcome)
            if not isinstance(outcome, Stale):
                return outcome
            self.people.forget(outcome.heads)
        raise OperatorError("the record of a person keeps changing")

    async def confirm(self, approval: Approval) -> ChangeAnswer | UnknownPerson:
        """A second person confirms the consent the approval is of (C-19); whether it is one, `seconding` has asked.

        There is no other way to confirm, at the gateway's own socket neither.
        """
        approval.require(Action.CONFIRM_CONSENT, approval.subject)
        find = partial(self.people.of_consent, approval.subject)
        by = Actor("", None, approval.officer.id)
        return await self._change(by, find, approval.subject, approval)

    async def withdraw(
        self, actor: Actor, person_ref: str, consent: str | None, idempotency_key: str = ""
    ) -> ChangeAnswer | UnknownPerson:
        """Take back one consent of hers, or all, for an agency bound to her (C-09).

        With a key, a repeated request gets its first answer.
        """
        blind = blind_person_ref(self.keys, actor.agency, person_ref)
        found = partial(self.people.known, blind)
        idempotency = None
        if idempotency_key:
            said = request_digest(self.keys, blind, (consent or "").encode())
            key = blind_idempotency(self.keys, actor.scope, "withdrawals", idempotency_key)
            idempotency = Idempotency(key, said)
        return await self._change(actor, found, consent, _TAKEN_BACK, idempotency)

    async def withdraw_one(self, consent: str) -> ChangeAnswer | UnknownPerson:
        """Take back one consent at the gateway's own socket.

        Her word reached the operator by another channel (C-09).
        """
        return await self._change(Actor("", None), lambda: self.people.of_consent(consent), consent, _TAKEN_BACK)

    async def withdraw_from(
        self, caller: Caller, person: bytes, consent: str | None, idempotency: Idempotency
    ) -> ChangeAnswer | UnknownPerson:
        """Take back one consent of hers, or all, for whoever showed the code of her receipt (C-09)."""
        by = Actor(caller.agency, caller)
        return await self._change(by, lambda: self.people.person(person), consent, _TAKEN_BACK, idempotency)

    def _with_code(self, outcome: Recorded | Repeated) -> Recorded | Repeated:
        """Tell the code of her receipt: made again from the consent's id, kept nowhere (C-18)."""
        code = codes.made(self.keys, CodeKind.RECEIPT, str(outcome.answer["consent"]).encode())
        return replace(outcome, answer={**outcome.answer, "withdrawal_code": codes.written(code)})

    def _code(self, consent: str, person: bytes) -> CodeRow:
        code = codes.made(self.keys, CodeKind.RECEIPT, consent.encode())
        return CodeRow(codes.digest(self.keys, CodeKind.RECEIPT, code), CodeKind.RECEIPT, person, consent, None)

    def shown(self, agency: str, person_ref: str) -> tuple[Consent, ...] | UnknownPerson:
        """Return how the consents of hers that concern this agency as discloser stand now."""
        blind = blind_person_ref(self.keys, agency, person_ref)
        person = afresh(self.people, partial(self.people.known, blind))
        if person is None:
            return UnknownPerson()
        return tuple(consent for consent in person.consents if consent.discloser == agency)

    def shown_one(self, consent: str) -> Consent | UnknownPerson:
        """Return how one consent stands now."""
        person = afresh(self.people, partial(self.people.of_consent, consent))
        found = person.consents if person else ()
        return next((one for one in found if one.id == consent), UnknownPerson())

    def _recording(self, actor: Actor, document: Document, idempotency_key: str) -> RecordConsent:
        """Prepare a recording: check, seal, name the heads it rests on."""
        valid, now = validate(document, SCHEMA), self.clock.now()
        consent = consent_of(valid, message_id(self.entropy.bytes(16)), self.directory, self.policy, now)
        if consent.discloser != actor.agency:
            # Another agency's reference is bound by an introduction code only.
            raise ConsentRefusedError("/discloser", "C-03")
        person_ref = str(valid.document["person_ref"])
        blind = blind_person_ref(self.keys, actor.agency, person_ref)
        known = self.people.known(blind)
        person, heads = (known.id, known.heads) if known else (self.entropy.bytes(16), (Head(binding_head(blind), 0),))
        data_key = self.person_keys.of(person) if known else self.person_keys.create(person)
        secret, written = PersonSecret(person, data_key), canonical(valid.document)
        binding = sealed_binding(self.entropy, secret, blind, actor.agency, person_ref)
        event = ConsentEvent(ConsentEventType.RECORDED, now, consent)
        sealed = self._sealed(secret, "consent_event", consent.id.encode(), written)
        fields: dict[str, Json] = {
            **actor.named,
            "recipient": consent.recipient,
            "outcome": consent.state,
        }
        return RecordConsent(
            caller=actor.caller,
            heads=heads,
            person=person,
            new=None if known else (PersonRow(person), binding),
            row=ConsentRow(consent.id, person, event, sealed),
            leaf=sealed_leaf(
                self.entropy, "consent.recorded", now, fields, {"content": (Committed.RECORD, written)}, secret
            ),
            answer=told_of(consent, now),
            idempotency=Idempotency(
                blind_idempotency(self.keys, actor.scope, "consents", idempotency_key),
                request_digest(self.keys, written),
            ),
            waiting=waiting_row(consent, valid, actor.officer, now),
            code=self._code(consent.id, person) if valid.document.get("safe_to_give") is True else None,  # C-18
            withheld=withheld_by(consent, known, self.withdrawal_notices),  # C-15
        )

    async def _change(
        self,
        actor: Actor,
        find: Callable[[], KnownPerson | None],
        consent: str | None,
        change: _Change,
        idempotency: Idempotency | None = None,
    ) -> ChangeAnswer | UnknownPerson:
        """Append an event to one consent or to all that still stand.

        Goes before everything that waits when it stops things.
        """
        for _ in range(ROUNDS):
            person = afresh(self.people, find)
            item = None if person is None else self._changing(actor, person, consent, change, idempotency)
            if item is None:
                return await self._nothing(actor.caller, idempotency)
            outcome = await self.recorder.record(item, urgent=item.stops)
            self.people.forget([head.id for head in item.heads])
            if not isinstance(outcome, Stale):
                return outcome
        raise OperatorError("the record of a person keeps changing")

    async def _nothing(
        self, caller: Caller | None, idempotency: Idempotency | None
    ) -> UnknownPerson | Repeated | KeyConflict | NotFresh:
        found: Repeated | KeyConflict | NotFresh | None = None
        if caller is not None:
            found = await self.recorder.record(FindNothing(caller, idempotency))
        elif idempotency is not None:
            found = await self.recorder.record(FindAnswer(idempotency))
        return found or UnknownPerson()

    def _changing(
        self,
        actor: Actor,
        person: KnownPerson,
        wanted: str | None,
        change: _Change,
        idempotency: Idempotency | None,
    ) -> ChangeConsents | None:
        """Prepare the change; None where there is nothing to change."""
        now, approval = self.clock.now(), change if isinstance(change, Approval) else None
        kind = ConsentEventType.CONFIRMED if approval else ConsentEventType.WITHDRAWN
        chosen = [consent for consent in person.consents if consent.state not in ENDED and wanted in {None, consent.id}]
        if not chosen:
            return None
        rows = tuple(
            ConsentRow(consent.id, person.owner(consent.id), ConsentEvent(kind, now), None) for consent in chosen
        )
        leaf = sealed_leaf(self.entropy, f"consent.{kind}", now, actor.by)
        return ChangeConsents(
            actor.caller,
            person.heads,
            person.everyone,
            rows,
            SealedLeaf(leaf.event, leaf.content, person.id),
            stopping=None if approval else self.stopping(kind),
            idempotency=idempotency,
            notices=None if approval else self.withdrawal_notices(),
            approval=approval,
        )

    def stopping(self, kind: ConsentEventType) -> Stopping:
        """Prepare for writing down what that event keeps from leaving (C-09)."""
        return Stopping(f"consent.{kind}", self.entropy.bytes(SEED_BYTES))

    def withdrawal_notices(self) -> NoticePlan:
        """Prepare for telling everybody who received something that it was taken back (C-10)."""
        return plan(self.entropy, self.policy, NoticeKind.WITHDRAWAL)

    def _sealed(self, secret: PersonSecret, table: str, subject: bytes, value: bytes) -> bytes:
        return seal_at_rest(secret.data_key, Place(table, "sealed", subject, 1), value, self.entropy.bytes(NONCE_BYTES))

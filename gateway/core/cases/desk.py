"""Recording what is known about a person beside her consents (schema case_event/1.0), and stopping what it ends.

An agency names her by its own reference. A person may come into being here only by a fact that is or leads to a legal
basis other than her consent (`gateway.core.cases.rights.BEGINNINGS`). Who may record what stands in
`gateway.core.cases.rights`; what needs a second person is not recorded here. Decides nothing about disclosures.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from consent.case import CaseEvent, case_of
from consent.errors import UnreadableRecordError
from consent.policy import Policy
from consent.records import ENDED, ConsentEvent, ConsentEventType
from consent.reflection import earliest_end, may_not_be_removed
from gateway.core.afresh import afresh
from gateway.core.agencies import Agency
from gateway.core.answers import ROUNDS, Recorded, Stale
from gateway.core.cases.endings import ending_of
from gateway.core.cases.events import SCHEMA, event_in, readable, sealed_terms
from gateway.core.cases.items import CaseAnswer, Ending, FindRepeated, RecordCaseEvent
from gateway.core.cases.rights import BEGINNINGS, RECORDERS, CaseRefusedError, Recording, check
from gateway.core.consents.bindings import sealed_binding
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import FindNothing
from gateway.core.consents.narrowing import only_withheld
from gateway.core.crypto.blind import blind_idempotency, blind_person_ref, request_digest
from gateway.core.crypto.commitments import Committed
from gateway.core.crypto.keys import KeyRing
from gateway.core.crypto.pseudonyms import message_id
from gateway.core.crypto.sealing import NONCE_BYTES
from gateway.core.errors import OperatorError
from gateway.core.heads import Head, binding_head, person_head
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import PersonSecret, sealed_leaf
from gateway.core.notice.notices import NoticePlan
from gateway.core.notice.notifying import plan
from gateway.core.ports import Clock, Directory, Entropy, People, PersonKeys, Recorder
from gateway.core.rows import BindingRow, CaseEventRow, ConsentRow, PersonRow
from gateway.core.stages import Idempotency, SealedLeaf
from schemas.canonical import canonical
from schemas.case_codes import CaseEventType
from schemas.documents import Document
from schemas.notice_codes import NoticeKind
from schemas.validation import validate
from schemas.vocabulary import Purpose

_TOLD = {
    CaseEventType.PROCESSING_RESTRICTED: NoticeKind.RESTRICTION,
    CaseEventType.NRM_WITHDRAWN: NoticeKind.WITHDRAWAL,
    CaseEventType.RESTRICTION_SET: NoticeKind.NARROWING,
}
"""What past recipients are told of, and as what."""


@dataclass(frozen=True, slots=True)
class _Told:
    """One valid document from one agency, with how a repetition of it is recognised."""

    actor: Actor
    by: Agency
    person_ref: str
    written: bytes
    type: CaseEventType
    terms: Document
    idempotency: Idempotency


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """Where facts about people are written down."""

    directory: Directory
    people: People
    person_keys: PersonKeys
    keys: KeyRing
    clock: Clock
    entropy: Entropy
    recorder: Recorder
    policy: Policy

    async def record(self, actor: Actor, document: Document, idempotency_key: str) -> CaseAnswer | UnknownPerson:
        """Write down one fact about the person the agency names so.

        Raises SchemaViolationError or CaseRefusedError for one that may not be recorded.
        """
        told = self._told(actor, document, idempotency_key)
        blind = blind_person_ref(self.keys, actor.agency, told.person_ref)
        for _ in range(ROUNDS):
            try:
                item = self._recording(told, blind, self._known_now(actor.agency, told.person_ref))
            except CaseRefusedError:
                earlier = await self.recorder.record(FindRepeated(actor.caller, told.idempotency))
                if earlier is None:
                    raise
                return earlier
            if item is None:
                return await self._nothing(told)
            outcome = await self.recorder.record(item, urgent=item.stops)
            self.people.forget([head.id for head in item.heads])
            if item.new is not None and not isinstance(outcome, Recorded):
                self.person_keys.discard(item.row.person)
            if not isinstance(outcome, Stale):
                return outcome
        raise OperatorError("the record of a person keeps changing")

    def shown(self, agency: str, person_ref: str) -> tuple[CaseEvent, ...] | UnknownPerson:
        """Return what this agency itself recorded about her, oldest first: what others recorded is not told."""
        person = self._known_now(agency, person_ref)
        if person is None:
            return UnknownPerson()
        return tuple(readable(event) for event in person.facts if event.by == agency)

    def reflection(self, agency: str, person_ref: str) -> Document:
        """Return what her case carries for the protection function, whoever began it; to others nothing (F-04).

        One member, `reflection`: the first day on which it may be over, and whether she may not be removed today.
        """
        by, person = self.directory.agency(agency), self._known_now(agency, person_ref)
        if by is None or person is None or by.function not in RECORDERS[CaseEventType.REFLECTION_STARTED]:
            return {}
        end = earliest_end(person.case, self.policy)
        stays = may_not_be_removed(person.case, self.policy, self.clock.now().date())
        return {} if end is None else {"reflection": {"earliest_end": end.isoformat(), "may_not_be_removed": stays}}

    def _known_now(self, agency: str, person_ref: str) -> KnownPerson | None:
        blind = blind_person_ref(self.keys, agency, person_ref)
        return afresh(self.people, partial(self.people.known, blind))

    def _told(self, actor: Actor, document: Document, idempotency_key: str) -> _Told:
        valid = validate(document, SCHEMA).document
        by = self.directory.agency(actor.agency)
        if by is None:
            raise CaseRefusedError("", "M-02")
        if "person_ref" not in valid:
            raise CaseRefusedError("/person_ref", "required")
        kind, terms = event_in(valid)
        written = canonical(valid)
        key = blind_idempotency(self.keys, actor.scope, "case-events", idempotency_key)
        idempotency = Idempotency(key, request_digest(self.keys, written))
        return _Told(actor, by, str(valid["person_ref"]), written, kind, terms, idempotency)

    async def _nothing(self, told: _Told) -> CaseAnswer | UnknownPerson:
        """Answer about a person nobody knows."""
        caller = told.actor.caller
        found = await self.recorder.record(FindNothing(caller, told.idempotency)) if caller else None
        return found or UnknownPerson()

    def _recording(self, told: _Told, blind: bytes, known: KnownPerson | None) -> RecordCaseEvent | None:
        """Prepare the recording; None for a person nobody knows, by a fact that makes nobody known."""
        if known is None and told.type not in BEGINNINGS:
            return None
        now, number = self.clock.now(), message_id(self.entropy.bytes(16))
        event = CaseEvent(number, told.type, now, told.by.id, {**told.terms, **_named(told.type, number)})
        self._check(told, event, known)
        person = known.id if known else self.entropy.bytes(16)
        data_key = self.person_keys.of(person) if known else self.person_keys.create(person)
        secret = PersonSecret(person, data_key)
        ending = ending_of(event, known, self.entropy)
        withdrawn = self._withdrawn(event, known) if ending else ()
        return RecordCaseEvent(
            caller=told.actor.caller,
            heads=known.heads if known else (Head(binding_head(blind), 0),),
            person_head=person_head(person),
            new=None if known else (PersonRow(person), self._binding(told, blind, secret)),
            row=CaseEventRow(person, readable(event), sealed_terms(event, data_key, self.entropy.bytes(NONCE_BYTES))),
            leaf=self._leaf(told, event, secret),
            idempotency=told.idempotency,
            ending=self._with_notices(ending, withdrawn, event) if ending else None,
            linked=known is not None and len(known.everyone) > 1,
        )

    def _with_notices(self, ending: Ending, withdrawn: tuple[ConsentRow, ...], event: CaseEvent) -> Ending:
        withheld = case_of((event,)).restrictions
        taken = only_withheld(withheld) if withheld else None
        return replace(ending, consents=withdrawn, notices=self._notices(event), withheld=taken)

    def _notices(self, event: CaseEvent) -> NoticePlan | None:
        """Prepare for telling past recipients, where the event concerns what they already have (C-10, A-03)."""
        kind = _TOLD.get(event.type)
        return None if kind is None else plan(self.entropy, self.policy, kind)

    def _check(self, told: _Told, event: CaseEvent, known: KnownPerson | None) -> None:
        """Fold it before anything else: a fact that does not read would make her whole history unreadable."""
        history = known.facts if known else ()
        try:
            case_of((event,))
        except UnreadableRecordError:
            raise CaseRefusedError(f"/event/{event.type}", "date") from None
        consents = known.consents if known else ()
        case = known.case if known else case_of(())
        longest = timedelta(hours=self.policy.override_hours)
        check(Recording(event, told.by, self.directory, case, history, consents, event.at, longest))

    def _withdrawn(self, event: CaseEvent, known: KnownPerson | None) -> tuple[ConsentRow, ...]:
        """She left the mechanism: every consent of hers that still stands is taken back with it (C-11)."""
        if event.type is not CaseEventType.NRM_WITHDRAWN or known is None:
            return ()
        ended = ConsentEvent(ConsentEventType.WITHDRAWN, event.at)
        standing = (consent for consent in known.consents if consent.state not in ENDED)
        return tuple(ConsentRow(consent.id, known.owner(consent.id), ended, None) for consent in standing)

    def _binding(self, told: _Told, blind: bytes, secret: PersonSecret) -> BindingRow:
        return sealed_binding(self.entropy, secret, blind, told.by.id, told.person_ref)

    def _leaf(self, told: _Told, event: CaseEvent, secret: PersonSecret) -> SealedLeaf:
        fields = told.actor.named
        if "recipient" in event.terms:
            fields["recipient"] = str(event.terms["recipient"])
        if "purpose" in event.terms:
            fields["purpose"] = Purpose(str(event.terms["purpose"]))
        committed = {"content": (Committed.RECORD, told.written)}
        return sealed_leaf(self.entropy, f"case.{event.type}", event.at, fields, committed, secret)


def _named(kind: CaseEventType, number: str) -> Document:
    """Let an override be known by the number of the fact that asked for it (E-01).

    Nobody chooses it: it stands in columns, in ids of heads and on pages, and could hold a name (P-02).
    """
    return {"override": number} if kind is CaseEventType.OVERRIDE_REQUESTED else {}

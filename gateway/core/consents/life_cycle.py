"""What happens to a consent after it was recorded, and how it stood at any past moment (C-17).

Every change is an event that is added; none is ever rewritten. Only the agency that recorded a consent changes or reads
it here; taking it back works by more people than that (`gateway.core.consents.desk`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from consent.records import Consent, ConsentEvent, ConsentEventType, folded, standing, state_at
from gateway.core.afresh import afresh
from gateway.core.answers import ROUNDS, KeyConflict, NotFresh, Recorded, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.consents.desk import Actor, Desk, UnknownPerson
from gateway.core.consents.desk_items import ChangeConsents, Changed, FindAnswer, FindNothing, told_of, waiting_row
from gateway.core.consents.documents import ConsentRefusedError
from gateway.core.consents.events import SCHEMA, EventRefusedError, Unfit, event_of_document, is_superseded
from gateway.core.consents.narrowing import narrowed, newly_withheld
from gateway.core.crypto.blind import blind_idempotency, blind_person_ref, request_digest
from gateway.core.crypto.commitments import Committed
from gateway.core.crypto.sealing import NONCE_BYTES, Place, seal_at_rest
from gateway.core.errors import OperatorError, SenderError
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import PersonSecret, sealed_leaf
from gateway.core.rows import ConsentRow
from gateway.core.stages import Idempotency
from gateway.core.versions import Demand, VersionRefusedError, tag_of
from schemas.canonical import canonical
from schemas.documents import Document, Json, ValidDocument
from schemas.validation import validate

EventAnswer: TypeAlias = Recorded | Repeated | KeyConflict | NotFresh | UnknownPerson

_ENDS = frozenset({ConsentEventType.WITHDRAWN, ConsentEventType.REVOKED, ConsentEventType.INVALIDATED})
_SAYS_YES = frozenset({ConsentEventType.GIVEN, ConsentEventType.RENEWED})
_URGENT = _ENDS | {ConsentEventType.NARROWED, ConsentEventType.REFUSED}
_UNFIT = (ConsentRefusedError, VersionRefusedError)


@dataclass(frozen=True, slots=True)
class Standing:
    """One consent as it stood at `at`, and everything that had happened to it by then."""

    consent: Consent
    at: datetime
    events: tuple[ConsentEvent, ...]


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """The desk's other drawer: events about consents that are on record."""

    desk: Desk

    async def happened(
        self, actor: Actor, consent: str, document: Document, key: str, demand: Demand | None = None
    ) -> EventAnswer:
        """Add one event to a consent this agency recorded (schema consent_event/1.0).

        Raises SchemaViolationError, ConsentRefusedError or EventRefusedError for one that may not happen. What takes
        something away goes before everything that waits. With a `demand`, an event that opens something has to be made
        on the newest version (VersionRefusedError); taking away never needs to know one.
        """
        valid = validate(document, SCHEMA)
        idempotency = self._idempotency(actor, consent, valid, key)
        for _ in range(ROUNDS):
            person = afresh(self.desk.people, lambda: self.desk.people.of_consent(consent, actor.agency))
            found = None if person is None else _of(person, consent, actor.agency)
            if person is None or found is None:
                return await self._unknown(actor, idempotency)
            try:
                self._check(actor, person, found, valid, demand)
                item, told = self._changing(actor, person, found, valid, idempotency)
            except _UNFIT as refusal:
                return await self._repeated_or_raise(actor, idempotency, refusal)
            outcome = await self.desk.recorder.record(item, urgent=item.rows[0].event.type in _URGENT)
            self.desk.people.forget([head.id for head in person.heads])
            if isinstance(outcome, Changed):
                return Recorded(consent, {**told, **item.more_told(outcome, actor.agency)}, None)
            if not isinstance(outcome, Stale):
                return outcome
        raise OperatorError("the record of a person keeps changing")

    def one(self, agency: str, consent: str, at: datetime | None = None) -> Standing | UnknownPerson:
        """Return how one consent of this agency stands, or stood at a past moment (C-17)."""
        person = afresh(self.desk.people, lambda: self.desk.people.of_consent(consent, agency))
        if person is None or _of(person, consent, agency) is None:
            return UnknownPerson()
        events = self.desk.people.history(person.id)[consent]
        return _stood(events, at or self.desk.clock.now(), now=at is None) or UnknownPerson()

    def all_of(self, agency: str, person_ref: str, at: datetime | None = None) -> tuple[Standing, ...]:
        """Return how all consents stand or stood that this agency recorded about one person; none for nobody."""
        blind = blind_person_ref(self.desk.keys, agency, person_ref)
        person = afresh(self.desk.people, lambda: self.desk.people.known(blind))
        if person is None:
            return ()
        mine = {consent.id for consent in person.consents if consent.discloser == agency}
        moment = at or self.desk.clock.now()
        histories = [events for one, events in self.desk.people.history(person.id).items() if one in mine]
        stood = [_stood(events, moment, now=at is None) for events in histories]
        return tuple(standing for standing in stood if standing is not None)

    def tag(self, caller: Caller, standing: Standing) -> str:
        """Name how a consent stands to one client: by all that happened to it, and whether its time came or went."""
        consent, at = standing.consent, standing.at
        events: list[Json] = [f"{event.type.value}|{event.at.isoformat()}" for event in standing.events]
        content: Document = {"events": events, "state": state_at(consent, at).value, "begun": consent.begins <= at}
        return tag_of(self.desk.keys, caller, f"consent|{consent.id}", content)

    def _check(
        self, actor: Actor, person: KnownPerson, consent: Consent, valid: ValidDocument, demand: Demand | None
    ) -> None:
        """Hold a change against the version it was made on. What moves after this makes the item stale."""
        if demand is None or actor.caller is None:
            return
        events = self.desk.people.history(person.id)[consent.id]
        stands = _stood(events, self.desk.clock.now(), now=True)
        tag = "" if stands is None else self.tag(actor.caller, stands)
        demand.check(tag, needed=ConsentEventType(str(valid.document["type"])) not in _URGENT)

    def _changing(
        self, actor: Actor, person: KnownPerson, consent: Consent, valid: ValidDocument, idempotency: Idempotency
    ) -> tuple[ChangeConsents, Document]:
        """Prepare one event, sealed like the consent itself, and what the agency will be told."""
        desk, now = self.desk, self.desk.clock.now()
        event = event_of_document(valid, consent, desk.directory, desk.policy, now)
        if event.type is ConsentEventType.NARROWED and is_superseded(consent, person.consents):
            raise EventRefusedError(Unfit.SUPERSEDED)
        later = standing((ConsentEvent(ConsentEventType.RECORDED, now, consent), event))
        secret, written = PersonSecret(person.id, desk.person_keys.of(person.id)), canonical(valid.document)
        place = Place("consent_event", "sealed", consent.id.encode(), consent.version + 1)
        sealed = seal_at_rest(secret.data_key, place, written, desk.entropy.bytes(NONCE_BYTES))
        fields: dict[str, Json] = {
            **actor.named,
            "recipient": consent.recipient,
            "outcome": later.state,
        }
        content = {"content": (Committed.RECORD, written)}
        leaf = sealed_leaf(desk.entropy, f"consent.{event.type}", now, fields, content, secret)
        told, less = told_of(later, now), event.type is ConsentEventType.NARROWED
        taken = narrowed(consent, later) if less else newly_withheld(later, person)  # C-15, C-16
        item = ChangeConsents(
            actor.caller,
            person.heads,
            person.everyone,
            (ConsentRow(consent.id, person.id, event, sealed),),
            leaf,
            stopping=desk.stopping(event.type) if event.type in _ENDS else None,
            idempotency=idempotency,
            told=told,
            notices=self.desk.withdrawal_notices() if taken or event.type in _ENDS else None,
            narrowed=None if event.type in _ENDS else taken,
            discloser=consent.discloser,
            waiting=waiting_row(later, valid, actor.officer, now) if event.type in _SAYS_YES else None,
        )
        return item, told

    async def _unknown(self, actor: Actor, idempotency: Idempotency) -> EventAnswer:
        if actor.caller is None:
            return UnknownPerson()
        return await self.desk.recorder.record(FindNothing(actor.caller, idempotency)) or UnknownPerson()

    async def _repeated_or_raise(self, actor: Actor, idempotency: Idempotency, refusal: SenderError) -> EventAnswer:
        """Give a repeated request its first answer, though by now it would be refused."""
        earlier = await self.desk.recorder.record(FindAnswer(idempotency))
        if earlier is None:
            raise refusal
        if actor.caller is None:
            return earlier
        return await self.desk.recorder.record(FindNothing(actor.caller, idempotency)) or earlier

    def _idempotency(self, actor: Actor, consent: str, valid: ValidDocument, key: str) -> Idempotency:
        said = request_digest(self.desk.keys, consent.encode(), canonical(valid.document))
        return Idempotency(blind_idempotency(self.desk.keys, actor.scope, "consent_events", key), said)


def _of(person: KnownPerson, consent: str, agency: str) -> Consent | None:
    return next((one for one in person.consents if one.id == consent and one.discloser == agency), None)


def _stood(events: Sequence[ConsentEvent], at: datetime, *, now: bool) -> Standing | None:
    """Fold the events up to `at`; for the present everything committed counts, whatever its clock said."""
    consent = standing(events) if now else folded(events, at)
    if consent is None:
        return None
    return Standing(consent, at, tuple(event for event in events if now or event.at <= at))

"""Erasing a person: everything the gateway keeps about her, and the key that made it readable (A-03, A-04).

The order is what makes it survive a crash. First one commit of the database (`gateway.core.erasure.items`): what is in
flight stops, past recipients are owed a notice, every row of hers goes, and one row says whose key is still to be
destroyed. Then the key store destroys the key and lists her under a keyed digest. Then that row goes too. Whatever is
left half-way is finished at the next start and by the housekeeping; each step may be done twice.

A backup of the database that is older than an erasure does not bring her back: `replay` finds, at every start, whoever
stands in the database and in the key store's list, and erases her again. Never asks who she is: an id is random.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from gateway.core.afresh import afresh, person_afresh
from gateway.core.answers import ROUNDS, KeyConflict, NotFresh, Repeated, Stale
from gateway.core.consents.desk import Actor, Desk, UnknownPerson
from gateway.core.consents.desk_items import ALONE, LINKED, FindNothing
from gateway.core.crypto.blind import (
    blind_idempotency,
    blind_pair,
    blind_person_ref,
    blind_tries,
    erased_mark,
    request_digest,
)
from gateway.core.crypto.pseudonyms import message_id
from gateway.core.crypto.sealing import NONCE_BYTES, Place, open_at_rest, seal_at_rest
from gateway.core.erasure.holds import Hold, hold_on, is_ordered
from gateway.core.erasure.items import (
    AskedAnswer,
    AskErasure,
    CountErasures,
    EndAside,
    EndErasures,
    Erased,
    ErasePerson,
    ErasureAnswer,
    Held,
    RefuseErasure,
)
from gateway.core.erasure.ports import Asked, ErasureBook, KeyStore
from gateway.core.erasure_steps import Aside
from gateway.core.errors import Defect, OperatorError
from gateway.core.heads import Head
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import sealed_leaf
from gateway.core.notice.notifying import plan
from gateway.core.officers import Action, Approval, Officer, OfficerRefusedError, Role
from gateway.core.ports import Item
from gateway.core.rows import BindingRow
from gateway.core.stages import Idempotency
from schemas.documents import Json
from schemas.notice_codes import NoticeKind

_Making: TypeAlias = Callable[[Actor, KnownPerson, Idempotency | None], Item[ErasureAnswer | Stale]]

_DECIDES = frozenset({Role.DPO})
_OPERATOR = "operator:"
"""What stands before an agency's id where somebody asked at the gateway's own socket (`previewing.of_operator`)."""


@dataclass(frozen=True, slots=True)
class Erasures:
    """Where people are erased."""

    desk: Desk
    book: ErasureBook
    key_store: KeyStore

    def subject(self, officer: Officer, agency: str, person_ref: str) -> str:
        """Return what a data-protection officer shows a passkey for: her blind index, not the reference (P-02).

        Raises OfficerRefusedError for anybody else, and for another agency's officer.
        """
        officer.require(_DECIDES)
        if officer.agency not in {None, agency}:
            raise OfficerRefusedError("same_agency_only")
        return blind_person_ref(self.desk.keys, agency, person_ref).hex()

    def covered(self, officer: Officer, agency: str, person_ref: str) -> tuple[str, int] | Hold:
        """Return what an erasure would cover, and how many consents, or what stands in its way.

        Raises OfficerRefusedError like `subject`, and where that agency recorded nobody under the reference.
        """
        blind = bytes.fromhex(self.subject(officer, agency, person_ref))
        person = afresh(self.desk.people, partial(self.desk.people.known, blind))
        if person is None or not _recorded(person, agency):
            raise OfficerRefusedError("unknown")
        return hold_on(person) or (LINKED if person.linked else ALONE, len(person.consents))

    async def decided(self, approval: Approval, agency: str, person_ref: str) -> ErasureAnswer | UnknownPerson:
        """Erase whom a data-protection officer decided to erase, with the passkey shown for exactly her (A-03).

        Raises OfficerRefusedError, and OperatorError like `erase`.
        """
        approval.require(Action.ERASE_PERSON, self.subject(approval.officer, agency, person_ref))
        return await self.erase(Actor(agency, None, approval.officer.id), person_ref, approval=approval)

    async def erase(
        self, actor: Actor, person_ref: str, idempotency_key: str = "", approval: Approval | None = None
    ) -> ErasureAnswer | UnknownPerson:
        """Erase the person whom an agency that recorded her names so, with every record linked to hers.

        Answered only once her key is gone. Raises OperatorError where it could not be destroyed yet: ask again.
        """
        outcome = await self._written(actor, person_ref, idempotency_key, partial(self._item, approval))
        if isinstance(outcome, Erased | Repeated):
            await self.finish()
        return outcome

    async def ask(self, actor: Actor, person_ref: str, idempotency_key: str = "") -> AskedAnswer | UnknownPerson:
        """Take down that the person whom an agency that recorded her names so is to be erased.

        The agency is told the same whether or not something keeps her, and meets nobody by any name of hers afterwards
        (ADR 0150). `gateway.core.erasure.erasures_asked` carries it out, as soon as nothing does.
        """
        outcome = await self._written(actor, person_ref, idempotency_key, self._asking)
        if isinstance(outcome, Held):
            raise Defect("whoever asks was told what keeps her")
        return outcome

    async def _written(self, actor: Actor, person_ref: str, key: str, making: _Making) -> ErasureAnswer | UnknownPerson:
        blind = blind_person_ref(self.desk.keys, actor.agency, person_ref)
        idempotency = self._idempotency(actor, blind, key)
        for _ in range(ROUNDS):
            person = afresh(self.desk.people, partial(self.desk.people.known, blind))
            if person is None or not _recorded(person, actor.agency):
                return await self._nothing(actor, idempotency)
            outcome = await self.desk.recorder.record(making(actor, person, idempotency), urgent=True)
            self.desk.people.forget([head.id for head in person.heads])
            if not isinstance(outcome, Stale):
                return outcome
        raise OperatorError("the record of a person keeps changing")

    async def finish(self) -> int:
        """Destroy the keys that are still to be destroyed; how many there were.

        What was deleted may stay readable in the database's files until `scrubbed` succeeds: it waits for readers.
        """
        people = tuple(self.book.pending())
        if not people:
            return 0
        keys = self.desk.keys
        self.key_store.destroy({person: erased_mark(keys, person) for person in people}, self.desk.clock.now())
        if self.book.scrubbed():
            await self.desk.recorder.record(EndErasures(people))
            self.book.scrubbed()  # Of the ids that waited, too; else a random id is left, which leads nowhere.
        return len(people)

    async def replay(self) -> int:
        """Erase again whoever a restored database brought back; how many records that were. For every start."""
        await self.finish()
        listed, counted = self.key_store.destroyed(), self.book.counted()
        known = sum(map(len, listed.values()))
        if known <= counted:
            return 0
        for one in self.book.asked():
            if any(self._is_listed(person, listed) for person in one.people):
                await self._ended(one, {}, ())
        back = [person for person in self.book.people() if self._is_listed(person, listed)]
        for person in back:
            await self._again(person)
        await self.finish()
        counted = self.book.counted()
        await self.desk.recorder.record(CountErasures(counted, max(0, known - counted)))
        return len(back)

    async def end(self, asked: Asked, *heads: Head) -> bool:
        """Carry out what was asked, unless one of these heads moved; her key is destroyed by `finish`."""
        return await self._ended(asked, {"sender": asked.agency}, heads)

    async def _ended(self, asked: Asked, by: dict[str, Json], heads: tuple[Head, ...]) -> bool:
        leaf = sealed_leaf(self.desk.entropy, "erasure", self.desk.clock.now(), by)
        return await self.desk.recorder.record(EndAside(asked.id, leaf, heads))

    def _is_listed(self, person: bytes, listed: Mapping[int, frozenset[bytes]]) -> bool:
        keys = self.desk.keys
        return any(erased_mark(keys, person, epoch).digest in digests for epoch, digests in listed.items())

    async def _again(self, person: bytes) -> None:
        """Erase one record that was erased before; her keys are gone, so nothing of hers is opened."""
        for _ in range(ROUNDS):
            known = person_afresh(self.desk.people, person)
            if not known.head.version:  # It is gone: one linked to it took it along, or another node was faster.
                return
            item = self._erasing(None, known, self._records(known), None, {})
            if not isinstance(await self.desk.recorder.record(item, urgent=True), Stale):
                return
        raise OperatorError("the record of a person keeps changing")

    def _asking(self, actor: Actor, person: KnownPerson, idempotency: Idempotency | None) -> AskErasure:
        """Do the same, and as much, for everybody: nobody may read off an answer what keeps her."""
        desk, by = self.desk, actor.named
        keys = {one: desk.person_keys.of(one) for one in person.everyone}
        name = message_id(desk.entropy.bytes(16))

        def seal(one: bytes, rows: bytes) -> bytes:
            return seal_at_rest(keys[one], kept_place(name), rows, desk.entropy.bytes(NONCE_BYTES))

        erasing = self._erasing(actor, person, self._pairs(person), idempotency, by)
        leaf = sealed_leaf(desk.entropy, "erasure.asked", desk.clock.now(), by)
        aside = Aside(name, actor.agency, is_ordered(person), desk.entropy.bytes(16), seal)
        return AskErasure(replace(erasing, leaf=leaf), aside)

    def _item(
        self, approval: Approval | None, actor: Actor, person: KnownPerson, idempotency: Idempotency | None
    ) -> Item[ErasureAnswer | Stale]:
        by = actor.named
        if hold := hold_on(person):
            desk = self.desk
            refused: dict[str, Json] = {**by, "outcome": "refused", "reasons": [hold.value]}
            leaf = sealed_leaf(desk.entropy, "erasure.refused", desk.clock.now(), refused)
            return RefuseErasure(actor.caller, person.heads, replace(leaf, person=person.id), hold)
        return replace(self._erasing(actor, person, self._pairs(person), idempotency, by), approval=approval)

    def _erasing(
        self,
        actor: Actor | None,
        person: KnownPerson,
        pairs: tuple[bytes, ...],
        idempotency: Idempotency | None,
        by: dict[str, Json],
    ) -> ErasePerson:
        desk = self.desk
        return ErasePerson(
            caller=actor.caller if actor else None,
            heads=person.heads,
            people=person.everyone,
            pairs=pairs,
            leaf=sealed_leaf(desk.entropy, "erasure", desk.clock.now(), by),
            notices=plan(desk.entropy, desk.policy, NoticeKind.ERASURE),
            covers=LINKED if person.linked else ALONE,
            idempotency=idempotency,
            gone=self.book.heads(person.everyone, pairs),
        )

    def _pairs(self, person: KnownPerson) -> tuple[bytes, ...]:
        """Return under what refusals about her were counted: every client of every agency that names her."""
        keys, found = self.desk.keys, list[bytes]()
        for binding in self.book.bindings(person.everyone):
            place = Place("binding", "sealed", binding.person, 1)
            ref = open_at_rest(self.desk.person_keys.of(binding.person), place, binding.sealed_ref).decode()
            found += [blind_pair(keys, client, ref) for client in self._clients(binding)]
        return (*found, *self._records(person))

    def _records(self, person: KnownPerson) -> tuple[bytes, ...]:
        """Return under what they were counted whatever the reference; nothing of hers has to be opened for it."""
        bound = self.book.bindings(person.everyone)
        counts = (
            blind_tries(self.desk.keys, client, record)
            for binding in bound
            for client in self._clients(binding)
            for record in (*person.everyone, binding.blind)
        )
        return (*dict.fromkeys(counts),)

    def _clients(self, binding: BindingRow) -> tuple[str, ...]:
        return (*self.book.clients(binding.agency), _OPERATOR + binding.agency)

    def _idempotency(self, actor: Actor, blind: bytes, key: str) -> Idempotency | None:
        if actor.caller is None or not key:
            return None
        keys = self.desk.keys
        return Idempotency(blind_idempotency(keys, actor.scope, "erasures", key), request_digest(keys, blind))

    async def _nothing(
        self, actor: Actor, idempotency: Idempotency | None
    ) -> Repeated | KeyConflict | NotFresh | UnknownPerson:
        found = await self.desk.recorder.record(FindNothing(actor.caller, idempotency)) if actor.caller else None
        return found or UnknownPerson()


def _recorded(person: KnownPerson, agency: str) -> bool:
    """Say whether that agency recorded her; one that only holds a pseudonym for her erases in its own system."""
    consents = any(consent.discloser == agency for consent in person.consents)
    return consents or any(fact.by == agency for fact in person.facts)


def kept_place(request: str) -> Place:
    """Return where the rows that an erasure keeps are sealed for."""
    return Place("erasure_kept", "sealed", request.encode(), 1)

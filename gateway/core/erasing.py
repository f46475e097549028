"""Erasing a person: everything the gateway keeps about her, and the key that made it readable (A-03, A-04).

The order is what makes it survive a crash. First one commit of the database (`gateway.core.erasure_items`): what is in
flight stops, past recipients are owed a notice, every row of hers goes, and one row says whose key is still to be
destroyed. Then the key store destroys the key and lists her under a keyed digest. Then that row goes too. Whatever is
left half-way is finished at the next start and by the housekeeping; each step may be done twice.

A backup of the database that is older than an erasure does not bring her back: `replay` finds, at every start, whoever
stands in the database and in the key store's list, and erases her again. Never asks who she is: an id is random.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from gateway.core.answers import ROUNDS, Repeated, Stale
from gateway.core.blind import (
    Mark,
    blind_idempotency,
    blind_pair,
    blind_person_ref,
    blind_tries,
    erased_mark,
    request_digest,
)
from gateway.core.desk import Actor, Desk, UnknownPerson
from gateway.core.desk_items import ALONE, LINKED, FindNothing
from gateway.core.erasure_items import (
    CountErasures,
    EndErasures,
    Erased,
    ErasePerson,
    ErasureAnswer,
    Hold,
    RefuseErasure,
)
from gateway.core.errors import OperatorError
from gateway.core.known import KnownPerson
from gateway.core.leaves import sealed_leaf
from gateway.core.notifying import plan
from gateway.core.officers import Action, Approval, Officer, OfficerRefusedError, Role
from gateway.core.rows import BindingRow
from gateway.core.sealing import Place, open_at_rest
from gateway.core.stages import Idempotency
from schemas.case_codes import InstrumentKind
from schemas.documents import Json
from schemas.notice_codes import NoticeKind

_DECIDES = frozenset({Role.DPO})
_OPERATOR = "operator:"
"""What stands before an agency's id where somebody asked at the gateway's own socket (`previewing.of_operator`)."""


class ErasureBook(Protocol):
    """What the database knows that an erasure needs, read outside any transaction."""

    def bindings(self, people: Sequence[bytes]) -> Sequence[BindingRow]:
        """Return every reference by which agencies name these records."""
        ...

    def clients(self, agency: str) -> Sequence[str]:
        """Return the ids of an agency's clients."""
        ...

    def pending(self) -> Sequence[bytes]:
        """Return the records whose rows are gone and whose keys are still to be destroyed."""
        ...

    def counted(self) -> int:
        """Return how many erasures this database has seen."""
        ...

    def people(self) -> Iterator[bytes]:
        """Yield the id of every record."""
        ...

    def scrubbed(self) -> bool:
        """Let no deleted row be readable in the files any more; False when that has to wait."""
        ...


class KeyStore(Protocol):
    """Where data keys are destroyed, and where it is listed that they were."""

    def destroy(self, gone: Mapping[bytes, Mark], at: datetime) -> None:
        """Destroy these keys for good and list the marks, in one commit. Raises OperatorError when it could not."""
        ...

    def destroyed(self) -> Mapping[int, frozenset[bytes]]:
        """Return the digests of everybody erased, by the epoch of the ring they were made under."""
        ...


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
        person = self.desk.afresh(partial(self.desk.people.known, blind))
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
        blind = blind_person_ref(self.desk.keys, actor.agency, person_ref)
        idempotency = self._idempotency(actor, blind, idempotency_key)
        for _ in range(ROUNDS):
            person = self.desk.afresh(partial(self.desk.people.known, blind))
            if person is None or not _recorded(person, actor.agency):
                return await self._nothing(actor, idempotency)
            outcome = await self.desk.recorder.record(self._item(actor, person, idempotency, approval), urgent=True)
            self.desk.people.forget([head.id for head in person.heads])
            if isinstance(outcome, Erased | Repeated):
                await self.finish()
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
        back = [person for person in self.book.people() if self._is_listed(person, listed)]
        for person in back:
            await self._again(person)
        await self.finish()
        counted = self.book.counted()
        await self.desk.recorder.record(CountErasures(counted, max(0, known - counted)))
        return len(back)

    def _is_listed(self, person: bytes, listed: Mapping[int, frozenset[bytes]]) -> bool:
        keys = self.desk.keys
        return any(erased_mark(keys, person, epoch).digest in digests for epoch, digests in listed.items())

    async def _again(self, person: bytes) -> None:
        """Erase one record that was erased before; her keys are gone, so nothing of hers is opened."""
        known = self.desk.people.person(person)
        if known.head.version:  # Else one linked to it took it along.
            await self.desk.recorder.record(self._erasing(None, known, self._records(known), None, {}), urgent=True)
            self.desk.people.forget([head.id for head in known.heads])

    def _item(
        self, actor: Actor, person: KnownPerson, idempotency: Idempotency | None, approval: Approval | None
    ) -> ErasePerson | RefuseErasure:
        by: dict[str, Json] = {"sender": actor.agency, **({"officer": actor.officer} if actor.officer else {})}
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

    async def _nothing(self, actor: Actor, idempotency: Idempotency | None) -> ErasureAnswer | UnknownPerson:
        found = await self.desk.recorder.record(FindNothing(actor.caller, idempotency)) if actor.caller else None
        if isinstance(found, Repeated):
            await self.finish()
        return found or UnknownPerson()


def _recorded(person: KnownPerson, agency: str) -> bool:
    """Say whether that agency recorded her; one that only holds a pseudonym for her erases in its own system."""
    consents = any(consent.discloser == agency for consent in person.consents)
    return consents or any(fact.by == agency for fact in person.facts)


def hold_on(person: KnownPerson) -> Hold | None:
    """Return what stands in the way: a court order, or a broken glass that a second person has yet to judge (E-01)."""
    if any(instrument.kind is InstrumentKind.COURT_ORDER for instrument in person.case.instruments):
        return Hold.LEGAL_HOLD
    broken = (override for override in person.case.overrides if override.approver is not None)
    return Hold.REVIEW_PENDING if any(override.finding is None for override in broken) else None

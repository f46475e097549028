"""How agencies come to know one person as one, and how a code on her receipt takes a consent back.

Another agency that meets her binds its own reference with a one-time introduction code that she or her advocate hands
over. Two records found to be one person are joined when an agency bound to each has confirmed it with the same code. A
wrong, used or expired code gets one and the same answer, and too many of them lock the client out for an hour.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from gateway.core.afresh import afresh, person_afresh
from gateway.core.answers import ROUNDS, KeyConflict, NotFresh, Recorded, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.consents.bindings import sealed_binding
from gateway.core.consents.code_items import CodeAnswer, CodeRefused, CodesLocked, CountTry, GiveCode, UseCode
from gateway.core.consents.codes import LASTS, TRIES, Codes, KnownCode, Tries, digest, digests, made, read, written
from gateway.core.consents.desk import Desk, UnknownPerson
from gateway.core.consents.desk_items import ALONE, LINKED, ChangeAnswer, FindNothing
from gateway.core.crypto.blind import blind_idempotency, blind_person_ref, request_digest
from gateway.core.errors import OperatorError
from gateway.core.heads import Head, binding_head
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import PersonSecret, sealed_leaf
from gateway.core.records.code_rows import CodeKind, CodeRow, CodeUse, CodeUseRow, LinkRow
from gateway.core.stages import Idempotency
from schemas.documents import Document


@dataclass(frozen=True, slots=True)
class BoundOtherwise:
    """This reference stands for a record already; only a link joins two.

    Told whoever the record is about: else two recipients could ask of each pair of their pseudonyms whether it is one
    person, with one code for many tries and no trace of them.
    """


UseAnswer: TypeAlias = CodeAnswer | CodeRefused | CodesLocked | BoundOtherwise | UnknownPerson


@dataclass(frozen=True, slots=True)
class _Shown:
    """A code as one client showed it now."""

    caller: Caller
    person_ref: str
    blind: bytes
    idempotency: Idempotency
    at: datetime
    tries: Tries


@dataclass(frozen=True, slots=True)
class Introductions:
    """Gives out codes and takes them in."""

    desk: Desk
    codes: Codes

    async def introduce(
        self, caller: Caller | None, find: Callable[[], KnownPerson | None], key: str
    ) -> CodeAnswer | UnknownPerson:
        """Make a code that leads to the person `find` knows, for whoever is bound to her or speaks for her.

        A repeated request is told the same code again; nothing keeps it.
        """
        desk = self.desk
        for _ in range(ROUNDS):
            person, now = afresh(desk.people, find), desk.clock.now()
            client = caller.client_id if caller else ""
            blind = blind_idempotency(desk.keys, client, "introductions", key)
            if person is None:
                nothing = FindNothing(caller, None) if caller else None
                outcome = await desk.recorder.record(nothing) if nothing else None
                return outcome or UnknownPerson()
            until = (now + LASTS).strftime("%Y-%m-%dT%H:%M:%SZ")
            code = self._spelled(blind, person, until)
            row = CodeRow(
                digest(desk.keys, CodeKind.INTRODUCTION, code), CodeKind.INTRODUCTION, person.id, None, now + LASTS
            )
            leaf = sealed_leaf(desk.entropy, "introduction.issued", now, {"sender": caller.agency} if caller else {})
            said = Idempotency(blind, request_digest(desk.keys, person.id))
            item = GiveCode(caller, person.heads, row, replace(leaf, person=person.id), {"expires": until}, said)
            given = await desk.recorder.record(item)
            if isinstance(given, Recorded | Repeated):
                code = self._spelled(blind, person, str(given.answer["expires"]))
                return replace(given, answer={"code": written(code), **given.answer})
            if not isinstance(given, Stale):
                return given
            desk.people.forget(given.heads)
        raise OperatorError("the record of a person keeps changing")

    def _spelled(self, blind: bytes, person: KnownPerson, until: str) -> str:
        """Spell the code of a request: by its key, for whom, and until when.

        What is kept of an answer says until when. The key may come again after its answer is forgotten, while the first
        code still waits for its use: that is another request then, and another code.
        """
        return made(self.desk.keys, CodeKind.INTRODUCTION, blind + person.id + until.encode())

    def bound_to(self, agency: str, person_ref: str) -> Callable[[], KnownPerson | None]:
        """Return how an agency finds the person it is bound to."""
        blind = blind_person_ref(self.desk.keys, agency, person_ref)
        return lambda: self.desk.people.known(blind)

    async def bind(self, caller: Caller, person_ref: str, code: str, key: str) -> UseAnswer:
        """Bind this agency's own reference to the person the code leads to; the code is used up by it."""
        return await self._used(caller, person_ref, code, key, "bindings", self._binding)

    async def link(self, caller: Caller, person_ref: str, code: str, key: str) -> UseAnswer:
        """Confirm that the record under this reference and the one the code leads to are one person.

        They are linked when this was confirmed for both, each by an agency bound to it.
        """
        return await self._used(caller, person_ref, code, key, "links", self._linking)

    async def withdraw(
        self, caller: Caller, code: str, key: str, *, everything: bool
    ) -> ChangeAnswer | CodeRefused | CodesLocked | UnknownPerson:
        """Take back the consent her receipt is about, or everything, for whoever shows its code (C-09)."""
        desk, spelled = self.desk, read(code)
        idempotency = self._idempotency(caller, "withdrawals", key, "receipt", spelled or "", str(everything))
        for _ in range(ROUNDS):
            tries = self.codes.tries(caller.client_id, CodeKind.RECEIPT, desk.clock.now())
            if tries.count >= TRIES[CodeKind.RECEIPT]:
                return await desk.recorder.record(FindNothing(caller, idempotency)) or CodesLocked()
            found = self._code(CodeKind.RECEIPT, spelled)
            if found is not None:
                consent = None if everything else found.row.consent
                return await desk.withdraw_from(caller, found.row.person, consent, idempotency)
            outcome = await self._counted(caller, CodeKind.RECEIPT, tries, idempotency, spelled)
            if not isinstance(outcome, Stale):
                return outcome
        raise OperatorError("a client's tries keep changing")

    async def _used(
        self,
        caller: Caller,
        person_ref: str,
        code: str,
        key: str,
        operation: str,
        prepare: Callable[[_Shown, KnownCode], UseCode | BoundOtherwise | UnknownPerson | None],
    ) -> UseAnswer:
        desk, spelled = self.desk, read(code)
        idempotency = self._idempotency(caller, operation, key, person_ref, spelled or "")
        blind = blind_person_ref(desk.keys, caller.agency, person_ref)
        for _ in range(ROUNDS):
            now = desk.clock.now()
            tries = self.codes.tries(caller.client_id, CodeKind.INTRODUCTION, now)
            if tries.count >= TRIES[CodeKind.INTRODUCTION]:
                return await desk.recorder.record(FindNothing(caller, idempotency)) or CodesLocked()
            found = self._code(CodeKind.INTRODUCTION, spelled)
            live = found is not None and found.row.expires is not None and now < found.row.expires
            shown = _Shown(caller, person_ref, blind, idempotency, now, tries)
            item = prepare(shown, found) if found is not None and live else None
            if isinstance(item, BoundOtherwise | UnknownPerson):
                return await desk.recorder.record(FindNothing(caller, idempotency)) or item
            outcome = (
                await self._counted(caller, CodeKind.INTRODUCTION, tries, idempotency, spelled)
                if item is None
                else await desk.recorder.record(item)
            )
            if not isinstance(outcome, Stale):
                return outcome
            desk.people.forget(outcome.heads)
        raise OperatorError("the record of a person keeps changing")

    def _binding(self, shown: _Shown, found: KnownCode) -> UseCode | BoundOtherwise | None:
        desk, hers = self.desk, self._person(found)
        if found.uses and not any(use.use is CodeUse.BOUND and use.agency == shown.caller.agency for use in found.uses):
            return None
        if afresh(desk.people, lambda: desk.people.known(shown.blind)) is not None:
            return BoundOtherwise()
        if found.uses:
            return None
        told: Document = {"bound": True, "covers": LINKED if hers.linked else ALONE}
        secret = PersonSecret(hers.id, desk.person_keys.of(hers.id))
        leaf = sealed_leaf(desk.entropy, "person.bound", shown.at, {"sender": shown.caller.agency})
        item = self._using(shown, found, hers, told)
        return replace(
            item,
            heads=(*item.heads, Head(binding_head(shown.blind), 0)),
            uses=(self._use(shown, found, hers.id, CodeUse.BOUND),),
            binding=sealed_binding(desk.entropy, secret, shown.blind, shown.caller.agency, shown.person_ref),
            bumped=(binding_head(shown.blind), hers.head.id),
            leaf=replace(leaf, person=hers.id),
        )

    def _linking(self, shown: _Shown, found: KnownCode) -> UseCode | UnknownPerson | None:
        """Confirm one side, and link when the other side is confirmed too."""
        desk, hers = self.desk, self._person(found)
        mine = afresh(desk.people, lambda: desk.people.known(shown.blind))
        if any(use.use is not CodeUse.CONFIRMED for use in found.uses):
            return None
        if mine is None:
            return UnknownPerson()
        confirmed, is_hers = {use.person for use in found.uses}, mine.id in hers.everyone
        theirs = confirmed - set(hers.everyone)
        if not is_hers and theirs - {mine.id}:
            return None  # Somebody confirmed another record with this code.
        use = () if mine.id in confirmed else (self._use(shown, found, mine.id, CodeUse.CONFIRMED),)
        other: KnownPerson | None = mine
        if is_hers:
            other = desk.people.person(next(iter(theirs))) if theirs else None
        near = is_hers or bool(confirmed & set(hers.everyone))
        joined = other is not None and near
        heads = tuple({head.id: head for head in (*mine.heads, *(other.heads if other else ()))}.values())
        already = is_hers and (mine.id != hers.id or (len(confirmed) > 1 and not theirs))
        told: Document = {"linked": joined or already, "covers": LINKED if joined or mine.linked else ALONE}
        item = self._using(shown, found, hers, told, *heads)
        if not joined or other is None:
            return replace(item, uses=use)
        leaf = sealed_leaf(desk.entropy, "person.linked", shown.at, {"sender": shown.caller.agency})
        pair = ((hers.id, other.id), (other.id, hers.id))
        return replace(
            item,
            uses=use,
            links=tuple(LinkRow(one, two, shown.at) for one, two in pair),
            bumped=tuple(head.id for head in (*hers.heads, *other.heads)),
            leaf=replace(leaf, person=hers.id),
        )

    def _using(self, shown: _Shown, found: KnownCode, hers: KnownPerson, told: Document, *more: Head) -> UseCode:
        """Rest on the code, on the tries, and on everything known about her; write nothing but the answer."""
        heads = {head.id: head for head in (found.head, shown.tries.head, *hers.heads, *more)}
        return UseCode(
            shown.caller,
            tuple(heads.values()),
            found.row.digest,
            uses=(),
            binding=None,
            links=(),
            bumped=(),
            leaf=None,
            answer=told,
            idempotency=shown.idempotency,
        )

    def _use(self, shown: _Shown, found: KnownCode, person: bytes, use: CodeUse) -> CodeUseRow:
        return CodeUseRow(found.row.digest, person, use, shown.caller.agency, found.row.expires or shown.at)

    def _person(self, found: KnownCode) -> KnownPerson:
        return person_afresh(self.desk.people, found.row.person)

    def _code(self, kind: CodeKind, spelled: str | None) -> KnownCode | None:
        return None if spelled is None else self.codes.code(kind, digests(self.desk.keys, kind, spelled))

    async def _counted(
        self, caller: Caller, kind: CodeKind, tries: Tries, idempotency: Idempotency, spelled: str | None
    ) -> Repeated | KeyConflict | NotFresh | CodeRefused | Stale:
        """Count a wrong code; a typing error is told alike and not counted."""
        desk = self.desk
        if spelled is None:
            return await desk.recorder.record(FindNothing(caller, idempotency)) or CodeRefused()
        one_too_many = tries.count + 1 >= TRIES[kind]
        event = "introduction.locked" if kind is CodeKind.INTRODUCTION else "receipt.locked"
        locks = sealed_leaf(desk.entropy, event, desk.clock.now(), {"sender": caller.agency}) if one_too_many else None
        return await desk.recorder.record(CountTry(caller, kind, tries.head, idempotency, locks))

    def _idempotency(self, caller: Caller, operation: str, key: str, *said: str) -> Idempotency:
        keys = self.desk.keys
        words = request_digest(keys, *(word.encode() for word in said))
        return Idempotency(blind_idempotency(keys, caller.client_id, operation, key), words)

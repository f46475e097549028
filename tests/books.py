"""The database of tests/fakes.py: plain dicts and lists, and a transaction on a copy of them.

Parcels move as gateway/store/writing/parcels.py moves them; what an item looks at without having named it in its
`needs` is a mistake the real store would answer with nothing, so here it fails.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from fake_attachments import NoAttachments
from fake_book import Book
from fake_erasures import end_aside, erase, forget_tries, put_aside
from fake_hints import FakeHints
from fake_lanes import FakeLaneSteps
from fake_replacements import FakeReplacementSteps
from kept_parcels import DEAD, DELIVERED, OPEN, QUEUED, RECALLED, SENDING, STOPPED, Kept

from gateway.core.answers import LeafSlot, NotFresh
from gateway.core.callers import Caller, UsedProof
from gateway.core.erasure_steps import Aside
from gateway.core.heads import Head
from gateway.core.hints import HintSteps
from gateway.core.in_flight import Gone, InFlight, Stopping
from gateway.core.known import Whose
from gateway.core.lanes import LaneSteps
from gateway.core.log.stopping import log_stopped
from gateway.core.ports import Answered, Needs
from gateway.core.records.code_rows import CodeRow, CodeUseRow, LinkRow, TryRow
from gateway.core.records.notice_records import NoticeSteps
from gateway.core.records.officer_records import EndWaiting, OfficerChange
from gateway.core.records.replacements import ReplacementRow, ReplacementSteps
from gateway.core.rows import (
    AgencyRow,
    AgreementRow,
    BindingRow,
    ClientRow,
    IdempotencyRow,
    LockRow,
    PersonRow,
    ReferralRow,
    Row,
)
from gateway.core.stages import Chosen, Parcel, SealedLeaf
from schemas.answer_codes import AnswerCode
from schemas.documents import Document
from schemas.vocabulary import ReferralState

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class FakeTransaction:
    """`gateway.core.ports.Transaction` over a copy of the book."""

    def __init__(self, book: Book, now: datetime, needs: Needs) -> None:
        self.book, self._now, self.needs = book, now, needs
        self.appended: list[tuple[SealedLeaf, LeafSlot]] = []

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def notices(self) -> NoticeSteps:
        from fake_notices import FakeNoticeSteps  # noqa: PLC0415 - it needs the book itself

        return FakeNoticeSteps(self.book, self._now)

    @property
    def lanes(self) -> LaneSteps:
        return FakeLaneSteps(self.book, self._now)

    @property
    def hints(self) -> HintSteps:
        return FakeHints(self.book)

    attachments = NoAttachments()

    @property
    def replacements(self) -> ReplacementSteps:
        return FakeReplacementSteps(self.book, self._stopped)

    def moved(self, heads: Sequence[Head]) -> tuple[str, ...]:
        assert {head.id for head in heads} <= set(self.needs.heads), "a head was looked at that was not read"
        return tuple(head.id for head in heads if self.book.head(head.id) != head)

    def bump(self, head: str) -> None:
        assert head in self.needs.heads or head not in self.book.heads, "a head was moved that was not read"
        self.book.bumped(head)

    def consume(self, caller: Caller) -> NotFresh | None:
        assert caller in self.needs.callers, "a proof was looked at that was not read"
        return self._used(caller.client_id, caller.token_jti, [caller.proof])

    def use_once(self, client: str, token_jti: str | None, proofs: Sequence[UsedProof]) -> NotFresh | None:
        assert {proof.id for proof in proofs} <= set(self.needs.proofs)
        return self._used(client, token_jti, proofs)

    def answered(self, key: bytes) -> Answered | None:
        assert key in self.needs.idempotency, "an answer was looked at that was not read"
        row = self.book.answers.get(key)
        if row is None:
            return None
        return Answered(row.idempotency.digest, self._answer(row))

    def append(self, leaf: SealedLeaf) -> LeafSlot:
        slot = LeafSlot(len(self.book.leaves))
        self.book.leaves.append(leaf)
        self.appended.append((leaf, slot))
        return slot

    def add(self, row: Row) -> None:
        if type(row) in self.book.lists:
            self.book.lists[type(row)].append(row)
            return
        match row:
            case ReferralRow():
                self._insert(self.book.referrals, row.id, row)
            case IdempotencyRow():
                self._insert(self.book.answers, row.idempotency.key, row)
            case Parcel():
                self._insert(self.book.parcels, row.id, Kept(row))
            case BindingRow():
                self._insert(self.book.bindings, row.blind, row)
            case PersonRow():
                assert row.id not in self.book.people
                self.book.people.add(row.id)
            case LockRow():
                self.book.locks.add(row.pair)
            case ReplacementRow():
                self._insert(self.book.replacements, row.referral, row)
            case CodeRow() | CodeUseRow() | TryRow() | LinkRow():
                self.book.codes.add(row)
            case _:
                raise AssertionError("officers are tested on a real database")

    def stop_consents(self, person: bytes, consents: Sequence[str], why: Stopping) -> InFlight:
        gone = self._stopped(lambda parcel: parcel.person == person and parcel.rests_on in consents)
        return log_stopped(self, why, gone)

    def stop_parcels(self, people: Sequence[bytes], which: Sequence[Chosen], why: Stopping) -> InFlight:
        def meant(parcel: Parcel) -> bool:
            fits = (one.fits(parcel.recipient, parcel.sends, parcel.rests_on) for one in which)
            return parcel.person in people and any(fits)

        return log_stopped(self, why, self._stopped(meant))

    def stop_referrals(self, sender: str, reference_blind: bytes, why: Stopping) -> InFlight | None:
        mine = {
            row.id
            for row in self.book.referrals.values()
            if row.sender == sender and row.reference is not None and row.reference.blind == reference_blind
        }
        if not mine:
            return None
        gone = log_stopped(self, why, self._stopped(lambda parcel: parcel.referral in mine))
        for referral in mine:
            self._set_state(referral, ReferralState.REVOKED)
        people = {row.person for row in self.book.referrals.values() if row.id in mine and row.person is not None}
        return InFlight(gone.stopped, gone.may_have_left, tuple(sorted(people)))

    def lease(self, message: str, until: datetime) -> bool:
        kept = self.book.parcels.get(message)
        if kept is None or not kept.may_go(self._now):
            return False
        self.book.parcels[message] = kept.leased(until)
        return True

    def stop(self, message: str) -> bool:
        gone = self._stopped(lambda parcel: parcel.id == message)
        for parcel in gone.stopped:
            self._set_state(parcel.referral, ReferralState.FAILED)
        return bool(gone.stopped or gone.may_have_left)

    def whose(self, message: str) -> Whose | None:
        kept = self.book.parcels.get(message)
        return None if kept is None else Whose(kept.parcel.person, kept.parcel.referral)

    def acknowledge(self, recipient: str, message: str) -> str | None:
        kept = self.book.parcels.get(message)
        if kept is None or kept.parcel.recipient != recipient or kept.state not in {SENDING, DEAD, RECALLED}:
            return None
        self.book.parcels[message] = kept.ended(DELIVERED)
        if kept.state != RECALLED:
            self._set_state(kept.parcel.referral, ReferralState.RECEIVED)
        return kept.parcel.referral

    def referral_state(self, recipient: str, message: str) -> ReferralState | None:
        kept = self.book.parcels.get(message)
        if kept is None or kept.parcel.recipient != recipient or kept.state != DELIVERED:
            return None
        return self.book.referrals[kept.parcel.referral].state

    def answer_referral(
        self, recipient: str, message: str, state: ReferralState, reason: AnswerCode | None = None
    ) -> str | None:
        kept = self.book.parcels.get(message)
        if kept is None or kept.parcel.recipient != recipient or kept.state != DELIVERED:
            return None
        if self.book.referrals[kept.parcel.referral].state not in OPEN:
            return None
        row = self.book.referrals[kept.parcel.referral]
        self.book.referrals[row.id] = replace(row, state=state, reason=reason, answered=self._now)
        return kept.parcel.referral

    def register(self, row: AgencyRow | AgreementRow | ClientRow) -> None:
        self.book.register[row.id] = row

    def disable_client(self, client: str) -> bool:
        known = isinstance(self.book.register.get(client), ClientRow)
        self.book.disabled |= {client} if known else set()
        return known

    def revoke_token(self, jti: str, expires_at: int) -> bool:
        new = jti not in self.book.revoked
        self.book.revoked.setdefault(jti, expires_at)
        return new

    def forget_tries(self, pairs: Sequence[bytes]) -> bool:
        return forget_tries(self.book, pairs)

    def change(self, change: OfficerChange) -> bool:
        assert isinstance(change, EndWaiting), "officers are tested on a real database"
        before = len(self.book.waiting)
        self.book.waiting = [row for row in self.book.waiting if row.consent not in change.consents]
        return len(self.book.waiting) < before

    def erase(self, people: Sequence[bytes], pairs: Sequence[bytes]) -> None:
        erase(self.book, people, pairs)

    def put_aside(self, people: Sequence[bytes], pairs: Sequence[bytes], aside: Aside) -> None:
        put_aside(self.book, people, pairs, aside, self._now)

    def release_aside(self, request: str) -> bool:
        asked = self.book.asked.get(request)
        if asked is None or not asked.ordered:
            return False
        self.book.asked[request] = replace(asked, ordered=False)
        return True

    def end_aside(self, request: str) -> Sequence[bytes]:
        return end_aside(self.book, request)

    def end_erasures(self, people: Sequence[bytes]) -> None:
        self.book.erasing -= {*people}

    def end_exchanges(self, over: Sequence[tuple[bytes, str]]) -> None:
        raise AssertionError("this fake ends no exchange")

    def forget_expired(self, limit: int) -> bool:
        now = int(self._now.timestamp())
        gone = (
            self._forgotten(self.book.used, limit, lambda expires: expires < now),
            self._forgotten(self.book.revoked, limit, lambda expires: expires < now),
            self._forgotten(self.book.answers, limit, lambda row: row.expires < self._now),
            self._forgotten(
                self.book.codes.given, limit, lambda row: row.expires is not None and row.expires < self._now
            ),
        )
        return limit in gone

    def _forgotten(self, table: dict[_Key, _Value], limit: int, is_over: Callable[[_Value], bool]) -> int:
        over = [key for key, value in table.items() if is_over(value)][:limit]
        for key in over:
            del table[key]
        return len(over)

    def _used(self, client: str, token_jti: str | None, proofs: Sequence[UsedProof]) -> NotFresh | None:
        if client in self.book.disabled or token_jti in self.book.revoked:
            return NotFresh(revoked=True)
        if any(proof.id in self.book.used for proof in proofs):
            return NotFresh(revoked=False)
        self.book.used.update({proof.id: proof.expires_at for proof in proofs})
        return None

    def _answer(self, row: IdempotencyRow) -> Document:
        if row.answer is not None:
            return row.answer
        assert row.referral is not None
        referral = self.book.referrals.get(row.referral)
        return {"outcome": "unknown"} if referral is None else referral.answer

    def _insert(self, table: dict[_Key, _Value], key: _Key, value: _Value) -> None:
        assert key not in table, "a row of that key exists"
        table[key] = value

    def _stopped(self, which: Callable[[Parcel], bool]) -> InFlight:
        gone: dict[str, list[Gone]] = {QUEUED: [], SENDING: [], DEAD: []}
        for message, kept in self.book.parcels.items():
            if kept.state in gone and which(kept.parcel):
                one = kept.parcel
                gone[kept.state].append(Gone(one.id, one.sender, one.recipient, one.referral, one.person))
                self.book.parcels[message] = kept.ended(STOPPED if kept.state == QUEUED else RECALLED)
                self._set_state(one.referral, ReferralState.REVOKED)
        return InFlight(tuple(gone[QUEUED]), (*gone[SENDING], *gone[DEAD]))

    def _set_state(self, referral: str, state: ReferralState) -> None:
        self.book.referrals[referral] = replace(self.book.referrals[referral], state=state)

"""What happens inside the writer's transaction.

Pure but for the transaction: it re-reads heads and clock, then writes everything or nothing.

Order of an accept, as of every item (`gateway.core.openings` says why): (1) a head that has moved, a ground that has
run out or a correction that was overtaken sends the item back to be prepared again, its proof unused; (2) the proof is
used up, whatever follows; (3) a repeated request gets its old answer; (4) leaf, referral, outbox row, strike and
idempotency record are written together.
"""

from dataclasses import dataclass, replace

from consent.decision import Permit
from gateway.core.answers import Confirmed, NotFresh, Recorded, Stale
from gateway.core.callers import Caller
from gateway.core.heads import capacity_head, pair_head
from gateway.core.in_flight import InFlight, Stopping
from gateway.core.notice.notices import NoticePlan, queued
from gateway.core.openings import keep_answer, keep_referral, needed, refused_or_answered, repeated
from gateway.core.ports import Needs, Transaction
from gateway.core.records.capacity_rows import RoomAnswerRow
from gateway.core.replacing import is_overtaken, supersede
from gateway.core.rows import LikenessRow, LockRow, ReferralRow, Row, StrikeRow
from gateway.core.stages import Idempotency, Prepared, SealedLeaf, Strike
from schemas.capacity_codes import RoomAnswer
from schemas.documents import Document
from schemas.vocabulary import ReferralState


@dataclass(frozen=True, slots=True)
class UseProof:
    """Use up the proof of a request that writes nothing else: a read, or a document that was wrong."""

    caller: Caller

    @property
    def needs(self) -> Needs:
        """The proof."""
        return Needs(callers=(self.caller,))

    def apply(self, transaction: Transaction) -> NotFresh | None:
        """Return None when the request is fresh."""
        return transaction.consume(self.caller)


@dataclass(frozen=True, slots=True)
class Accept:
    """Confirm one prepared referral, permitted or refused."""

    prepared: Prepared
    notices: NoticePlan | None = None

    @property
    def needs(self) -> Needs:
        """Proof, idempotency key and the heads it rests on."""
        return needed(self.prepared.heads, self.prepared.asked.caller, self.prepared.idempotency)

    def apply(self, transaction: Transaction) -> Confirmed:
        """Write it, or say why not. Nothing is written besides the used proof unless the outcome is Recorded."""
        prepared = self.prepared
        moved = transaction.moved(prepared.heads)
        if moved or _has_run_out(prepared, transaction):  # (1)
            return Stale(moved)
        if is_overtaken(transaction, prepared.replaces, prepared.newest, prepared.asked.caller.agency):  # (1), A-03
            return Stale(())
        if not_fresh := transaction.consume(prepared.asked.caller):  # (2)
            return not_fresh
        if answered := repeated(transaction, prepared.idempotency):  # (3)
            return answered
        slot = transaction.append(prepared.leaf)  # (4)
        transaction.add(_referral(prepared, slot.index, transaction))
        keep_referral(transaction, prepared.idempotency, prepared.referral)
        if prepared.parcel is not None:
            transaction.add(prepared.parcel)
            if prepared.replaces is not None and self.notices is not None:
                supersede(transaction, prepared.replaces, prepared.parcel, self.notices)
        beside: tuple[Row, ...] = (*prepared.attachments, *self._likenesses())  # M-09, P-05
        for row in beside:
            transaction.add(row)
        if prepared.strike is not None:
            count_strike(transaction, prepared.strike)
        if prepared.takes is not None:  # M-05
            transaction.add(RoomAnswerRow(prepared.takes, RoomAnswer.TAKEN, None, transaction.now))
            transaction.bump(capacity_head(prepared.takes))
        return Recorded(prepared.referral, prepared.answer, slot)

    def _likenesses(self) -> tuple[LikenessRow, ...]:
        person = self.prepared.leaf.person
        return tuple(LikenessRow(likeness, person) for likeness in self.prepared.likenesses) if person else ()


def _has_run_out(prepared: Prepared, transaction: Transaction) -> bool:
    decision = prepared.decision
    return isinstance(decision, Permit) and transaction.now >= decision.holds_until


def count_strike(transaction: Transaction, strike: Strike) -> None:
    """Count a refusal on record grounds; the heads move, so that whatever was prepared beside it sees it."""
    if strike.alarm is not None:
        transaction.append(strike.alarm)
    for pair in strike.locks:
        transaction.add(LockRow(pair, strike.sender, transaction.now))
    for pair in strike.counted:
        transaction.add(StrikeRow(pair, strike.recipient, transaction.now))
    for pair in (*strike.locks, *strike.counted):
        transaction.bump(pair_head(pair))


def _referral(prepared: Prepared, index: int, transaction: Transaction) -> ReferralRow:
    parcel, asked = prepared.parcel, prepared.asked
    permitted = parcel is not None
    return ReferralRow(
        id=prepared.referral,
        client=asked.caller.client_id,
        sender=asked.caller.agency,
        recipient=parcel.recipient if parcel else None,
        purpose=asked.routing.purpose,
        outcome="permitted" if permitted else "refused",
        state=ReferralState.SUBMITTED if permitted else ReferralState.CANCELLED,
        at=transaction.now,
        person=prepared.leaf.person,
        leaf_index=index,
        answer=prepared.answer,
        reference=prepared.reference,
    )


@dataclass(frozen=True, slots=True)
class Revoke:
    """The sender takes back everything it sent under one of its own numbers."""

    caller: Caller
    sender: str
    reference_blind: bytes
    leaf: SealedLeaf
    idempotency: Idempotency
    notices: NoticePlan

    @property
    def needs(self) -> Needs:
        """Proof and idempotency key."""
        return needed((), self.caller, self.idempotency)

    def apply(self, transaction: Transaction) -> Confirmed:
        """Stop what is queued, in this transaction, and say what may have left."""
        if earlier := refused_or_answered(transaction, self.caller, self.idempotency):
            return earlier
        stopped = transaction.stop_referrals(
            self.sender, self.reference_blind, Stopping("referral.revoked", self.notices.seed)
        )
        owed = transaction.notices.owed_for(self.notices.kind, self.sender, self.reference_blind)
        answer = _revoked(self.leaf.event, stopped, len(owed))
        slot = transaction.append(_about(self.leaf, stopped.people)) if stopped is not None else None
        queued(transaction, self.notices, owed)
        keep_answer(transaction, self.idempotency, answer)
        return Recorded(self.leaf.event, answer, slot)


def _about(leaf: SealedLeaf, people: tuple[bytes, ...]) -> SealedLeaf:
    return replace(leaf, person=people[0], others=people[1:]) if people else leaf


def _revoked(event: str, stopped: InFlight | None, notices: int) -> Document:
    if stopped is None:
        return {"decision_id": event, "outcome": "unknown_reference"}
    return {
        "decision_id": event,
        "outcome": "revoked",
        "stopped": len(stopped.stopped),
        "may_have_left": len(stopped.may_have_left),
        "notices": notices,
    }

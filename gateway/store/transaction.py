"""One batch's transaction, and what one item sees of it.

Everything the items of a batch will look at is read up front in a few statements; what they write is gathered and
inserted together at the end. Each item works on a draft of its own that is merged only if the item succeeded, so one
that fails leaves nothing behind. The few items that change existing rows do so at once, inside a savepoint.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, NestedTransaction, Table, bindparam, update
from sqlmodel import SQLModel

from gateway.core.answers import LeafSlot, NotFresh, Proof
from gateway.core.callers import Caller, UsedProof
from gateway.core.errors import Defect
from gateway.core.heads import Head
from gateway.core.in_flight import InFlight
from gateway.core.known import Whose
from gateway.core.officer_records import Change
from gateway.core.ports import Answered
from gateway.core.rows import AgencyRow, AgreementRow, ClientRow, IdempotencyRow, ReferralRow, Row
from gateway.core.stages import Chosen, SealedLeaf
from gateway.store import erasures, expiry, parcels, register, tries
from gateway.store.batch_reads import Seen
from gateway.store.columns import Values
from gateway.store.drafts import Draft
from gateway.store.hints import HintWriter
from gateway.store.lanes import LaneWriter
from gateway.store.ledger import Frontier, append
from gateway.store.moments import ticks_of_seconds
from gateway.store.notices import NoticeWriter
from gateway.store.prepared import Prepared, prepared_insert
from gateway.store.replacements import ReplacementWriter
from gateway.store.rows import HEAD, PERSON_LEAF, USED_PROOF, insertion
from schemas.answer_codes import AnswerCode
from schemas.vocabulary import ReferralState

# Built once: making a statement costs more than running it.
_INSERTS = {table: prepared_insert(table) for table in SQLModel.metadata.tables.values()}
_MOVE = Prepared(
    update(HEAD).where(HEAD.c.id == bindparam("head"), HEAD.c.version < bindparam("to")).values(version=bindparam("to"))
)


class Batch:
    """A transaction for several items, in order; later ones see what earlier ones wrote."""

    def __init__(self, connection: Connection, now: datetime, seen: Seen, ledger: Frontier) -> None:
        """Work on an open connection whose transaction has begun; `seen` and `ledger` were read in it."""
        self.connection = connection
        self.now = now
        self.seen = seen
        self._ledger = ledger
        self._leaves: list[tuple[SealedLeaf, LeafSlot]] = []
        self._stored, self._moved, self._erased = set(seen.versions), dict[str, int](), set[str]()
        self._inserts: dict[Table, list[Values]] = {}

    @property
    def next_index(self) -> int:
        """Where the next leaf will stand."""
        return self._ledger.size + len(self._leaves)

    @property
    def moved_heads(self) -> tuple[str, ...]:
        """The heads this batch moved, and those of people it erased."""
        return (*self._moved, *self._erased)

    def merge(self, draft: Draft) -> None:
        """Take over what a successful item wants written."""
        self._forget(draft.erased)
        self.seen.versions.update(draft.versions)
        self._moved.update(draft.versions)
        self.seen.used.update(draft.used)
        self.seen.enabled_clients -= draft.disabled_clients  # What comes later in this batch is refused already.
        self.seen.revoked_tokens |= draft.revoked_tokens
        for proof, expires in draft.used.items():
            self._insert(USED_PROOF, {"id": proof, "expires": ticks_of_seconds(expires)})
        for leaf, slot in draft.leaves:
            self._leaves.append((leaf, slot))
            entry: Values = {"leaf_index": slot.index, "event": leaf.event, "referral": leaf.referral}
            if leaf.person is not None:
                self._insert(PERSON_LEAF, {**entry, "person": leaf.person, "wrapped_key": leaf.wrapped_key})
            for person in leaf.others:
                self._insert(PERSON_LEAF, {**entry, "person": person, "wrapped_key": None})
        for row in draft.rows:
            self._insert(*insertion(row))
            self._remember_answer(row, draft.rows)

    def flush(self) -> None:
        """Insert what was gathered so far, so that statements of this transaction see it."""
        for table, rows in self._inserts.items():
            _INSERTS[table].many(self.connection, rows)
        self._inserts.clear()

    def finish(self) -> None:
        """Write everything that is left, the ledger last: its row is the one every other node waits for."""
        self.flush()
        for head, version in sorted(self._moved.items()):
            self._move(head, version)
        if not self._leaves:
            return
        grown = append(self.connection, self._ledger, [leaf.content for leaf, _ in self._leaves])
        for leaf, slot in self._leaves:
            slot.proof = Proof(leaf.content, slot.index, grown.head, grown.inclusion_proof(slot.index))

    def also_read(self, heads: Mapping[str, int]) -> None:
        """Take up heads that could not be named before, read in this transaction."""
        self._stored.update(heads)
        self.seen.versions = {**heads, **self.seen.versions}

    def _remember_answer(self, row: Row, beside: Sequence[Row]) -> None:
        """Let later items of this batch see an answer that is written in it."""
        if not isinstance(row, IdempotencyRow):
            return
        answers = (other.answer for other in beside if isinstance(other, ReferralRow) and other.id == row.referral)
        answer = row.answer if row.answer is not None else next(answers)
        self.seen.answers[row.idempotency.key] = Answered(row.idempotency.digest, answer)

    def _insert(self, table: Table, values: Values) -> None:
        self._inserts.setdefault(table, []).append(values)

    def _forget(self, heads: set[str]) -> None:
        """Heads that an erasure deleted: from here on they have version 0, and nothing is left to move."""
        for head in heads:
            self.seen.versions.pop(head, None)
            self._moved.pop(head, None)
        self._stored -= heads
        self._erased |= heads

    def _move(self, head: str, version: int) -> None:
        if head not in self._stored:
            _INSERTS[HEAD].many(self.connection, [{"id": head, "version": version}])
            return
        if _MOVE.changed(self.connection, {"head": head, "to": version}) != 1:
            raise Defect("a head was moved that was not read")


class ItemTransaction:
    """The batch as one item sees it (`gateway.core.ports.Transaction`)."""

    def __init__(self, batch: Batch) -> None:
        """Start an empty draft."""
        self._batch, self._draft = batch, Draft()
        self._savepoint: NestedTransaction | None = None

    def keep(self) -> None:
        """The item succeeded: merge its draft."""
        if self._savepoint is not None:
            self._savepoint.commit()
        self._batch.merge(self._draft)

    def discard(self) -> None:
        """The item failed: nothing of it remains."""
        if self._savepoint is not None:
            self._savepoint.rollback()

    @property
    def now(self) -> datetime:
        """The moment of this transaction."""
        return self._batch.now

    @property
    def notices(self) -> NoticeWriter:
        """What happens to notices."""
        return NoticeWriter(self._direct(), self.now)

    @property
    def replacements(self) -> ReplacementWriter:
        """What happens to a referral that another one replaces."""
        return ReplacementWriter(self._direct())

    @property
    def lanes(self) -> LaneWriter:
        """What happens to what the courier brings."""
        return LaneWriter(self._direct(), self.now)

    @property
    def hints(self) -> HintWriter:
        """What happens to hints that are not settled."""
        return HintWriter(self._direct())

    def moved(self, heads: Sequence[Head]) -> tuple[str, ...]:
        """Return the ids of those heads whose version is another one now."""
        return tuple(head.id for head in heads if self._version(head.id) != head.version)

    def bump(self, head: str) -> None:
        """Move a head to its next version."""
        self._draft.versions[head] = self._version(head) + 1

    def consume(self, caller: Caller) -> NotFresh | None:
        """Use up the caller's proof. None when it was fresh and neither client nor token is revoked."""
        return self.use_once(caller.client_id, caller.token_jti, (caller.proof,))

    def use_once(self, client: str, token_jti: str | None, proofs: Sequence[UsedProof]) -> NotFresh | None:
        """Use up several ids, all or none."""
        seen = self._batch.seen
        revoked = client not in seen.enabled_clients or token_jti in seen.revoked_tokens
        if revoked or any(proof.id in seen.used for proof in proofs):
            return NotFresh(revoked=revoked)
        self._draft.used.update({proof.id: proof.expires_at for proof in proofs})
        return None

    def answered(self, key: bytes) -> Answered | None:
        """Return what that idempotency key was used for."""
        return self._batch.seen.answers.get(key)

    def append(self, leaf: SealedLeaf) -> LeafSlot:
        """Append a leaf to the log, and its person entry when it has one."""
        slot = LeafSlot(self._batch.next_index + len(self._draft.leaves))
        self._draft.leaves.append((leaf, slot))
        return slot

    def add(self, row: Row) -> None:
        """Insert a row."""
        self._draft.rows.append(row)

    def stop_consents(self, person: bytes, consents: Sequence[str]) -> InFlight:
        """Stop every parcel that rests on these consents."""
        return parcels.stop_consents(self._direct(), person, consents)

    def stop_parcels(self, people: Sequence[bytes], which: Sequence[Chosen]) -> InFlight:
        """Stop every parcel about one of these people that fits one of these."""
        return parcels.stop_chosen(self._direct(), people, which)

    def stop_referrals(self, sender: str, reference_blind: bytes) -> InFlight | None:
        """Stop every parcel this agency sent under that number."""
        return parcels.stop_referrals(self._direct(), sender, reference_blind)

    def lease(self, message: str, until: datetime) -> bool:
        """Move a parcel to sending."""
        return parcels.lease(self._direct(), message, self.now, until)

    def stop(self, message: str) -> bool:
        """Stop one parcel; False when it was not in flight any more."""
        return parcels.stop(self._direct(), message)

    def whose(self, message: str) -> Whose | None:
        """Return whom a message is about."""
        return parcels.whose(self._direct(), message)

    def acknowledge(self, recipient: str, message: str) -> str | None:
        """Move a sending parcel to delivered."""
        return parcels.acknowledge(self._direct(), recipient, message)

    def referral_state(self, recipient: str, message: str) -> ReferralState | None:
        """Return the state of a delivered parcel's referral."""
        return parcels.referral_state(self._direct(), recipient, message)

    def answer_referral(
        self, recipient: str, message: str, state: ReferralState, reason: AnswerCode | None = None
    ) -> str | None:
        """Set the state of a delivered parcel's referral."""
        return parcels.answer_referral(self._direct(), self.now, recipient, message, (state, reason))

    def register(self, row: AgencyRow | AgreementRow | ClientRow) -> None:
        """Insert or replace a row of the register; an agreement moves the heads of the others about its route."""
        if isinstance(row, AgreementRow):
            beside = register.heads_beside(self._direct(), row)
            self._batch.also_read(beside)
            for head in beside:
                self.bump(head)
        register.put(self._direct(), row)

    def disable_client(self, client: str) -> bool:
        """Switch a client off."""
        self._draft.disabled_clients.add(client)
        return register.disable_client(self._direct(), client)

    def revoke_token(self, jti: str, expires_at: int) -> bool:
        """Refuse that token from now on; False when it was refused already."""
        self._draft.revoked_tokens.add(jti)
        return register.revoke_token(self._direct(), jti, expires_at)

    def change(self, change: Change) -> bool:
        """Make an officer's change; False where nothing was as it asks."""
        return tries.changed(self._direct(), change, self.now)

    def erase(self, people: Sequence[bytes], pairs: Sequence[bytes]) -> None:
        """Delete every row about these records of one person."""
        self._draft.erased |= {*erasures.erase(self._direct(), people, pairs, self.now)}

    def end_erasures(self, people: Sequence[bytes]) -> None:
        """Their keys are destroyed."""
        erasures.end(self._direct(), people)

    def forget_expired(self, limit: int, over: Sequence[tuple[bytes, str]] = ()) -> bool:
        """Delete up to `limit` rows of each kind that has run out."""
        return expiry.forget_expired(self._direct(), self.now, limit, over)

    def _version(self, head: str) -> int:
        return self._draft.versions.get(head) or self._batch.seen.versions.get(head, 0)

    def _direct(self) -> Connection:
        """Return the connection for statements that run at once; what earlier items wrote is inserted first."""
        if self._savepoint is None:
            self._batch.flush()
            self._savepoint = self._batch.connection.begin_nested()
        return self._batch.connection

"""What one item sees of its batch's transaction.

Each item works on a draft of its own that is merged into the batch only if the item succeeded, so one that fails leaves
nothing behind. The few items that change existing rows do so at once, inside a savepoint.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from gateway.core.answers import LeafSlot, NotFresh
from gateway.core.callers import Caller, UsedProof
from gateway.core.erasure_steps import Aside
from gateway.core.heads import Head
from gateway.core.in_flight import InFlight, Stopping
from gateway.core.known import Whose
from gateway.core.log.stopping import log_stopped
from gateway.core.ports import Answered
from gateway.core.records.officer_records import OfficerChange
from gateway.core.rows import AgencyRow, AgreementRow, ClientRow, Row
from gateway.core.stages import Chosen, SealedLeaf
from gateway.store.prepared import say
from gateway.store.rows.officers import change_officers
from gateway.store.writing import erasures, erasures_aside, expiry, parcels, register, retention, tries
from gateway.store.writing.attachments import AttachmentWriter
from gateway.store.writing.batch import Batch
from gateway.store.writing.drafts import Draft
from gateway.store.writing.hints import HintWriter
from gateway.store.writing.lanes import LaneWriter
from gateway.store.writing.notices import NoticeWriter
from gateway.store.writing.replacements import ReplacementWriter
from schemas.answer_codes import AnswerCode
from schemas.vocabulary import ReferralState

# The driver's own, since SQLAlchemy compiles its savepoints anew each time.
_SAVEPOINT, _UNDO, _RELEASE = "savepoint item", "rollback to savepoint item", "release savepoint item"


class ItemTransaction:
    """The batch as one item sees it (`gateway.core.ports.Transaction`)."""

    def __init__(self, batch: Batch) -> None:
        """Start an empty draft."""
        self._batch, self._draft = batch, Draft()
        self._savepoint = False

    def keep(self) -> None:
        """The item succeeded: merge its draft."""
        if self._savepoint:
            say(self._batch.connection, _RELEASE)
        self._batch.merge(self._draft)

    def discard(self) -> None:
        """The item failed: nothing of it remains."""
        if self._savepoint:
            say(self._batch.connection, _UNDO)
            say(self._batch.connection, _RELEASE)

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

    @property
    def attachments(self) -> AttachmentWriter:
        """What happens to the files that disclosures name."""
        return AttachmentWriter(self._direct(), self.now)

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

    def stop_consents(self, person: bytes, consents: Sequence[str], why: Stopping) -> InFlight:
        """Stop every parcel that rests on these consents."""
        return log_stopped(self, why, parcels.stop_consents(self._direct(), person, consents))

    def stop_parcels(self, people: Sequence[bytes], which: Sequence[Chosen], why: Stopping) -> InFlight:
        """Stop every parcel about one of these people that fits one of these."""
        return log_stopped(self, why, parcels.stop_chosen(self._direct(), people, which))

    def stop_referrals(self, sender: str, reference_blind: bytes, why: Stopping) -> InFlight | None:
        """Stop every parcel this agency sent under that number."""
        stopped = parcels.stop_referrals(self._direct(), sender, reference_blind)
        return None if stopped is None else log_stopped(self, why, stopped)

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

    def change(self, change: OfficerChange) -> bool:
        """Make an officer's change; False where nothing was as it asks."""
        return change_officers(self._direct(), change, self.now)

    def forget_tries(self, pairs: Sequence[bytes]) -> bool:
        """Forget what was tried under these counts, and lift the locks on them; False where none was locked."""
        return tries.forget(self._direct(), pairs)

    def erase(self, people: Sequence[bytes], pairs: Sequence[bytes]) -> None:
        """Delete every row about these records of one person."""
        self._draft.erased |= {*erasures.erase(self._direct(), people, pairs, self.now)}

    def end_erasures(self, people: Sequence[bytes]) -> None:
        """Their keys are destroyed."""
        erasures.end(self._direct(), people)

    def put_aside(self, people: Sequence[bytes], pairs: Sequence[bytes], aside: Aside) -> None:
        """Keep every row about these records of one person where nobody meets it."""
        self._draft.erased |= {*erasures_aside.put_aside(self._direct(), people, pairs, aside, self.now)}

    def release_aside(self, request: str) -> bool:
        """Let that erasure wait for no court order any more."""
        return erasures_aside.release(self._direct(), request)

    def end_aside(self, request: str) -> Sequence[bytes]:
        """Delete what that erasure kept; whose keys are to be destroyed now."""
        people, heads = erasures_aside.end(self._direct(), request, self.now)
        self._draft.erased |= {*heads}
        return people

    def end_exchanges(self, over: Sequence[tuple[bytes, str]]) -> None:
        """Forget what only an exchange under way needs."""
        retention.end(self._direct(), over)

    def forget_expired(self, limit: int) -> bool:
        """Delete up to `limit` rows of each kind that has run out."""
        return expiry.forget_expired(self._direct(), self.now, limit)

    def _version(self, head: str) -> int:
        return self._draft.versions.get(head) or self._batch.seen.versions.get(head, 0)

    def _direct(self) -> Connection:
        """Return the connection for statements that run at once; what earlier items wrote is inserted first."""
        if not self._savepoint:
            self._batch.flush()
            say(self._batch.connection, _SAVEPOINT)
            self._savepoint = True
        return self._batch.connection

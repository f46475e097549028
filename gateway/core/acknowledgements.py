"""What a recipient says back: that it has the message, and what becomes of the referral. Codes only (M-06)."""

from dataclasses import dataclass, replace

from adapters.sdk.errors import UnsupportedError
from gateway.core.callers import Caller
from gateway.core.crypto.blind import blind_idempotency, request_digest
from gateway.core.crypto.keys import MacKeys
from gateway.core.decision_leaves import answered_leaf
from gateway.core.log.leaves import sealed_leaf
from gateway.core.notice.items import AnswerNotice
from gateway.core.notice.notices import notice_leaf
from gateway.core.openings import keep_answer, needed, refused_or_answered
from gateway.core.ports import Clock, Entropy, Needs, Recorder, Transaction
from gateway.core.recipient_answers import RECORDED, NotNow, Outcome, Told, Unknown
from gateway.core.records.notice_records import Notices
from gateway.core.records.receipt_rows import SignedReceiptRow
from gateway.core.referral_life import ANSWERS, may_follow, says_what_came
from gateway.core.signed_receipts import Receipts
from gateway.core.stages import Idempotency, SealedLeaf
from schemas.answer_codes import AnswerCode
from schemas.notice_codes import NoticeState, ObjectionGround
from schemas.vocabulary import ReferralState


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing a recipient says about a message: that it has it (`state` None), or what becomes of the referral.

    With `receipt`, an answer about a message that was handed out and not acknowledged says that it arrived, too. With
    `expects`, nothing is recorded unless the referral stands as the recipient saw it.
    """

    caller: Caller
    message: str
    state: ReferralState | None
    leaf: SealedLeaf
    idempotency: Idempotency
    reason: AnswerCode | None = None
    receipt: SealedLeaf | None = None
    expects: ReferralState | None = None
    signed: SignedReceiptRow | None = None

    @property
    def needs(self) -> Needs:
        """Proof and idempotency key."""
        return needed((), self.caller, self.idempotency)

    def apply(self, transaction: Transaction) -> Outcome:
        """Record it, once. A message acknowledged is wiped, and again is no harm; a referral moves to its new state."""
        if earlier := refused_or_answered(transaction, self.caller, self.idempotency):
            return earlier
        if self.state is not None and not self._may_be_said(transaction, self.state):
            return NotNow()
        if self._done(transaction) is not None:
            self._log(transaction, self.leaf)
            if self.signed is not None:
                transaction.add(self.signed)
        elif not self._was_acknowledged(transaction):
            return Unknown()
        elif self.signed is not None:  # Nothing that was not kept is told as kept.
            return NotNow()
        keep_answer(transaction, self.idempotency, RECORDED)
        return Told()

    def _may_be_said(self, transaction: Transaction, state: ReferralState) -> bool:
        """Look whether the state allows it; what is not delivered to this recipient is told apart by `_done`."""
        now = transaction.referral_state(self.caller.agency, self.message)
        if now is None:
            if self.receipt is None or self.expects not in {None, ReferralState.SUBMITTED}:
                return True
            if not may_follow(ReferralState.RECEIVED, state):
                return False
            if transaction.acknowledge(self.caller.agency, self.message) is None:
                return True
            self._log(transaction, self.receipt)
            now = transaction.referral_state(self.caller.agency, self.message)
        elif self.expects not in {None, now}:
            return False
        return now is not None and may_follow(now, state)

    def _log(self, transaction: Transaction, leaf: SealedLeaf) -> None:
        whose = transaction.whose(self.message)
        transaction.append(replace(leaf, person=whose.person, referral=whose.referral) if whose else leaf)

    def _was_acknowledged(self, transaction: Transaction) -> bool:
        """Whether this only says again that a message arrived: a recipient that crashed has forgotten its key."""
        return self.state is None and transaction.referral_state(self.caller.agency, self.message) is not None

    def _done(self, transaction: Transaction) -> str | None:
        if self.state is None:
            return transaction.acknowledge(self.caller.agency, self.message)
        return transaction.answer_referral(self.caller.agency, self.message, self.state, self.reason)


@dataclass(frozen=True, slots=True)
class Answering:
    """Takes what recipients say."""

    keys: MacKeys
    clock: Clock
    entropy: Entropy
    recorder: Recorder
    notices: Notices
    receipts: Receipts

    async def acknowledge(self, caller: Caller, message: str, idempotency_key: str, receipt: str = "") -> Outcome:
        """Record that the caller's agency has a message or a notice; with a `receipt`, that it signed for the message.

        Raises UnsupportedError for a receipt that is not its own about this message. With a notice none is looked at:
        nothing stands in the way of that.
        """
        if self.is_notice(caller, message):
            return await self.answer_notice(caller, message, NoticeState.ACKNOWLEDGED, None, idempotency_key)
        said = f"{message}:{receipt}" if receipt else message  # What was told without it does not say that it was kept.
        idempotency = self._idempotency(caller, "acknowledgement", idempotency_key, said)
        signed = self.receipts.checked(caller.agency, message, receipt) if receipt else None
        if signed is None:
            return await self.recorder.record(Answer(caller, message, None, self._receipt(caller), idempotency))
        answer = Answer(caller, message, None, signed.leaf, idempotency, signed=signed.row)
        return await self.recorder.record(answer)

    async def answer(
        self,
        caller: Caller,
        message: str,
        state: ReferralState,
        reason: AnswerCode | None,
        idempotency_key: str,
        seen: ReferralState | None = None,
    ) -> Outcome:
        """Record what the caller's agency makes of a referral; what is completed says what came of it (M-06).

        Raises UnsupportedError for a state not its own, and for one whose code is missing or another's.

        `seen` is for formats that know no receipt: the state the recipient saw. Nothing is recorded about another, and
        where that was `submitted`, the answer acknowledges the message as well.
        """
        if state not in ANSWERS:
            raise UnsupportedError("", "state")
        if not says_what_came(state, reason):
            raise UnsupportedError("/service_outcome", "M-06")
        leaf = answered_leaf(self.entropy, self.clock.now(), caller.agency, state, reason)
        said = f"{message}:{state}:{reason or ''}"
        idempotency = self._idempotency(caller, "status", idempotency_key, said)
        receipt = None if seen is None else self._receipt(caller)
        return await self.recorder.record(Answer(caller, message, state, leaf, idempotency, reason, receipt, seen))

    def is_notice(self, caller: Caller, message: str) -> bool:
        """Say whether this id is that of a notice which was handed out to the caller's agency."""
        return self.notices.handed_out(caller.agency, message) is not None

    async def answer_notice(
        self, caller: Caller, message: str, state: NoticeState, ground: ObjectionGround | None, idempotency_key: str
    ) -> Outcome:
        """Record what the caller's agency did about a notice (C-10, A-03).

        Raises UnsupportedError for an objection without a ground, or a ground without an objection.
        """
        if (state is NoticeState.OBJECTED) is (ground is None):
            raise UnsupportedError("/ground", "ground")
        notice = self.notices.handed_out(caller.agency, message)
        leaf = None if notice is None else notice_leaf(self.entropy, state, self.clock.now(), notice, ground)
        operation = "acknowledgement" if state is NoticeState.ACKNOWLEDGED else "status"
        idempotency = self._idempotency(caller, operation, idempotency_key, f"{message}:{state}:{ground or ''}")
        return await self.recorder.record(AnswerNotice(caller, message, state, ground, leaf, idempotency))

    def _receipt(self, caller: Caller) -> SealedLeaf:
        return sealed_leaf(self.entropy, "disclosure.delivered", self.clock.now(), {"recipient": caller.agency})

    def _idempotency(self, caller: Caller, operation: str, key: str, said: str) -> Idempotency:
        return Idempotency(
            blind_idempotency(self.keys, caller.client_id, operation, key), request_digest(self.keys, said.encode())
        )

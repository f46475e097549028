"""What a recipient says back: that it has the message, and what becomes of the referral. Codes only (M-06)."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from adapters.sdk.errors import UnsupportedError
from gateway.core.answers import KeyConflict, NotFresh, Repeated
from gateway.core.blind import blind_idempotency, request_digest
from gateway.core.callers import Caller
from gateway.core.confirm import KEEPS_ANSWERS, repeated
from gateway.core.keys import MacKeys
from gateway.core.leaves import sealed_leaf
from gateway.core.ports import Clock, Entropy, Needs, Recorder, Transaction
from gateway.core.rows import IdempotencyRow
from gateway.core.stages import Idempotency, SealedLeaf
from schemas.documents import Document, Json
from schemas.vocabulary import ReferralState, RejectionReason

ANSWERS = frozenset(
    {
        ReferralState.ACCEPTED,
        ReferralState.REJECTED,
        ReferralState.INFO_REQUESTED,
        ReferralState.IN_PROGRESS,
        ReferralState.COMPLETED,
        ReferralState.CANCELLED,
        ReferralState.FAILED,
    }
)
"""What a recipient may say; the other states are the sender's or the gateway's own."""

_RECORDED: Document = {"outcome": "recorded"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such message for this recipient; the same answer for another's, an old and an invented one."""


@dataclass(frozen=True, slots=True)
class Told:
    """It was recorded."""


Outcome: TypeAlias = Told | Unknown | Repeated | KeyConflict | NotFresh


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing a recipient says about a message: that it has it (`state` None), or what becomes of the referral."""

    caller: Caller
    message: str
    state: ReferralState | None
    leaf: SealedLeaf
    idempotency: Idempotency

    @property
    def needs(self) -> Needs:
        """Proof and idempotency key."""
        return Needs((), (self.caller,), (self.idempotency.key,))

    def apply(self, transaction: Transaction) -> Outcome:
        """Record it, once. A message acknowledged is wiped; a referral answered moves to its new state."""
        if not_fresh := transaction.consume(self.caller):
            return not_fresh
        if earlier := repeated(transaction, self.idempotency):
            return earlier
        if self._done(transaction) is None:
            return Unknown()
        whose = transaction.whose(self.message)
        transaction.append(replace(self.leaf, person=whose.person, referral=whose.referral) if whose else self.leaf)
        transaction.add(IdempotencyRow(self.idempotency, None, _RECORDED, transaction.now + KEEPS_ANSWERS))
        return Told()

    def _done(self, transaction: Transaction) -> str | None:
        if self.state is None:
            return transaction.acknowledge(self.caller.agency, self.message)
        return transaction.answer_referral(self.caller.agency, self.message, self.state)


@dataclass(frozen=True, slots=True)
class Answering:
    """Takes what recipients say."""

    keys: MacKeys
    clock: Clock
    entropy: Entropy
    recorder: Recorder

    async def acknowledge(self, caller: Caller, message: str, idempotency_key: str) -> Outcome:
        """Record that the caller's agency has a message."""
        leaf = sealed_leaf(self.entropy, "disclosure.delivered", self.clock.now(), {"recipient": caller.agency})
        idempotency = self._idempotency(caller, "acknowledgement", idempotency_key, message)
        return await self.recorder.record(Answer(caller, message, None, leaf, idempotency))

    async def answer(
        self,
        caller: Caller,
        message: str,
        state: ReferralState,
        reason: RejectionReason | None,
        idempotency_key: str,
    ) -> Outcome:
        """Record what the caller's agency makes of a referral. Raises UnsupportedError for a state not its own."""
        if state not in ANSWERS:
            raise UnsupportedError("", "state")
        fields: dict[str, Json] = {"recipient": caller.agency, "outcome": state}
        if reason is not None:
            fields["reasons"] = [reason.value]
        leaf = sealed_leaf(self.entropy, "disclosure.answered", self.clock.now(), fields)
        said = f"{message}:{state}:{reason or ''}"
        idempotency = self._idempotency(caller, "status", idempotency_key, said)
        return await self.recorder.record(Answer(caller, message, state, leaf, idempotency))

    def _idempotency(self, caller: Caller, operation: str, key: str, said: str) -> Idempotency:
        return Idempotency(
            blind_idempotency(self.keys, caller.client_id, operation, key), request_digest(self.keys, said.encode())
        )

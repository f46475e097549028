"""What a recipient says back: that it has the message, and what becomes of the referral. Codes only (M-06)."""

from dataclasses import dataclass

from gateway.core.answers import NotFresh
from gateway.core.callers import Caller
from gateway.core.leaves import sealed_leaf
from gateway.core.ports import Clock, Entropy, Needs, Recorder, Transaction
from gateway.core.stages import SealedLeaf
from schemas.documents import Json
from schemas.vocabulary import ReferralState, RejectionReason


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such message for this recipient; the same answer for another's, an old and an invented one."""


@dataclass(frozen=True, slots=True)
class Told:
    """It was recorded."""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The recipient has the message: its payload is wiped, its referral is received."""

    caller: Caller
    message: str
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The proof."""
        return Needs(callers=(self.caller,))

    def apply(self, transaction: Transaction) -> Told | Unknown | NotFresh:
        """Record it, once."""
        if not_fresh := transaction.consume(self.caller):
            return not_fresh
        if transaction.acknowledge(self.caller.agency, self.message) is None:
            return Unknown()
        transaction.append(self.leaf)
        return Told()


@dataclass(frozen=True, slots=True)
class AnswerReferral:
    """The recipient accepts, rejects or finishes a referral it has."""

    caller: Caller
    message: str
    state: ReferralState
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The proof."""
        return Needs(callers=(self.caller,))

    def apply(self, transaction: Transaction) -> Told | Unknown | NotFresh:
        """Record it."""
        if not_fresh := transaction.consume(self.caller):
            return not_fresh
        if transaction.answer_referral(self.caller.agency, self.message, self.state) is None:
            return Unknown()
        transaction.append(self.leaf)
        return Told()


@dataclass(frozen=True, slots=True)
class Answering:
    """Takes what recipients say."""

    clock: Clock
    entropy: Entropy
    recorder: Recorder

    async def acknowledge(self, caller: Caller, message: str) -> Told | Unknown | NotFresh:
        """Record that the caller's agency has a message."""
        leaf = sealed_leaf(self.entropy, "disclosure.delivered", self.clock.now(), {"recipient": caller.agency})
        return await self.recorder.record(Acknowledge(caller, message, leaf))

    async def answer(
        self, caller: Caller, message: str, state: ReferralState, reason: RejectionReason | None
    ) -> Told | Unknown | NotFresh:
        """Record what the caller's agency makes of a referral."""
        fields: dict[str, Json] = {"recipient": caller.agency, "outcome": state}
        if reason is not None:
            fields["reasons"] = [reason.value]
        leaf = sealed_leaf(self.entropy, "disclosure.answered", self.clock.now(), fields)
        return await self.recorder.record(AnswerReferral(caller, message, state, leaf))

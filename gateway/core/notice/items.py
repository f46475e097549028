"""What a recipient answers to a notice, and what becomes of one nobody answers, inside the writer's transaction."""

from dataclasses import dataclass, replace

from gateway.core.callers import Caller
from gateway.core.notice.notices import notice_leaf
from gateway.core.openings import keep_answer, needed, refused_or_answered
from gateway.core.ports import Entropy, Needs, Transaction
from gateway.core.recipient_answers import RECORDED, NotNow, Outcome, Told, Unknown
from gateway.core.stages import Idempotency, SealedLeaf
from schemas.notice_codes import NoticeState, ObjectionGround

ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class AnswerNotice:
    """One thing a recipient says about a notice: that it has it, or what it did."""

    caller: Caller
    notice: str
    state: NoticeState
    ground: ObjectionGround | None
    leaf: SealedLeaf | None
    idempotency: Idempotency

    @property
    def needs(self) -> Needs:
        """Proof and idempotency key."""
        return needed((), self.caller, self.idempotency)

    def apply(self, transaction: Transaction) -> Outcome:
        """Record it, once. That it arrived may be said again; what its state does not allow is refused."""
        if earlier := refused_or_answered(transaction, self.caller, self.idempotency):
            return earlier
        notice = transaction.notices.notice(self.caller.agency, self.notice)
        if notice is None or self.leaf is None:
            return Unknown()
        if notice.may_become(self.state):
            transaction.notices.move(notice.id, self.state, self.ground)
            transaction.append(replace(self.leaf, person=notice.person))  # She may have been erased meanwhile.
        elif not (notice.was_acknowledged and self.state is NoticeState.ACKNOWLEDGED):
            return NotNow()
        keep_answer(transaction, self.idempotency, RECORDED)
        return Told()


@dataclass(frozen=True, slots=True)
class EscalateNotices:
    """Note which notices are late, at most `limit` at a time; each is a leaf (C-10)."""

    limit: int
    entropy: Entropy

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> tuple[str, ...]:
        """Return the recipients that are late, one entry a notice."""
        late = transaction.notices.late(self.limit)
        for notice in late:
            transaction.notices.escalate(notice.id)
            transaction.append(notice_leaf(self.entropy, ESCALATED, transaction.now, notice))
        return tuple(notice.recipient for notice in late)

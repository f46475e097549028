"""What a turn in a lane does inside the writer's transaction.

It begins with the gate of `gateway.core.dispatch`, and ends by writing down what came of each letter: only while the
lane is still its holder's.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.core.delivery.letters import Declined, NotTaken, Taken, Verdict
from gateway.core.dispatch import Leased, Release, heads_of, leased
from gateway.core.endpoints import Patience
from gateway.core.lanes import HELD_FOR, Lane
from gateway.core.notice.notifying import ReadyNotice
from gateway.core.ports import Needs, Transaction
from gateway.core.records.receipt_rows import SignedReceiptRow
from gateway.core.stages import SealedLeaf
from schemas.answer_codes import AnswerCode
from schemas.notice_codes import NoticeState
from schemas.vocabulary import ReferralState


@dataclass(frozen=True, slots=True)
class Fenced:
    """Somebody else holds the lane, or nobody may: nothing was written."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Take the lane and hand out what may leave; the commit of this is the point of no return."""

    lane: Lane
    releases: tuple[Release, ...]
    notices: tuple[ReadyNotice, ...]
    failures: int

    @property
    def needs(self) -> Needs:
        """Every head the releases rest on."""
        return Needs(heads_of(self.releases))

    def apply(self, transaction: Transaction) -> Leased | Fenced:
        """Return what is sending now; where that is nothing, the lane is free again."""
        until = transaction.now + HELD_FOR
        if not transaction.lanes.hold(self.lane, until):
            return Fenced()
        sending = leased(transaction, self.releases, self.notices, until)
        if not (sending.notices or sending.parcels):
            transaction.lanes.leave(self.lane, transaction.now, self.failures)
        return sending


@dataclass(frozen=True, slots=True)
class Said:
    """What an agency's system answered about the referral itself, and the leaf of it."""

    state: ReferralState
    reason: AnswerCode | None
    leaf: SealedLeaf


@dataclass(frozen=True, slots=True)
class Brought:
    """One letter that was carried, what came of it, and the leaf where that is an end. A notice is never given up."""

    message: str
    due: datetime
    verdict: Verdict
    leaf: SealedLeaf
    notice: bool = False
    said: Said | None = None
    signed: SignedReceiptRow | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of the letters that were brought to a recipient, or were not begun. `share` is chance."""

    recipient: str
    brought: tuple[Brought, ...]
    untouched: tuple[str, ...]
    patience: Patience
    share: float

    def write(self, transaction: Transaction) -> None:
        """Write down what became of each."""
        for one in self.brought:
            self._settle(transaction, one)
        for message in self.untouched:
            transaction.lanes.put_back(message)

    def _settle(self, transaction: Transaction, one: Brought) -> None:
        match one.verdict:
            case Taken():
                self._arrived(transaction, one)
            case NotTaken(why=why, steps=steps):
                tried = transaction.lanes.count_try(one.message, why.value, steps)
                if not one.notice and transaction.now - one.due >= self.patience.give_up:
                    self._given_up(transaction, one)
                else:
                    pause = self.patience.pause(tried.attempts, self.share)
                    transaction.lanes.postpone(one.message, transaction.now + pause)
            case Declined(why=why):
                transaction.lanes.count_try(one.message, why.value, 0)
                if one.notice:  # It stays open until its recipient answers, and alarms when late (C-10).
                    transaction.lanes.postpone(one.message, transaction.now + self.patience.longest)
                else:
                    self._given_up(transaction, one)

    def _arrived(self, transaction: Transaction, one: Brought) -> None:
        if one.notice:
            notice = transaction.notices.notice(self.recipient, one.message)
            if notice is not None and notice.may_become(NoticeState.ACKNOWLEDGED):
                transaction.notices.move(one.message, NoticeState.ACKNOWLEDGED, None)
                transaction.append(replace(one.leaf, person=notice.person))
            return
        if transaction.acknowledge(self.recipient, one.message) is None:
            return  # She was erased meanwhile.
        _log(transaction, one.message, one.leaf)
        if one.signed is not None:
            transaction.add(one.signed)
        said = one.said
        if said is not None and transaction.answer_referral(self.recipient, one.message, said.state, said.reason):
            _log(transaction, one.message, said.leaf)

    def _given_up(self, transaction: Transaction, one: Brought) -> None:
        if transaction.lanes.give_up(one.message):
            _log(transaction, one.message, one.leaf)


def _log(transaction: Transaction, message: str, leaf: SealedLeaf) -> None:
    whose = transaction.whose(message)
    transaction.append(replace(leaf, person=whose.person, referral=whose.referral) if whose else leaf)

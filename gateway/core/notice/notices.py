"""Notices: what past recipients are told about something they received, from the first commit to the last answer.

A notice is queued in the very transaction in which a withdrawal, erasure, rectification or restriction commits (C-10,
A-03), one for every message that may have left. It is not a disclosure: no consent, agreement or profile is asked
before it is handed out, and it never says why, nor who else was told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.core.chance import drawn_share
from gateway.core.crypto.pseudonyms import message_id
from gateway.core.drawn import Drawn
from gateway.core.log.leaves import sealed_leaf
from gateway.core.ports import Entropy, Transaction
from gateway.core.records.notice_records import Notice, Received
from gateway.core.stages import SealedLeaf
from schemas.documents import Json
from schemas.notice_codes import NoticeAsk, NoticeKind, NoticeState, ObjectionGround
from schemas.vocabulary import DataCategory


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """What an item carries so that it can queue notices it cannot count beforehand: no entropy is drawn inside.

    `seed` is 32 fresh random bytes and is kept nowhere: what is drawn from it is as good as random.
    """

    kind: NoticeKind
    seed: bytes
    jitter: timedelta
    answer_within: timedelta


@dataclass(frozen=True, slots=True)
class Less:
    """What of one message she no longer agrees to: kinds of data, and the time after `use_until`."""

    categories: frozenset[DataCategory] = frozenset()
    use_until: datetime | None = None


WHOLE = Less()
"""Nothing in particular is named: the notice is about all of it."""


def queued(
    transaction: Transaction, plan: NoticePlan, owed: Sequence[Received], replaced_by: str | None = None
) -> tuple[Notice, ...]:
    """Queue one notice for each of these, each with a leaf, in this transaction (C-10, A-03)."""
    return tuple(queued_one(transaction, plan, one, replaced_by=replaced_by) for one in owed)


def queued_one(
    transaction: Transaction, plan: NoticePlan, owed: Received, less: Less = WHOLE, replaced_by: str | None = None
) -> Notice:
    """Queue one notice with its leaf."""
    entropy, now = Drawn(plan.seed + owed.message.encode()), transaction.now
    share = drawn_share(entropy)
    notice = Notice(
        id=message_id(entropy.bytes(16)),
        kind=plan.kind,
        about=owed.message,
        referral=owed.referral,
        sender=owed.sender,
        recipient=owed.recipient,
        person=None if plan.kind is NoticeKind.ERASURE else owed.person,
        created=now,
        due=now + plan.jitter * share,  # Held back like a routine delivery: two recipients cannot match arrivals.
        deadline=now + plan.answer_within,
        replaced_by=replaced_by,
        categories=less.categories,
        use_until=less.use_until,
    )
    transaction.notices.add(notice)
    if notice.asks is NoticeAsk.ERASE:
        transaction.notices.end(notice.referral)
    transaction.append(notice_leaf(entropy, NoticeState.QUEUED, now, notice))
    return notice


def notice_leaf(
    entropy: Entropy, step: str, at: datetime, notice: Notice, ground: ObjectionGround | None = None
) -> SealedLeaf:
    """Record one step of a notice: agencies, kind, and the ground of an objection; nothing that names her."""
    fields: dict[str, Json] = {"sender": notice.sender, "recipient": notice.recipient, "notice": notice.kind}
    if ground is not None:
        fields["reasons"] = [ground.value]
    leaf = sealed_leaf(entropy, f"notice.{step}", at, fields)
    return SealedLeaf(leaf.event, leaf.content, notice.person, referral=notice.referral)

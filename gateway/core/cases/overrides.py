"""Breaking the glass needs two persons, ends, and is judged afterwards (E-01); too many are an alarm (E-04).

Somebody asks (`gateway.core.cases.desk`); here a second person approves with a passkey, any such person stops it, a
data-protection officer reviews it. Whether an open override lets anything move is `consent.overrides`' to say. An
approval that cannot be shown to come from a second person approves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Protocol

from consent.case import CaseEvent
from consent.facts import Override
from consent.policy import Policy
from gateway.core.afresh import afresh
from gateway.core.answers import ROUNDS, Stale
from gateway.core.cases.endings import ending_of
from gateway.core.cases.override_items import RaiseOnce, Ruled, RuleOverride
from gateway.core.crypto.pseudonyms import message_id
from gateway.core.errors import OperatorError
from gateway.core.heads import Head
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import sealed_leaf
from gateway.core.officers import SECONDS, Action, Approval, Officer, OfficerRefusedError, Role
from gateway.core.ports import Clock, Entropy, People, Recorder
from gateway.core.rows import CaseEventRow
from gateway.core.stages import SealedLeaf
from schemas.case_codes import CaseEventType, OverrideFinding
from schemas.documents import Document, Json

ENDED, REVIEW_OVERDUE = "override.ended", "override.review_overdue"
"""What is told of an override once: leaf types, and what stands before its id in the head that says it was told."""

OFFICER = "officer:"
"""What stands before an officer's id where an agency's could stand too."""

REVIEWS = frozenset({Role.DPO})
"""Who judges what was done while the glass was broken."""

_NOTHING: Document = MappingProxyType({})
_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Watched:
    """An override that was approved: whose, since when, until when, and whether anybody has judged it."""

    override: str
    person: bytes
    author: str
    approved_at: datetime
    ends: datetime
    stopped: bool
    reviewed: bool
    ended_told: bool
    overdue_told: bool


@dataclass(frozen=True, slots=True)
class Unjudged:
    """An override that was approved and that nobody has judged yet: its number, by when, and whether that is over."""

    override: str
    due: datetime
    is_late: bool


class OverrideBook(Protocol):
    """What the store knows about overrides of all people together."""

    def approved(self) -> Sequence[Watched]:
        """Return every override that was approved and is not over and judged."""
        ...

    def approvals_since(self, author: str, since: datetime) -> tuple[int, Head]:
        """Return how many overrides that author asked for were approved since then, with the version of the count."""
        ...


@dataclass(frozen=True, slots=True)
class Overrides:
    """Where people approve, stop and review overrides."""

    people: People
    book: OverrideBook
    policy: Policy
    clock: Clock
    entropy: Entropy
    recorder: Recorder

    def shown(self, officer: Officer, name: str) -> Override:
        """Return an override to somebody who may be its second person or judge it. Raises OfficerRefusedError."""
        officer.require(SECONDS | {Role.DPO})
        known = afresh(self.people, partial(self.people.of_override, name))
        found = known.case.override(name) if known else None
        if found is None:
            raise OfficerRefusedError("override_unknown")
        return found

    def unjudged(self, officer: Officer) -> Sequence[Unjudged]:
        """Return what a data-protection officer has to judge, the most urgent first. Raises OfficerRefusedError.

        For officers of no agency: an agency's own would learn when another broke the glass.
        """
        officer.require_apart(REVIEWS)
        within, now = timedelta(hours=self.policy.clocks.override_review_hours), self.clock.now()
        found = [(one.approved_at + within, one) for one in self.book.approved() if not one.reviewed]
        return [Unjudged(one.override, due, now >= due) for due, one in sorted(found, key=lambda each: each[0])]

    async def approve(self, approval: Approval) -> Ruled:
        """Let the glass be broken: a second person says so (E-01).

        Raises OfficerRefusedError where this is no second person, or there is nothing that waits for one.
        """
        approval.require(Action.APPROVE_OVERRIDE, approval.subject)
        return await self._ruled(approval, approval.subject, CaseEventType.OVERRIDE_APPROVED)

    async def stop(self, approval: Approval) -> Ruled:
        """End it before its time (E-01)."""
        approval.require(Action.STOP_OVERRIDE, approval.subject)
        return await self._ruled(approval, approval.subject, CaseEventType.OVERRIDE_STOPPED)

    async def review(self, approval: Approval, name: str, finding: OverrideFinding) -> Ruled:
        """Judge it: a data-protection officer who neither asked nor approved, by a passkey for that finding (E-01)."""
        approval.require(Action.REVIEW_OVERRIDE, judged(name, finding))
        return await self._ruled(approval, name, CaseEventType.OVERRIDE_REVIEWED, {"finding": finding.value})

    async def watch(self) -> tuple[str, ...]:
        """Tell the log once of every time box that is over and every review that is late; the ids of the late ones."""
        now, late = self.clock.now(), list[str]()
        within = timedelta(hours=self.policy.clocks.override_review_hours)
        for one in self.book.approved():
            if not one.stopped and not one.ended_told and now >= one.ends:
                await self._raised(ENDED, one, now)
            due = not one.reviewed and not one.overdue_told and now >= one.approved_at + within
            if due and await self._raised(REVIEW_OVERDUE, one, now):
                late.append(one.override)
        return tuple(late)

    async def _raised(self, kind: str, one: Watched, now: datetime) -> bool:
        fields: Document = {} if one.author.startswith(OFFICER) else {"sender": one.author}
        leaf = sealed_leaf(self.entropy, kind, now, dict(fields))
        return await self.recorder.record(RaiseOnce(f"{kind}:{one.override}", replace(leaf, person=one.person)))

    async def _ruled(self, approval: Approval, name: str, kind: CaseEventType, more: Document = _NOTHING) -> Ruled:
        for _ in range(ROUNDS):
            known = afresh(self.people, partial(self.people.of_override, name))
            asked = known.case.override(name) if known else None
            if known is None or asked is None:
                raise OfficerRefusedError("override_unknown")
            _CHECKS[kind](approval, asked, self.clock.now())
            outcome = await self.recorder.record(self._item(approval, known, asked, kind, more), urgent=True)
            self.people.forget([head.id for head in known.heads])
            if not isinstance(outcome, Stale):
                return outcome
        raise OperatorError("the record of a person keeps changing")

    def _item(
        self, approval: Approval, known: KnownPerson, asked: Override, kind: CaseEventType, more: Document
    ) -> RuleOverride:
        now, by = self.clock.now(), OFFICER + approval.officer.id
        event = CaseEvent(message_id(self.entropy.bytes(16)), kind, now, by, {"override": asked.id, **more})
        said: dict[str, Json] = {"recipient": asked.recipient, "officer": approval.officer.id}
        leaf = sealed_leaf(self.entropy, f"case.{kind}", now, said)
        item = RuleOverride(
            approval,
            known.heads,
            CaseEventRow(known.id, event, None),
            replace(leaf, person=known.id),
            ending_of(event, known, self.entropy),
        )
        if kind is not CaseEventType.OVERRIDE_APPROVED:
            return item
        before, counted = self.book.approvals_since(asked.author, now - _DAY)
        return replace(
            item, counted=counted, alarm=self._alarm(asked, now) if before >= self.policy.overrides_a_day else None
        )

    def _alarm(self, asked: Override, now: datetime) -> SealedLeaf:
        """E-04: an agency that breaks the glass too often is looked at."""
        fields: Document = {} if asked.author.startswith(OFFICER) else {"sender": asked.author}
        return sealed_leaf(self.entropy, "override.rate_alarm", now, dict(fields))


def judged(name: str, finding: OverrideFinding) -> str:
    """Return what a review is an approval of."""
    return f"{name}/{finding.value}"


def _may_approve(approval: Approval, asked: Override, now: datetime) -> None:
    """Two persons: another credential than the author's, of no agency that asked by itself or would receive (E-01)."""
    approval.officer.require(SECONDS)
    _second(approval, asked.author)
    _apart(approval, asked)
    if asked.approver is not None or asked.stopped_at is not None or now >= asked.ends:
        raise OfficerRefusedError("override_not_waiting")


def _may_stop(approval: Approval, asked: Override, _now: datetime) -> None:
    """Stopping only narrows: whoever may be a second person may, and whoever asked for it."""
    if OFFICER + approval.officer.id != asked.author:
        approval.officer.require(SECONDS)
    if asked.stopped_at is not None:
        raise OfficerRefusedError("override_not_waiting")


def _may_review(approval: Approval, asked: Override, _now: datetime) -> None:
    """Nobody judges what he or she asked for or approved, or what his or her agency was given."""
    approval.officer.require(frozenset({Role.DPO}))
    _second(approval, asked.author)
    _apart(approval, asked)
    if asked.approver is None or asked.finding is not None:
        raise OfficerRefusedError("override_not_waiting")
    _second(approval, asked.approver)


def _second(approval: Approval, other: str) -> None:
    if other.startswith(OFFICER):
        approval.require(approval.action, approval.subject, author=other.removeprefix(OFFICER))
    elif approval.officer.agency == other:
        raise OfficerRefusedError("second_person_needed")


def _apart(approval: Approval, asked: Override) -> None:
    """Whoever would learn by it gains by it: as with a consent (C-19), that side neither opens nor judges."""
    if approval.officer.agency == asked.recipient:
        raise OfficerRefusedError("same_side")


_CHECKS = {
    CaseEventType.OVERRIDE_APPROVED: _may_approve,
    CaseEventType.OVERRIDE_STOPPED: _may_stop,
    CaseEventType.OVERRIDE_REVIEWED: _may_review,
}

"""Statistics that leave the circle of those who contributed to them (P-04, P-06).

A release is one quarter's table: how many people, by purpose and by what became of it, from codes only. Only people who
agreed to be counted are in it (C-13), each once, by her newest referral. It is proposed, approved by every agency whose
people are counted, then made once and kept as it is: to make it again later would tell who came in between.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from consent.policy import ConsentDecision
from consent.records import state_at
from gateway.core.afresh import person_afresh
from gateway.core.answers import Stale
from gateway.core.consents.desk import Actor, Desk
from gateway.core.consents.desk_items import FindNothing
from gateway.core.crypto.blind import blind_idempotency, request_digest
from gateway.core.crypto.pseudonyms import message_id, release_of
from gateway.core.errors import OperatorError, SenderError
from gateway.core.heads import Head
from gateway.core.keeping import Keep, KeptAnswer
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import sealed_leaf
from gateway.core.recipient_answers import Unknown
from gateway.core.records.release_rows import ReleaseStep, ReleaseStepRow
from gateway.core.stages import Idempotency, SealedLeaf
from gateway.core.statistics.suppression import TOTAL, Cell, suppressed
from schemas.documents import Document, Json
from schemas.vocabulary import SAID_YES, Purpose, ReferralState

UNCOUNTED = frozenset({Purpose.STATISTICS, Purpose.LEGAL_OBLIGATION})
"""Purposes that are no help and no protection of hers."""

_TRIES = 64


class ReleaseRefusedError(SenderError):
    """A release that may not be proposed or made; `code` says why."""

    def __init__(self, code: str) -> None:
        """Keep why."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Counted:
    """One permitted referral, in codes: whose, from whom, why, and what became of it."""

    person: bytes
    sender: str
    purpose: Purpose
    state: ReferralState
    at: datetime


@dataclass(frozen=True, slots=True)
class _Agreed:
    """Who agreed to be counted, each with her referrals, and the versions of all that says so."""

    people: Mapping[bytes, Sequence[Counted]]
    heads: tuple[Head, ...]

    @property
    def contributors(self) -> frozenset[str]:
        """The agencies whose people are counted."""
        return frozenset(one.sender for hers in self.people.values() for one in hers)


@dataclass(frozen=True, slots=True)
class Release:
    """One release as it stands. `document` stands once it was made."""

    id: str
    quarter: str
    contributors: frozenset[str]
    approved: frozenset[str]
    document: Document | None
    head: Head

    @property
    def missing(self) -> tuple[str, ...]:
        """Whose approval is missing."""
        return tuple(sorted(self.contributors - self.approved))


class ReleaseBook(Protocol):
    """What the store knows about releases, and what is counted in them."""

    def counted(self, quarter: str) -> Sequence[Counted]:
        """Return every permitted referral of that quarter, the oldest first."""
        ...

    def release(self, release: str) -> Release | None:
        """Return the release of that id."""
        ...

    def releases(self) -> Sequence[Release]:
        """Return every release, the newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Releases:
    """Where releases are proposed, approved and made."""

    desk: Desk
    book: ReleaseBook

    async def propose(self, quarter: str, key: str) -> KeptAnswer:
        """Begin a release of a quarter that is over. Raises ReleaseRefusedError."""
        now, actor = self.desk.clock.now(), Actor("", None)
        if quarter >= release_of(now.date()):
            raise ReleaseRefusedError("quarter_not_over")
        contributors = sorted(self._agreed(quarter).contributors)
        if not contributors:
            raise ReleaseRefusedError("nobody_to_count")
        name = message_id(self.desk.entropy.bytes(16))
        rows = tuple(ReleaseStepRow(name, quarter, ReleaseStep.PROPOSED, agency, now) for agency in contributors)
        told: Document = {"release": name, "quarter": quarter, "missing": [*contributors]}
        leaf = sealed_leaf(self.desk.entropy, "statistics.proposed", now, {})
        outcome = await self._keep(actor, (), rows, leaf, told, ("proposals", key, quarter))
        if isinstance(outcome, Stale):
            raise OperatorError("what rests on nothing cannot be stale")
        return outcome

    async def approve(self, actor: Actor, release: str, key: str) -> KeptAnswer | Unknown:
        """Record that an agency whose people are counted agrees (P-06); for everybody else there is no such release."""
        for _ in range(_TRIES):
            found, now = self.book.release(release), self.desk.clock.now()
            if found is None or actor.agency not in found.contributors or found.document is not None:
                return await self._nothing(actor, ("approvals", key, release)) or Unknown()
            row = ReleaseStepRow(release, found.quarter, ReleaseStep.APPROVED, actor.agency, now)
            leaf = sealed_leaf(self.desk.entropy, "statistics.approved", now, {"sender": actor.agency})
            told: Document = {"release": release, "approved": True}
            outcome = await self._keep(actor, (found.head,), (row,), leaf, told, ("approvals", key, release))
            if not isinstance(outcome, Stale):
                return outcome
        raise OperatorError("the approvals of a release keep changing")

    async def make(self, release: str) -> Document:
        """Make a release that everybody approved; one that was made before is told as it is (P-04, P-06).

        Whoever takes her "yes" back before it is made is not in it (C-13): what each said is looked at again as it is.
        Raises ReleaseRefusedError while somebody whose people are counted has not approved.
        """
        for _ in range(_TRIES):
            found, now = self.book.release(release), self.desk.clock.now()
            if found is None:
                raise ReleaseRefusedError("release_unknown")
            if found.document is not None:
                return found.document
            agreed = self._agreed(found.quarter)
            if not found.contributors | agreed.contributors <= found.approved:
                raise ReleaseRefusedError("approval_missing")
            table = tabled(found.quarter, agreed.people, self.desk.policy.notice_crowd)
            row = ReleaseStepRow(release, found.quarter, ReleaseStep.RELEASED, None, now, table)
            leaf = sealed_leaf(self.desk.entropy, "statistics.released", now, {})
            said = ("made", release, "")
            outcome = await self._keep(Actor("", None), (found.head,), (row,), leaf, table, said, agreed.heads)
            if not isinstance(outcome, Stale):
                return table
        raise OperatorError("the approvals of a release keep changing")

    def waiting(self, agency: str) -> tuple[Release, ...]:
        """Return the releases that wait for this agency's approval."""
        return tuple(one for one in self.book.releases() if agency in one.missing and one.document is None)

    def _agreed(self, quarter: str) -> _Agreed:
        """Return, by person, what is counted: of people who agreed to be counted, and of no others (C-13)."""
        now, found, asked = self.desk.clock.now(), dict[bytes, list[Counted]](), dict[bytes, bytes | None]()
        heads: set[Head] = set()
        for one in self.book.counted(quarter):
            if one.purpose in UNCOUNTED:
                continue
            if one.person not in asked:
                known = person_afresh(self.desk.people, one.person)
                agrees = _agrees(known, now)
                asked[one.person] = min(known.everyone) if agrees else None
                heads.update(known.heads if agrees else ())
            person = asked[one.person]
            if person is not None:
                found.setdefault(person, []).append(one)
        return _Agreed(found, tuple(sorted(heads)))

    async def _keep(
        self,
        actor: Actor,
        heads: tuple[Head, ...],
        rows: tuple[ReleaseStepRow, ...],
        leaf: SealedLeaf,
        told: Document,
        said: tuple[str, str, str],
        rests: tuple[Head, ...] = (),
    ) -> KeptAnswer | Stale:
        item = Keep(actor.caller, heads, rows, (leaf,), told, self._idempotency(actor, said), moves=True, rests=rests)
        return await self.desk.recorder.record(item)

    async def _nothing(self, actor: Actor, said: tuple[str, str, str]) -> KeptAnswer | None:
        if actor.caller is None:
            return None
        return await self.desk.recorder.record(FindNothing(actor.caller, self._idempotency(actor, said)))

    def _idempotency(self, actor: Actor, said: tuple[str, str, str]) -> Idempotency:
        operation, key, what = said
        blind = blind_idempotency(self.desk.keys, actor.scope, f"statistics-{operation}", key)
        return Idempotency(blind, request_digest(self.desk.keys, what.encode()))


def tabled(quarter: str, agreed: Mapping[bytes, Sequence[Counted]], threshold: int) -> Document:
    """Write the table of a quarter: each person once, by her newest referral; what is too small is not in it (P-04)."""
    newest = [max(hers, key=lambda one: one.at) for hers in agreed.values()]
    counts: Counter[Cell] = Counter((one.purpose.value, one.state.value) for one in newest)
    rows = [purpose.value for purpose in Purpose if purpose not in UNCOUNTED]
    table = suppressed(counts, rows, [state.value for state in ReferralState], threshold)
    cells: list[Json] = [
        {"purpose": row, "state": column, "people": number} for (row, column), number in sorted(table.numbers.items())
    ]
    return {"quarter": quarter, "threshold": threshold, "total_is": TOTAL, "cells": cells}


def _agrees(known: KnownPerson, at: datetime) -> bool:
    """Say whether she agreed to be counted, and nothing newer says otherwise (C-13)."""
    said = [consent for consent in known.consents if consent.decision is ConsentDecision.REPORTING]
    newest = max(said, key=lambda consent: (consent.decided_at, not consent.is_yes), default=None)
    standing = newest is not None and newest.confirmed and state_at(newest, at) in SAID_YES
    return standing and not known.case.processing_restricted

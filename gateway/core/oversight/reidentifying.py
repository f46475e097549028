"""From a pseudonym back to a person: two officers, a reason from a closed list, and an answer that is shown once.

A recipient holds a pseudonym, and sometimes somebody must know who that is. One officer asks, and says why; another
agrees, of whom neither let in the other; then the first is shown, once, under which references the agencies that
recorded her know her. Each step takes a passkey and is an entry of the log, and the last one stands in her own history.
Kept meanwhile: who asked, about which agency's pseudonym (by its blind index), why. The answer is kept nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from gateway.core.afresh import afresh
from gateway.core.consents.bindings import reference_in
from gateway.core.consents.desk import Desk
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.crypto.pseudonyms import check, message_id
from gateway.core.errors import SenderError
from gateway.core.heads import Head
from gateway.core.log.leaves import PersonSecret, sealed_leaf
from gateway.core.officer.ports import KnownOfficer, OfficerBook
from gateway.core.officers import SECONDS, Action, Approval, Officer, OfficerRefusedError, Role, still_holds, two_people
from gateway.core.ports import Needs, Transaction
from gateway.core.records.officer_records import (
    AgreeReidentification,
    ReidentificationRow,
    ShowReidentification,
)
from gateway.core.rows import BindingRow
from gateway.core.stages import SealedLeaf
from schemas.documents import Json
from schemas.vocabulary import Coded

ASKS: Final = frozenset({Role.DPO})
WAITS: Final = timedelta(hours=24)
"""How long a request may be agreed to and shown; it is kept as long again, so that answers are counted."""
AT_MOST: Final = 3
"""As many a day by one officer are work; one more is an alarm."""


class ReidentificationReason(Coded):
    """Why somebody has to know who a pseudonym is."""

    DANGER_TO_LIFE = "danger_to_life", "Her life or another's is in danger, and only a recipient knows her."
    CHILD_PROTECTION = "child_protection", "A child has to be protected."
    RIGHTS_REQUEST = "rights_request", "She asked what is known about her, or that it be corrected or erased."
    COURT_ORDER = "court_order", "A court has ordered it."
    WRONG_PERSON = "wrong_person", "A recipient says that what it got is about somebody else."


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it stands."""

    row: ReidentificationRow
    approver: str | None
    shown: bool


class Requests(Protocol):
    """Reads requests."""

    def request(self, request: str) -> Asked | None:
        """Return the request of that number, run out or not."""
        ...

    def shown_since(self, author: str, since: datetime) -> int:
        """Return how many answers an officer was shown since then."""
        ...


class Bindings(Protocol):
    """Reads references."""

    def bindings(self, people: Sequence[bytes]) -> Sequence[BindingRow]:
        """Return every reference by which agencies name these records."""
        ...


@dataclass(frozen=True, slots=True)
class Shown:
    """Under which references agencies know her: (agency, reference). `alarmed`: this officer asks too often."""

    references: tuple[tuple[str, str], ...]
    alarmed: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a request, approved with a passkey; done once or refused, with its leaves."""

    approval: Approval
    change: ReidentificationRow | AgreeReidentification | ShowReidentification
    leaves: tuple[SealedLeaf, ...]
    heads: tuple[Head, ...] = ()

    @property
    def needs(self) -> Needs:
        """The officer's head, and hers."""
        return Needs((self.approval.head.id, *(head.id for head in self.heads)))

    def apply(self, transaction: Transaction) -> None:
        """Write it. Raises OfficerRefusedError for an approval that lapsed, a step that was taken, or who is gone."""
        if not still_holds(self.approval, transaction) or transaction.moved(self.heads):
            raise OfficerRefusedError("approval_lapsed")
        if isinstance(self.change, ReidentificationRow):
            transaction.add(self.change)
        elif not transaction.change(self.change):
            raise OfficerRefusedError("unknown")
        for leaf in self.leaves:
            transaction.append(leaf)


@dataclass(frozen=True, slots=True)
class Reidentifying:
    """Takes the three steps."""

    desk: Desk
    requests: Requests
    book: Bindings
    officers: OfficerBook

    def wanted(self, officer: Officer, recipient: str, pseudonym: str, reason: str) -> ReidentificationRow:
        """Return what an officer is about to ask. Raises OfficerRefusedError; whether anybody is known is not told."""
        officer.require(ASKS)
        try:
            written, why = check(pseudonym), ReidentificationReason(reason)
        except (SenderError, ValueError):
            raise OfficerRefusedError("form_unreadable") from None
        if self.desk.directory.agency(recipient) is None:
            raise OfficerRefusedError("agency_unknown")
        blind, at = blind_person_ref(self.desk.keys, recipient, written), self.desk.clock.now()
        return ReidentificationRow("", recipient, blind, why.value, officer.id, at, at + 2 * WAITS)

    async def ask(self, approval: Approval, wanted: ReidentificationRow) -> str:
        """Write the request down, and return its number."""
        approval.require(Action.ASK_IDENTITY, subject(wanted))
        row = replace(wanted, id=message_id(self.desk.entropy.bytes(16)))
        await self.desk.recorder.record(Step(approval, row, (self._leaf("asked", row, approval),)))
        return row.id

    def waiting(self, officer: Officer, request: str) -> Asked:
        """Return a request this officer may agree to. Raises OfficerRefusedError."""
        officer.require(SECONDS)
        asked = self._live(request)
        if asked.approver is not None:
            raise OfficerRefusedError("unknown")
        self._second(officer, asked.row.author)
        return asked

    async def agree(self, approval: Approval) -> None:
        """Agree to a request, as the second of two persons."""
        asked = self.waiting(approval.officer, approval.subject)
        approval.require(Action.AGREE_IDENTITY, asked.row.id, author=asked.row.author)
        change = AgreeReidentification(asked.row.id, approval.officer.id)
        await self.desk.recorder.record(Step(approval, change, (self._leaf("agreed", asked.row, approval),)))

    def agreed(self, officer: Officer, request: str) -> Asked:
        """Return a request of this officer's that was agreed to and not shown yet. Raises OfficerRefusedError."""
        officer.require(ASKS)
        asked = self._live(request)
        if asked.row.author != officer.id or asked.approver is None or asked.shown:
            raise OfficerRefusedError("unknown")
        self._second(officer, asked.approver).officer.require(SECONDS)
        return asked

    async def show(self, approval: Approval) -> Shown:
        """Return the answer, once: what was shown is written down first, and an answer that is lost is lost."""
        asked = self.agreed(approval.officer, approval.subject)
        approval.require(Action.SHOW_IDENTITY, asked.row.id)
        agreeing = self._second(approval.officer, asked.approver or "")
        desk, now = self.desk, self.desk.clock.now()
        person = afresh(desk.people, partial(desk.people.known, asked.row.blind))
        if person is None:
            raise OfficerRefusedError("unknown")
        alarmed = self.requests.shown_since(approval.officer.id, now - WAITS) >= AT_MOST
        leaves = [replace(self._leaf("shown", asked.row, approval), person=person.id)]
        if alarmed:
            leaves.append(self._leaf("rate_alarm", asked.row, approval))
        change = ShowReidentification(asked.row.id, approval.officer.id)
        await desk.recorder.record(Step(approval, change, tuple(leaves), (*person.heads, agreeing.head)))
        return Shown(tuple(self._references(person.everyone)), alarmed)

    def _references(self, people: Sequence[bytes]) -> list[tuple[str, str]]:
        """Return what agencies call her; a pseudonym is no such name."""
        found = []
        for binding in self.book.bindings(people):
            secret = PersonSecret(binding.person, self.desk.person_keys.of(binding.person))
            reference = reference_in(secret, binding.sealed_ref)
            if not _is_pseudonym(reference):
                found.append((binding.agency, reference))
        return sorted(found)

    def _second(self, officer: Officer, other: str) -> KnownOfficer:
        """Return the other of two people. Raises OfficerRefusedError unless it is one, and an officer still."""
        known = self.officers.officer(other)
        if known is None or not two_people(officer, known.officer):
            raise OfficerRefusedError("second_person_needed")
        return known

    def _live(self, request: str) -> Asked:
        asked = self.requests.request(request)
        if asked is None or asked.row.at + WAITS <= self.desk.clock.now():
            raise OfficerRefusedError("unknown")
        return asked

    def _leaf(self, step: str, row: ReidentificationRow, approval: Approval) -> SealedLeaf:
        fields: dict[str, Json] = {
            "recipient": row.recipient,
            "officer": approval.officer.id,
            "reasons": [row.reason],
        }
        return sealed_leaf(self.desk.entropy, f"reidentification.{step}", self.desk.clock.now(), fields)


def subject(wanted: ReidentificationRow) -> str:
    """Return what asking is an approval of: whose pseudonym, which one, and why."""
    return f"{wanted.recipient} {wanted.blind.hex()} {wanted.reason}"


def _is_pseudonym(reference: str) -> bool:
    try:
        check(reference)
    except SenderError:
        return False
    return True

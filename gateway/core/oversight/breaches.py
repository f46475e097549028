"""The register of breaches: what happened, whom it concerns, who was told by when (A-05; GDPR 33 and 34).

A data-protection officer of no agency writes it, each step with a passkey and an entry of the log. What is concerned is
named by the ids of referrals and agencies; what was in them is read from the log. One clock runs from the moment a
breach was noticed, the country profile's `breach_hours`: until then the authority, the agencies and those it concerns
are to be told. Never prose, and never who she is: the register is read by people who need not know.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway.core.cases.override_items import RaiseOnce
from gateway.core.crypto.pseudonyms import message_id
from gateway.core.heads import Head, breach_head
from gateway.core.log.leaves import sealed_leaf
from gateway.core.officers import Action, Approval, Officer, OfficerRefusedError, Role
from gateway.core.oversight.breach_items import WriteBreach
from gateway.core.ports import Clock, Directory, Entropy, Recorder
from gateway.core.records.breach_rows import BreachStepRow
from gateway.core.stages import SealedLeaf
from schemas.breach_codes import BreachKind, BreachStep, SafeWay, WhyNotTold
from schemas.documents import Document, Json

OVERDUE: Final = "breach.overdue"
"""The leaf, and what stands before an entry's id in the head that says it was told."""

MOST: Final = 200
"""Referrals and agencies of one entry; what concerns more is written down as several."""

_DECIDES: Final = frozenset({Role.DPO})
_ABOUT_THE_AUTHORITY: Final = frozenset({BreachStep.AUTHORITY_TOLD, BreachStep.AUTHORITY_NOT_NEEDED})
_ABOUT_PERSONS: Final = frozenset({BreachStep.PERSONS_TOLD, BreachStep.PERSONS_NOT_NEEDED})
_TERM: Final[Mapping[BreachStep, str]] = {
    BreachStep.AGENCY_TOLD: "agency",
    BreachStep.PERSONS_TOLD: "way",
    BreachStep.PERSONS_NOT_NEEDED: "why",
}
"""What a step has to say beside that it was done."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """What is written down first: what happened, since when it is known, and what it concerns, by id."""

    kind: BreachKind
    at: datetime
    agencies: frozenset[str]
    referrals: frozenset[str]

    @property
    def terms(self) -> Document:
        """The terms of the first step."""
        concerned: dict[str, Json] = {"agencies": [*sorted(self.agencies)], "referrals": [*sorted(self.referrals)]}
        return {"kind": self.kind.value, "noticed": self.at.isoformat(), **concerned}

    @property
    def subject(self) -> str:
        """What a passkey is shown for."""
        concerned = (*sorted(self.agencies), *sorted(self.referrals))
        return "/".join((self.kind.value, self.at.isoformat(), *concerned))


@dataclass(frozen=True, slots=True)
class Breach:
    """One entry of the register, with the version it was read at."""

    id: str
    noticed: Noticed
    steps: tuple[BreachStepRow, ...]
    head: Head

    @property
    def agencies_told(self) -> frozenset[str]:
        """The agencies that were told."""
        told = (str(step.terms["agency"]) for step in self.steps if step.step is BreachStep.AGENCY_TOLD)
        return frozenset(told)

    @property
    def is_closed(self) -> bool:
        """Whether nothing is left to do."""
        return self.has(frozenset({BreachStep.CLOSED}))

    @property
    def owes(self) -> tuple[str, ...]:
        """What is still to be done: `authority`, `persons`, and the id of each agency that was not told."""
        authority = () if self.has(_ABOUT_THE_AUTHORITY) else ("authority",)
        persons = () if self.has(_ABOUT_PERSONS) else ("persons",)
        return (*authority, *persons, *sorted(self.noticed.agencies - self.agencies_told))

    def has(self, steps: frozenset[BreachStep]) -> bool:
        """Say whether one of these was done."""
        return any(step.step in steps for step in self.steps)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the log says of one referral that a breach concerns; codes only."""

    referral: str
    leaf: Document


class BreachBook(Protocol):
    """Reads the register, and what the log says of referrals."""

    def breach(self, breach: str) -> Breach | None:
        """Return the entry of that id."""
        ...

    def breaches(self) -> Sequence[Breach]:
        """Return every entry, the newest first."""
        ...

    def people_in(self, referrals: Iterable[str]) -> Mapping[str, bytes | None]:
        """Return whom each of these referrals is about; those that nobody knows are not in it."""
        ...

    def sent(self, referrals: Iterable[str]) -> Sequence[Sent]:
        """Return what the log says of these referrals, in its order; nothing of somebody who was erased."""
        ...


@dataclass(frozen=True, slots=True)
class Breaches:
    """Where breaches are written down, followed up and watched."""

    book: BreachBook
    directory: Directory
    within: timedelta
    clock: Clock
    entropy: Entropy
    recorder: Recorder

    def listed(self, officer: Officer) -> Sequence[Breach]:
        """Return the register, the newest first. Raises OfficerRefusedError."""
        officer.require_apart(_DECIDES)
        return self.book.breaches()

    def shown(self, officer: Officer, breach: str) -> Breach:
        """Return one entry. Raises OfficerRefusedError."""
        officer.require_apart(_DECIDES)
        found = self.book.breach(breach)
        if found is None:
            raise OfficerRefusedError("unknown")
        return found

    def sent(self, officer: Officer, breach: Breach) -> Sequence[Sent]:
        """Return what the log says of the referrals it concerns. Raises OfficerRefusedError."""
        officer.require_apart(_DECIDES)
        return self.book.sent(breach.noticed.referrals)

    def checked(self, officer: Officer, noticed: Noticed) -> Noticed:
        """Return what may be written down so. Raises OfficerRefusedError: something is unknown, or not noticed yet."""
        officer.require_apart(_DECIDES)
        concerned = len(noticed.agencies) + len(noticed.referrals)
        if noticed.at > self.clock.now() or not 0 < concerned <= MOST:
            raise OfficerRefusedError("form_unreadable")
        if any(self.directory.agency(agency) is None for agency in noticed.agencies):
            raise OfficerRefusedError("agency_unknown")
        if self.book.people_in(noticed.referrals).keys() != noticed.referrals:
            raise OfficerRefusedError("referral_unknown")
        return noticed

    async def record(self, approval: Approval, noticed: Noticed) -> str:
        """Write a breach down, with the passkey shown for exactly this; its id. Raises OfficerRefusedError."""
        approval.require(Action.RECORD_BREACH, self.checked(approval.officer, noticed).subject)
        breach = message_id(self.entropy.bytes(16))
        leaf = self._leaf(breach, BreachStep.RECORDED, approval.officer, [noticed.kind.value])
        people = {person for person in self.book.people_in(noticed.referrals).values() if person is not None}
        row = BreachStepRow(breach, BreachStep.RECORDED, approval.officer.id, self.clock.now(), noticed.terms)
        about = replace(leaf, others=tuple(sorted(people)))
        await self.recorder.record(WriteBreach(approval, row, about, Head(breach_head(breach), 0)))
        return breach

    def follows(self, officer: Officer, breach: str, step: BreachStep, said: str) -> Breach:
        """Return the entry, if that step may follow now. Raises OfficerRefusedError.

        `said` is what the step has to say (`_TERM`): which agency was told, by which safe way, or why not; else empty.
        """
        found = self.shown(officer, breach)
        if not _says(step, said):
            raise OfficerRefusedError("form_unreadable")
        if found.is_closed or not _may_follow(found, step, said):
            raise OfficerRefusedError("breach_step_refused")
        return found

    async def follow(self, approval: Approval, breach: str, step: BreachStep, said: str) -> None:
        """Write down that it was done, with the passkey shown for exactly this. Raises OfficerRefusedError."""
        approval.require(Action.FOLLOW_BREACH, followed(breach, step, said))
        found = self.follows(approval.officer, breach, step, said)
        terms: Document = {_TERM[step]: said} if step in _TERM else {}
        to_agency = step is BreachStep.AGENCY_TOLD
        leaf = self._leaf(breach, step, approval.officer, [said] if said and not to_agency else [], said * to_agency)
        row = BreachStepRow(breach, step, approval.officer.id, self.clock.now(), terms)
        await self.recorder.record(WriteBreach(approval, row, leaf, found.head))

    def due(self, breach: Breach) -> datetime:
        """Return until when the authority must have been told, and those it concerns (the country profile's clock)."""
        return breach.noticed.at + self.within

    def is_late(self, breach: Breach) -> bool:
        """Say whether something is still owed after that."""
        return bool(breach.owes) and self.clock.now() >= self.due(breach)

    def coded(self) -> Sequence[Document]:
        """Return the register for whoever runs the gateway: codes, ids and times; which referrals is for officers."""
        return [self._coded(one) for one in self.book.breaches()]

    def _coded(self, breach: Breach) -> Document:
        return {
            "breach": breach.id,
            "kind": breach.noticed.kind.value,
            "noticed": breach.noticed.at.strftime("%Y-%m-%dT%H:%MZ"),
            "due": self.due(breach).strftime("%Y-%m-%dT%H:%MZ"),
            "owes": [*breach.owes],
            "overdue": self.is_late(breach),
            "closed": breach.is_closed,
        }

    async def watch(self) -> tuple[str, ...]:
        """Tell the log once of each entry whose clock ran out; their ids."""
        late = [one for one in self.book.breaches() if self.is_late(one)]
        told = list[str]()
        for one in late:
            fields: dict[str, Json] = {"breach": one.id, "reasons": [one.noticed.kind.value]}
            leaf = sealed_leaf(self.entropy, OVERDUE, self.clock.now(), fields)
            if await self.recorder.record(RaiseOnce(f"{OVERDUE}:{one.id}", leaf)):
                told.append(one.id)
        return tuple(told)

    def _leaf(
        self, breach: str, step: BreachStep, officer: Officer, reasons: Sequence[str], agency: str = ""
    ) -> SealedLeaf:
        fields: dict[str, Json] = {"breach": breach, "officer": officer.id}
        if reasons:
            fields["reasons"] = [*reasons]
        if agency:
            fields["recipient"] = agency
        return sealed_leaf(self.entropy, f"breach.{step}", self.clock.now(), fields)


def followed(breach: str, step: BreachStep, said: str) -> str:
    """Return what a passkey is shown for."""
    return "/".join(filter(None, (breach, step.value, said)))


def _says(step: BreachStep, said: str) -> bool:
    """Whether a step says what it has to, in a word of its closed list."""
    if step is BreachStep.PERSONS_TOLD:
        return said in set(SafeWay)
    if step is BreachStep.PERSONS_NOT_NEEDED:
        return said in set(WhyNotTold)
    return bool(said) is (step is BreachStep.AGENCY_TOLD)


def _may_follow(found: Breach, step: BreachStep, said: str) -> bool:
    """Whether a step may follow: each thing is told once, and nothing is closed of which something is owed."""
    if step is BreachStep.RECORDED:
        return False
    if step is BreachStep.CLOSED:
        return not found.owes
    if step is BreachStep.AGENCY_TOLD:
        return said in found.noticed.agencies - found.agencies_told
    about = _ABOUT_THE_AUTHORITY if step in _ABOUT_THE_AUTHORITY else _ABOUT_PERSONS
    told = step in {BreachStep.AUTHORITY_TOLD, BreachStep.PERSONS_TOLD}
    # Whoever was not to be told may be told after all; what was told is not taken back.
    return not found.has(frozenset({step})) if told else not found.has(about)

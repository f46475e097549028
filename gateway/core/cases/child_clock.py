"""The deadline for telling the child-protection authority about a child (K-07).

The clock begins with the first fact that treats somebody as a child, and stops when a child-protection authority has
said that it received a referral to protect her, or recorded a fact itself. A deadline that passes is an entry of the
log, once, and stands in the list of everybody who recorded her as a child until she is told of or found to be an adult.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from consent.case import CaseEvent
from consent.children import PROTECTING, standing_age
from gateway.core.afresh import person_afresh
from gateway.core.cases.override_items import RaiseOnce
from gateway.core.consents.bindings import reference_in
from gateway.core.consents.desk import Desk
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import PersonSecret, sealed_leaf
from schemas.case_codes import AgeDetermination, CaseEventType
from schemas.documents import Document
from schemas.vocabulary import AgeStatus, FunctionClass, Purpose

CHILD_FACTS = frozenset(
    {
        CaseEventType.AGE_DETERMINED,
        CaseEventType.GUARDIAN_RECORDED,
        CaseEventType.BEST_INTERESTS_RECORDED,
        CaseEventType.LOCAL_CONTACT_RECORDED,
        CaseEventType.CHILD_HEARD,
    }
)
"""Facts that are recorded about children; an age determination only where it does not say adult (K-01)."""

PAGE = 100
"""Children in one list."""

LOOKS_BACK = timedelta(days=30)
"""How long nobody may have watched, and no alarm be missed."""

OVERDUE = "child.notification_overdue"


@dataclass(frozen=True, slots=True)
class ToldOf:
    """A referral that its recipient has said it received."""

    recipient: str
    purpose: Purpose


class ChildBook(Protocol):
    """What the store knows about children of all agencies together. A person stands here by her random id only."""

    def begun(self, after: datetime, before: datetime) -> Sequence[bytes]:
        """Return whom a fact about children was recorded about in that span, moments included."""
        ...

    def recorded_by(self, agency: str | None, after: bytes, limit: int) -> Sequence[bytes]:
        """Return whom that agency (None: any) recorded such a fact about, by id, after that id."""
        ...

    def responsible(self, agency: str, after: bytes, limit: int) -> Sequence[bytes]:
        """Return whom that agency recorded such a fact about, or was recorded as guardian of, by id, after that id."""
        ...

    def told_of(self, people: Sequence[bytes]) -> Sequence[ToldOf]:
        """Return every referral about these records that was received."""
        ...

    def references(self, people: Sequence[bytes], agency: str) -> Sequence[tuple[bytes, bytes]]:
        """Return that agency's references for these records, sealed: (person, sealed) each."""
        ...


@dataclass(frozen=True, slots=True)
class Untold:
    """A child of whom no child-protection authority has been told yet."""

    known: KnownPerson
    since: datetime
    due: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ChildClock:
    """Watches the deadline, and lists whom it concerns."""

    desk: Desk
    book: ChildBook

    async def watch(self) -> tuple[str, ...]:
        """Tell the log once of each deadline that passed; the agencies that began those cases."""
        now, rung = self.desk.clock.now(), list[str]()
        last = now - self._within
        for child in self._untold(self.book.begun(last - LOOKS_BACK, last)):
            if child.due > now:
                continue
            leaf = sealed_leaf(self.desk.entropy, OVERDUE, now, {"sender": child.by})
            flag = f"{OVERDUE}:{min(child.known.everyone).hex()}"
            if await self.desk.recorder.record(RaiseOnce(flag, replace(leaf, person=child.known.id))):
                rung.append(child.by)
        return tuple(rung)

    def listed(self, agency: str | None = None) -> tuple[Untold, ...]:
        """Return up to a page of children nobody has been told of, the most urgent first; of one agency, or of all."""
        found, after = list[Untold](), b""
        while len(found) < PAGE:
            people = self.book.recorded_by(agency, after, PAGE)
            if not people:
                break
            found += self._untold(people)
            after = people[-1]
        return tuple(sorted(found, key=lambda child: (child.due, child.known.id))[:PAGE])

    def shown(self, child: Untold, agency: str) -> Document:
        """Tell an agency about a child it recorded: by its own reference, in the body of an answer only (P-02)."""
        own = self.book.references(child.known.everyone, agency)
        opened = (
            reference_in(PersonSecret(person, self.desk.person_keys.of(person)), sealed) for person, sealed in own
        )
        return {"person_ref": next(opened, None), **self.coded(child)}

    def coded(self, child: Untold) -> Document:
        """Tell whoever looks after deadlines: agency and times."""
        return {
            "agency": child.by,
            "since": child.since.date().isoformat(),
            "due": child.due.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "overdue": child.due <= self.desk.clock.now(),
        }

    @property
    def _within(self) -> timedelta:
        return timedelta(hours=self.desk.policy.clocks.child_notification_hours)

    def _untold(self, people: Iterable[bytes]) -> list[Untold]:
        """Keep those whose clock runs, each person once however many records she has."""
        found: dict[bytes, Untold] = {}
        for person in people:
            known = person_afresh(self.desk.people, person)
            began = began_with(known, self.desk.clock.now().date())
            if began is not None and not self._is_told_of(known):
                due = began.at + self._within
                found.setdefault(min(known.everyone), Untold(known, began.at, due, began.by))
        return list(found.values())

    def _is_told_of(self, known: KnownPerson) -> bool:
        """Whether a child-protection authority received a referral to protect her, or knows her by its own record."""
        received = (one.recipient for one in self.book.told_of(known.everyone) if one.purpose in PROTECTING)
        recorded = (event.by for event in known.facts if event.type in CHILD_FACTS)
        return any(self._protects(agency) for agency in (*received, *recorded))

    def _protects(self, agency: str) -> bool:
        found = self.desk.directory.agency(agency)
        return found is not None and found.function is FunctionClass.CHILD_PROTECTION


def began_with(known: KnownPerson, today: date) -> CaseEvent | None:
    """Return the fact with which her clock began; None for whoever is no child, or is not one any more (K-01, K-06)."""
    if standing_age(AgeStatus.UNKNOWN, known.case, today) is AgeStatus.ADULT:
        return None
    return min(filter(_of_a_child, known.facts), key=lambda event: event.at, default=None)


def _of_a_child(event: CaseEvent) -> bool:
    if event.type is CaseEventType.AGE_DETERMINED:
        return event.terms["status"] != AgeDetermination.ADULT
    return event.type in CHILD_FACTS

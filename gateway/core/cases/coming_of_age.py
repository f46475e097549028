"""Who turns 18 soon, so that somebody asks her in time what she wants herself (K-06).

On that day whatever was agreed for her supports nothing new until she has spoken. Those who are responsible are told
the country's `birthday_notice_days` before: the agency that recorded her age, and the guardian's, unless the guardian
is barred or has a conflict. What is told is an entry of the log and a line for each agency, with nothing of hers in it;
the agency then lists whom it is about by its own references. Her birthday lies sealed and is read here, never written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from consent.case import Case, CaseEvent
from gateway.core.afresh import person_afresh
from gateway.core.cases.child_clock import PAGE, ChildBook
from gateway.core.cases.override_items import RaiseOnce
from gateway.core.consents.bindings import reference_in
from gateway.core.consents.desk import Desk
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import PersonSecret, sealed_leaf
from schemas.case_codes import AgeDetermination, GuardianConflict
from schemas.documents import Document, Json

COMING = "child.coming_of_age"
"""The leaf, and what stands before an age determination's id in the head that says it was told."""

AT_ONCE = 20
"""Children looked at in one go: a moment of everybody's time, since each may have to be read."""

_CHILD = AgeDetermination.CHILD


@dataclass(frozen=True, slots=True)
class Birthday:
    """Somebody who turns 18 soon: by whose determination, and who her guardian is, where one may act for her."""

    known: KnownPerson
    determined: CaseEvent
    guardian: str | None
    within_days: int

    @property
    def responsible(self) -> tuple[str, ...]:
        """The agencies that are told."""
        return tuple(dict.fromkeys(filter(None, (self.determined.by, self.guardian))))


@dataclass(frozen=True, slots=True)
class ComingOfAge:
    """Finds birthdays, and tells of each once."""

    desk: Desk
    book: ChildBook

    async def watch(self, after: bytes = b"") -> tuple[tuple[str, ...], bytes | None]:
        """Tell of the birthdays among a few children after that id; the agencies told, and where to go on.

        None where those were the last.
        """
        people, told = self.book.recorded_by(None, after, AT_ONCE), list[str]()
        for birthday in self._among(people):
            fields: dict[str, Json] = {"sender": birthday.determined.by}
            if birthday.guardian is not None:
                fields["recipient"] = birthday.guardian
            leaf = sealed_leaf(self.desk.entropy, COMING, self.desk.clock.now(), fields)
            once = RaiseOnce(f"{COMING}:{birthday.determined.id}", replace(leaf, person=birthday.known.id))
            if await self.desk.recorder.record(once):
                told += birthday.responsible
        return tuple(told), people[-1] if len(people) == AT_ONCE else None

    def listed(self, agency: str) -> tuple[Birthday, ...]:
        """Return up to a page of children this agency is responsible for who turn 18 soon, the next first."""
        found, after = list[Birthday](), b""
        while len(found) < PAGE:
            people = self.book.responsible(agency, after, PAGE)
            if not people:
                break
            found += [one for one in self._among(people) if agency in one.responsible]
            after = people[-1]
        return tuple(sorted(found, key=lambda one: (one.within_days, one.known.id))[:PAGE])

    def shown(self, birthday: Birthday, agency: str) -> Document:
        """Tell a responsible agency about a child: by its own reference, in the body of an answer only (P-02).

        The guardian's agency is told that it is soon; how soon is for who recorded the day.
        """
        own = self.book.references(birthday.known.everyone, agency)
        opened = (
            reference_in(PersonSecret(person, self.desk.person_keys.of(person)), sealed) for person, sealed in own
        )
        days: dict[str, Json] = {"within_days": birthday.within_days} if agency == birthday.determined.by else {}
        return {"person_ref": next(opened, None), **days}

    def _among(self, people: Sequence[bytes]) -> list[Birthday]:
        """Keep those who turn 18 within the notice, each person once however many records she has."""
        found: dict[bytes, Birthday] = {}
        for person in people:
            known = person_afresh(self.desk.people, person)
            birthday = self._birthday(known)
            if birthday is not None:
                found.setdefault(min(known.everyone), birthday)
        return list(found.values())

    def _birthday(self, known: KnownPerson) -> Birthday | None:
        age, today = known.case.age, self.desk.clock.now().date()
        if age is None or age.status is not _CHILD or age.adult_on is None:
            return None
        left = age.adult_on - today
        if not timedelta() < left <= timedelta(days=self.desk.policy.clocks.birthday_notice_days):
            return None
        determined = next(event for event in known.facts if event.id == age.event)
        return Birthday(known, determined, _guardian(known.case), left.days)


def _guardian(case: Case) -> str | None:
    """Return the agency of a guardian who may act for her; one who may not is told nothing (K-05)."""
    guardian = case.guardian
    if guardian is None or guardian.conflict is not GuardianConflict.NONE or guardian.agency in case.barred:
        return None
    return guardian.agency

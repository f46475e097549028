"""To whom an activity of a report happened: to the person referred, to somebody else, or nobody can tell.

What nobody can tell is not taken for hers: a date, a place or a sentence about another victim would travel as her own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree
from adapters.systems.ndex.people import STAFF, kinds_of
from adapters.systems.ndex.report import Report
from adapters.systems.ndex.subject import Package, Person, is_victim

_People = dict[Element, set[Person | None]]

_KINDS = ("Incident", "Offense")
_VICTIMS = tuple(f"lexsdigest:{kind}Victim{who}Association" for kind in _KINDS for who in ("Person", "Organization"))
_SUSPECTS = tuple(f"lexsdigest:{kind}SubjectPersonAssociation" for kind in _KINDS)
_PART_OF = "lexsdigest:IncidentOffenseAssociation"
_WHO = ("nc:PersonReference", "nc:OrganizationReference")


@dataclass(frozen=True, slots=True)
class Whose:
    """Who is named as victim and as suspect of each activity, and which offences belong to which incident."""

    subject: Person
    victims: _People
    suspects: _People
    beside: dict[Element, set[Element]]
    everyone: frozenset[Person | None]

    @classmethod
    def of(cls, report: Report) -> "Whose":
        """Read the associations of a report once."""
        victims, suspects = _named(report, _VICTIMS), _named(report, _SUSPECTS)
        beside: dict[Element, set[Element]] = {}
        for association in report.associations(_PART_OF):
            tied = set(_activities(report.tree, association))
            for activity in tied:
                beside.setdefault(activity, set()).update(tied - {activity})
        by_role: set[Person | None] = {person for person in report.package.people if is_victim(person)}
        by_name = {person for people in victims.values() for person in people if person is not None}
        everyone = by_role | by_name or set(_might_be_victims(report))
        return cls(report.subject, victims, suspects, beside, frozenset(everyone))

    def hers(self, activity: Element) -> bool:
        """Whether it was done to her.

        Its own victims say so; else those of its incident or offences, and then those of the report, but only where
        she is the one victim there. What she herself is suspected of was not done to her, unless she is named as its
        victim too.
        """
        if named := self.victims.get(activity):
            return self.subject in named
        if self.subject in self.suspects.get(activity, set()):
            return False
        near = {person for other in self.beside.get(activity, set()) for person in self.victims.get(other, set())}
        return near == {self.subject} if near else self.alone

    @property
    def alone(self) -> bool:
        """Whether no victim of the report is anybody else; where it names none, whether nobody else could be one."""
        return self.everyone <= {self.subject}


def _might_be_victims(report: Report) -> Iterator[Person | None]:
    """Everybody of a report without victims, but for who works on it; None for her, where she is its suspect."""
    for person in report.package.people:
        kinds = kinds_of(person)
        if person is report.subject:
            yield None if "suspect" in kinds else person
        elif not kinds or kinds - {STAFF, "professional"}:
            yield person


def _named(report: Report, names: tuple[str, ...]) -> _People:
    """The people that associations of these names put beside each activity; an organisation is None."""
    found: _People = {}
    for name in names:
        for association in report.associations(name):
            people = set(_people(report.tree, report.package, association))
            for activity in _activities(report.tree, association):
                found.setdefault(activity, set()).update(people)
    return found


def _people(tree: Tree, package: Package, association: Element) -> Iterator[Person | None]:
    for tag in _WHO:
        for reference in tree.children(association, tag):
            if reference.reference is not None:
                yield package.person(tree, reference)


def _activities(tree: Tree, association: Element) -> Iterator[Element]:
    """The activities of an association, also where it refers to the entity around one."""
    for reference in tree.children(association, "nc:ActivityReference"):
        if reference.reference is not None:
            target = tree.target(reference)
            inner = tree.child(target, "nc:Activity") if target.name == "lexsdigest:EntityActivity" else None
            yield inner or target

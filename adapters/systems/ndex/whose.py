"""To whom an activity of a report happened: to the person referred, to somebody else, or nobody can tell.

What nobody can tell is not taken for hers: a date, a place or a sentence about another victim would travel as her own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree
from adapters.systems.ndex.people import STAFF, kinds_of
from adapters.systems.ndex.report import Report
from adapters.systems.ndex.subject import Package, Person, is_victim

_AT_WORK = {STAFF, "professional"}
_HERS, _OTHERS = 1, 2
"""Of whom somebody or something is named: of her, of somebody else, or of both together."""

_KINDS = ("Incident", "Offense")
_VICTIMS = tuple(f"lexsdigest:{kind}Victim{who}Association" for kind in _KINDS for who in ("Person", "Organization"))
_SUSPECTS = tuple(f"lexsdigest:{kind}SubjectPersonAssociation" for kind in _KINDS)
_PART_OF = "lexsdigest:IncidentOffenseAssociation"
_WHO = ("nc:PersonReference", "nc:OrganizationReference")


@dataclass(frozen=True, slots=True)
class Whose:
    """Of whom each activity is, as it says itself (`victims`), and as those beside it say (`near`).

    Each reference of a report is looked at once: an association may name thousands of activities.
    """

    victims: Mapping[Element, int]
    suspected: frozenset[Element]
    near: Mapping[Element, int]
    alone: bool
    """Whether no victim of the report is anybody else; where it names none, whether nobody else could be one."""

    @classmethod
    def of(cls, report: Report) -> "Whose":
        """Read the associations of a report once."""
        harmed: set[Person | None] = {person for person in report.package.people if is_victim(person)}
        victims: dict[Element, int] = {}
        for activities, people in _named(report, _VICTIMS):
            harmed |= people
            _mark(victims, activities, _whom(people, report.subject))
        suspected = {
            activity
            for activities, people in _named(report, _SUSPECTS)
            if report.subject in people
            for activity in activities
        }
        near: dict[Element, int] = {}
        for association in report.associations(_PART_OF):
            tied = set(_activities(report.tree, association))
            _mark(near, tied, reduce(or_, (victims.get(activity, 0) for activity in tied), 0))
        harmed.discard(None)  # An organisation that was harmed as well is no other person.
        alone = harmed == {report.subject} if harmed else _only_she_could_be_a_victim(report)
        return cls(victims, frozenset(suspected), near, alone)

    def hers(self, activity: Element) -> bool:
        """Whether it was done to her.

        Its own victims say so; else those of its incident or offences, and then those of the report, but only where
        she is the one victim there. What she herself is suspected of was not done to her, unless she is named as its
        victim too.
        """
        if named := self.victims.get(activity):
            return bool(named & _HERS)
        if activity in self.suspected:
            return False
        near = self.near.get(activity)
        return near == _HERS if near else self.alone


def _mark(marks: dict[Element, int], activities: set[Element], whom: int) -> None:
    for activity in activities:
        marks[activity] = marks.get(activity, 0) | whom


def _whom(people: set[Person | None], subject: Person) -> int:
    return (_HERS if subject in people else 0) | (_OTHERS if people - {subject} else 0)


def _only_she_could_be_a_victim(report: Report) -> bool:
    """Whether everybody else in a report without victims only works on it, and she is not its suspect."""
    others = (kinds_of(person) for person in report.package.people if person is not report.subject)
    return "suspect" not in kinds_of(report.subject) and all(kinds and kinds <= _AT_WORK for kinds in others)


def _named(report: Report, names: tuple[str, ...]) -> Iterator[tuple[set[Element], set[Person | None]]]:
    """The activities of each association of these names, and the people beside them; an organisation is None."""
    for name in names:
        for association in report.associations(name):
            people = set(_people(report.tree, report.package, association))
            yield set(_activities(report.tree, association)), people


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

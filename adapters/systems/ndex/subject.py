"""Which person of a message is referred: the one the caller names, else the only victim, else nobody.

The choice is never guessed: a message about two victims, or about a missing person and no victim, is answered with a
refusal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adapters.sdk import MalformedError, SubjectUnclearError
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree

VICTIM = "j:Victim"
PERSON = "lexsdigest:Person"
_ENTITY = "lexsdigest:EntityPerson"
_ROLE_OF = "nc:RoleOfPersonReference"
_NUMBER = "nc:IdentificationID"


@dataclass(slots=True, eq=False)
class Person:
    """A lexsdigest:Person, the entity around it and the roles that point to it, from whichever entity."""

    element: Element
    entity: Element
    roles: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Package:
    """A data item, the message around it, and the people in its digest, in document order."""

    message: Element
    element: Element
    metadata: Element
    digest: Element | None
    people: tuple[Person, ...]
    by_element: dict[Element, Person]

    def person(self, tree: Tree, reference: Element) -> Person | None:
        """Return the person a reference means: by her own id, her entity's or that of one of her roles."""
        return self.by_element.get(tree.target(reference))


def read_package(tree: Tree, message: Element, element: Element) -> Package:
    """Find the people of a data item. Raises MalformedError where a role belongs to nobody."""
    metadata = tree.required(element, "lexs:PackageMetadata")
    digest = tree.child(element, "lexs:Digest")
    by_element: dict[Element, Person] = {}
    people: list[Person] = []
    entities = tree.children(digest, _ENTITY) if digest is not None else []
    for entity in entities:
        person = Person(tree.required(entity, PERSON), entity)
        people.append(person)
        by_element[person.element] = by_element[entity] = person
    for entity in entities:
        for role in entity.children:
            if role.name not in {PERSON, "lexsdigest:Metadata"}:
                player = _player(tree, role, by_element[entity], by_element)
                player.roles.append(role)
                by_element[role] = player
    return Package(message, element, metadata, digest, tuple(people), by_element)


def _player(tree: Tree, role: Element, around: Person, by_element: dict[Element, Person]) -> Person:
    """Return who plays a role: whom it refers to, or the person beside it, where it refers to nobody or back to itself.

    An official example has a role that refers to itself. A role that refers to a thing is refused.
    """
    reference = tree.child(role, _ROLE_OF)
    target = role if reference is None or reference.reference is None else tree.target(reference)
    if target is role:
        return around
    person = by_element.get(target)
    if person is None or target.name not in {PERSON, _ENTITY}:
        raise MalformedError(tree.pointer(reference or role), "reference_target")
    return person


def choose(packages: Sequence[Package], named: str | None) -> tuple[Package, Person]:
    """Return the referred person and the data item she is in.

    Raises SubjectUnclearError: no_such_subject or several_subjects where the caller named one, no_victim or
    several_victims where not.
    """
    everyone = [(package, person) for package in packages for person in package.people]
    if named is None:
        return _only([pair for pair in everyone if is_victim(pair[1])], "no_victim", "several_victims")
    by_id = [pair for pair in everyone if named in _ids(pair[1])]
    by_number = [pair for pair in everyone if named in _numbers(pair[1].element)]
    return _only(by_id or by_number, "no_such_subject", "several_subjects")


def is_victim(person: Person) -> bool:
    """Whether one of her roles is j:Victim."""
    return any(role.name == VICTIM for role in person.roles)


def _only(found: list[tuple[Package, Person]], none: str, several: str) -> tuple[Package, Person]:
    if not found:
        raise SubjectUnclearError("", none)
    if len(found) > 1:
        raise SubjectUnclearError("", several)
    return found[0]


def _ids(person: Person) -> Iterator[str | None]:
    for element in (person.element, person.entity, *person.roles):
        yield element.identifier


def _numbers(element: Element) -> Iterator[str]:
    """The identification numbers of a person: in any element of identification type, at any depth of hers."""
    for child in element.children:
        if child.name == _NUMBER and child.text:
            yield child.text
        yield from _numbers(child)

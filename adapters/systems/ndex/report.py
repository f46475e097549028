"""One data item of a message with what its readers share: people, associations, the N-DEx payload about its parts."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.sdk.countries import Countries
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree
from adapters.systems.ndex.names import PAYLOAD
from adapters.systems.ndex.subject import Package, Person

_SAME_AS = "lexslib:SameAsDigestReference"


@dataclass(frozen=True, slots=True)
class Report:
    """A data item. `subject` is the person referred; everybody else in it is somebody else."""

    tree: Tree
    package: Package
    subject: Person
    countries: Countries
    _associations: Mapping[str, list[Element]]
    _payloads: Mapping[str, Mapping[Element, Element]]

    def associations(self, name: str) -> list[Element]:
        """The associations of that name, in document order."""
        return self._associations.get(name, [])

    def payload(self, element: Element) -> list[Element]:
        """What the N-DEx payload adds to an element of the digest."""
        found = self._payloads.get(element.identifier or "", {})
        self.tree.taken(*found.values())
        return list(found)

    def activities(self) -> list[Element]:
        """The nc:Activity elements of the digest, in document order."""
        digest = self.package.digest
        entities = self.tree.children(digest, "lexsdigest:EntityActivity") if digest is not None else []
        return [self.tree.required(entity, "nc:Activity") for entity in entities]


def open_report(tree: Tree, package: Package, subject: Person, countries: Countries) -> Report:
    """Index a data item once, for all its readers."""
    associations: dict[str, list[Element]] = {}
    digest = package.digest
    holders = tree.children(digest, "lexsdigest:Associations") if digest is not None else []
    for holder in holders:
        for association in holder.children:
            associations.setdefault(association.name, []).append(association)
    return Report(tree, package, subject, countries, associations, _payloads(tree, package))


def _payloads(tree: Tree, package: Package) -> dict[str, dict[Element, Element]]:
    """N-DEx objects by the id of the digest element that each says it is the same as, with the element that says so."""
    found: dict[str, dict[Element, Element]] = {}
    for payload in tree.children(package.element, PAYLOAD):
        for report in payload.children:
            if report.name.startswith("ndexia:"):
                for described in report.children:
                    for reference in _same_as(described):
                        found.setdefault(reference.reference or "", {})[described] = reference
    return found


def _same_as(described: Element) -> list[Element]:
    return [
        reference
        for augmentation in described.children
        if augmentation.name.endswith("Augmentation")
        for reference in augmentation.children
        if reference.name == _SAME_AS
    ]

"""A LEXS publish message (lexspd:doPublish) as what it asks for: a referral, or taking an earlier item back."""

import re
from dataclasses import dataclass

from adapters.sdk import MalformedError, Parsed, ParsedReferral, ParsedRevocation, UnsupportedError
from adapters.sdk.codes import AgeStatus, Json
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.xml.dates import read_day
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree
from adapters.systems.ndex.attributes import merge, read_attributes
from adapters.systems.ndex.codes import INSTRUCTIONS, Instruction
from adapters.systems.ndex.names import PAYLOAD
from adapters.systems.ndex.people import PeopleReader
from adapters.systems.ndex.person import PersonReader
from adapters.systems.ndex.places import PlacesReader
from adapters.systems.ndex.report import Report, open_report
from adapters.systems.ndex.situation import SituationReader
from adapters.systems.ndex.subject import VICTIM, Package, choose, read_package

ROOT = "lexspd:doPublish"

_VERSION = re.compile(r"3\.1(\.[0-9]{1,3})?")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")


@dataclass(frozen=True, slots=True)
class PublishReader:
    """Reads publish messages. Holds only tables; one instance serves every document."""

    countries: Countries
    tongues: Languages

    def read(self, root: Element, named: str | None) -> Parsed:
        """Return the referral or the revocation in a document.

        `named` says which person is meant, in the format's own words.
        """
        tree = Tree(root, PAYLOAD)
        packages = _packages(tree)
        if not packages:
            raise UnsupportedError(f"/{ROOT}", "no_data_item")
        deleted = [package for package in packages if _instruction(tree, package) is Instruction.DELETE]
        if not deleted:
            return self._referral(tree, packages, named)
        if len(packages) > 1:
            raise UnsupportedError(f"/{ROOT}", "several_data_items")
        identifier = tree.required(deleted[0].metadata, "lexs:DataItemID")
        if _REFERENCE.fullmatch(identifier.text) is None:
            raise UnsupportedError(tree.pointer(identifier), "reference")
        return ParsedRevocation(tree.take(identifier), tree.losses())

    def _referral(self, tree: Tree, packages: list[Package], named: str | None) -> ParsedReferral:
        package, person = choose(packages, named)
        for role in person.roles:
            if role.name == VICTIM:
                tree.taken(role, *tree.children(role, "nc:RoleOfPersonReference"))
        report = open_report(tree, package, person, self.countries)
        document: dict[str, Json] = {"schema": "referral/1.0", **_reference(tree, package), "subject": {}}
        document |= self._sections(report)
        document |= PeopleReader(report).read(_contacts(tree, package))
        merge(document, read_attributes(tree, package.metadata))
        return ParsedReferral(document, tree.losses())

    def _sections(self, report: Report) -> dict[str, Json]:
        places = PlacesReader(report)
        reader = PersonReader(report.tree, self.countries, self.tongues, report.subject.element)
        payload = report.payload(report.subject.element)
        reader.must_live(payload)
        births, ages = reader.births(), reader.ages()
        in_doubt = _differ(births) or len(ages) > 1 or reader.age_is_in_doubt()
        subject: dict[str, Json] = {
            "names": reader.names(),
            "identifiers": reader.identifiers(),
            "birth": {"date": births[0]} if births else None,
            "age": ages[0] if ages else None,
            "minor_status": AgeStatus.UNKNOWN.value if in_doubt else None,
            "sex": reader.sex(),
            "citizenships": reader.citizenships(),
            "languages": reader.languages(payload),
            "contacts": places.contacts(report.subject),
            "addresses": places.addresses(report.subject),
        }
        situation = SituationReader(report, places).read()
        present: dict[str, Json] = {"subject": {key: value for key, value in subject.items() if value}}
        return present | ({"situation": situation} if situation else {})


def _differ(births: list[str]) -> bool:
    """Whether two dates of birth cannot both be hers: she may then be a child, whichever is written first (K-01)."""
    return any(not (born.startswith(births[0]) or births[0].startswith(born)) for born in births)


def _packages(tree: Tree) -> list[Package]:
    """The data items of every message in the container. Raises where the container or a version is not LEXS 3.1's."""
    container = tree.required(tree.root, "lexs:PublishMessageContainer")
    found: list[Package] = []
    for message in tree.children(container, "lexs:PublishMessage"):
        metadata = tree.required(message, "lexs:PDMessageMetadata")
        version = tree.required(metadata, "lexs:LEXSVersion")
        if _VERSION.fullmatch(tree.take(version)) is None:
            raise UnsupportedError(tree.pointer(version), "version")
        found.extend(read_package(tree, message, element) for element in tree.children(message, "lexs:DataItemPackage"))
    return found


def _instruction(tree: Tree, package: Package) -> Instruction:
    """What the sender wants done with a data item; where it does not say, it publishes it."""
    element = tree.child(package.metadata, "lexs:DataItemPublishInstruction")
    if element is None or not element.text:
        return Instruction.INSERT
    found = INSTRUCTIONS.find(element.text)
    if found is None:
        raise UnsupportedError(tree.pointer(element), f"unknown_code:{INSTRUCTIONS.name}")
    tree.take(element)
    return found


def _reference(tree: Tree, package: Package) -> dict[str, Json]:
    """The sender's own number and date of the item; a number that is not a token is lost: it could hold anything."""
    found: dict[str, Json] = {}
    identifier = tree.required(package.metadata, "lexs:DataItemID")
    if not identifier.text:
        raise MalformedError(tree.pointer(identifier), "required")
    if _REFERENCE.fullmatch(identifier.text) is not None:
        found["sender_reference"] = tree.take(identifier)
    recorded = tree.child(package.metadata, "lexs:DataItemDate")
    if recorded is not None and recorded.text:
        found["recorded_on"] = read_day(tree, recorded)
    return found


def _contacts(tree: Tree, package: Package) -> list[Element]:
    """Whom the sender names to be asked about the message, the item and its owner's system."""
    owner = tree.child(package.metadata, "lexs:DataOwnerMetadata")
    submitter = tree.child(package.message, "lexs:DataSubmitterMetadata")
    return [
        *tree.children(package.metadata, "lexs:DataItemContact"),
        *(tree.children(owner, "lexs:DataOwnerContact") if owner is not None else []),
        *(tree.children(submitter, "lexs:SystemContact") if submitter is not None else []),
    ]

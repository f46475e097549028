"""Everybody else in a report: suspects, witnesses, other victims by role and name, and the professionals.

Of third parties only role and name are carried, because their own data are not hers to refer; the rest of theirs is
reported lost.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from adapters.sdk.codes import Json
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree
from adapters.systems.ndex.person import MAX_LINE, MAX_PART
from adapters.systems.ndex.places import read_telephone
from adapters.systems.ndex.report import Report
from adapters.systems.ndex.subject import Person

MAX_THIRD_PARTIES = 100
MAX_STAFF = 20
MAX_TELEPHONE = 40

STAFF = "staff"
_RANK = ("suspect", "victim", "witness", "relative", "professional", "other")
"""Of somebody with several roles the first of these counts: it is the one that matters most to her safety."""

_SUSPECTS = (
    "ArrestSubject BailSubject BookingSubject ChargeSubject CitationSubject ConvictionSubject "
    "CourtOrderDesignatedSubject CustodyTransferSubject ForceSubject IncidentSubject Inmate Parolee Prisoner "
    "Probationer RegisteredOffender RegisteredSexOffender SentenceSubject Subject SupervisionSubject Suspect "
    "VerdictSubject"
)
_VICTIMS = "ChargeVictim ForceVictim IncidentVictim Victim"
_WITNESSES = "CaseWitness IncidentWitness Informant MissingPersonLastSeenWitness Witness"
_PROFESSIONALS = (
    "AppellateCaseDecisionIssuingJudge AppellateCaseNoticeProsecutingAttorney Attorney CourtEventJudge "
    "CourtOrderIssuingJudicialOfficial CourtOrderServiceOfficialJudicial Judge JudicialOfficial "
    "SeverityLevelAssignedJudge VerdictIssuingJudge VisitationSupervisingOfficialJudicial"
)
_OFFICIALS = (
    "ArrestOfficial BookingEmployee BookingReleaseCorrectionsAnalyst BookingSearchOfficial "
    "BookingTelephoneCallSupervisingOfficial BookingTransportOfficial CitationIssuingOfficial "
    "CourtOrderServiceOfficialEnforcement CustodyTransferReceivingEnforcementOfficial "
    "CustodyTransferReleasingEnforcementOfficial EnforcementOfficial IncidentAssistingOfficial "
    "IncidentReportingOfficial IncidentResponseOfficial IncidentSupervisingOfficial "
    "PropertySeizureSeizingEnforcementOfficial ServiceCallDispatchedOfficial "
    "VisitationSupervisingOfficialEnforcement"
)

ROLES: Mapping[str, str] = {
    name: kind
    for kind, names in (
        ("suspect", _SUSPECTS),
        ("victim", _VICTIMS),
        ("witness", _WITNESSES),
        ("professional", _PROFESSIONALS),
        (STAFF, _OFFICIALS),
    )
    for name in names.split()
}
"""Role of an lexsdigest:EntityPerson, without prefix -> role of a third party, or staff; any other role is `other`."""

_STAFF_ASSOCIATIONS: Mapping[str, str] = {
    "lexsdigest:ServiceCallDispatcherAssociation": "ServiceCallDispatcher",
    "lexsdigest:ServiceCallOperatorAssociation": "ServiceCallOperator",
    "j:ActivityDispatcherAssociation": "ActivityDispatcher",
}
_FAMILY = (
    "nc:DomesticPartnershipAssociation",
    "nc:FamilyAssociation",
    "nc:ImmediateFamilyAssociation",
    "nc:MarriageAssociation",
    "scr:AdoptedChildAssociation",
)
_UNIT = ("nc:PersonAssignedUnitAssociation", "nc:PersonTemporaryAssignedUnitAssociation")
_CONTACT_TELEPHONES = ("nc:ContactTelephoneNumber", "nc:ContactMobileTelephoneNumber")


@dataclass(frozen=True, slots=True)
class PeopleReader:
    """Reads everybody but the subject."""

    report: Report
    _units: dict[Person, tuple[Element, Element]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note the unit of each professional: the first of the first association."""
        tree = self.report.tree
        for association in (each for name in _UNIT for each in self.report.associations(name)):
            units = tree.children(association, "nc:OrganizationReference")
            for reference in tree.children(association, "nc:PersonReference") if units else ():
                person = self.report.package.person(tree, reference)
                if person is not None:
                    self._units.setdefault(person, (reference, units[0]))

    def read(self, contacts: list[Element]) -> dict[str, Json]:
        """The canonical `third_parties` and `staff`; `contacts` are the message's own contacts, which come first."""
        staff: list[Json] = []
        third_parties: list[Json] = []
        for contact in contacts:
            _add(staff, _contact(self.report, contact) if len(staff) < MAX_STAFF else None)
        family = {person for name in _FAMILY for person in self._related(name)}
        handlers = {person: role for name, role in _STAFF_ASSOCIATIONS.items() for person in self._in(name)}
        for person in self.report.package.people:
            if person is self.report.subject:
                continue
            kinds = self._kinds(person, handlers)
            if STAFF in kinds and len(staff) < MAX_STAFF:
                _add(staff, self._professional(person, handlers.get(person)))
            role = min((kind for kind in kinds if kind != STAFF), key=_RANK.index, default=None)
            if person in family and (role is None or _RANK.index(role) > _RANK.index("relative")):
                role = "relative"
            if role is not None and len(third_parties) < MAX_THIRD_PARTIES:
                third_parties.append(self._third_party(person, role))
        return {key: value for key, value in (("third_parties", third_parties), ("staff", staff)) if value}

    def _kinds(self, person: Person, handlers: Mapping[Person, str]) -> set[str]:
        kinds = kinds_of(person) or {STAFF if person in handlers else "other"}
        for role in person.roles:
            self.report.tree.taken(role, *self.report.tree.children(role, "nc:RoleOfPersonReference"))
        return kinds

    def _third_party(self, person: Person, role: str) -> Json:
        name = _full_name(self.report.tree, self.report.tree.child(person.element, "nc:PersonName"))
        return {"role": role, "name": name} if name else {"role": role}

    def _professional(self, person: Person, handles: str | None) -> dict[str, Json]:
        tree = self.report.tree
        roles = [role.name.partition(":")[2] for role in person.roles]
        entry: dict[str, Json] = {"role": next((role for role in roles if ROLES.get(role) == STAFF), handles)}
        entry["name"] = _full_name(tree, tree.child(person.element, "nc:PersonName"))
        entry["unit"] = self._unit(person)
        return entry

    def _unit(self, person: Person) -> str | None:
        tree = self.report.tree
        reference, unit = self._units.get(person, (None, None))
        if reference is None or unit is None:
            return None
        tree.taken(reference, unit)
        return tree.line(tree.target(unit), "nc:OrganizationName", MAX_LINE)

    def _in(self, name: str) -> Iterator[Person]:
        """The people an association of that name refers to."""
        for association in self.report.associations(name):
            yield from self._people_of(association)

    def _related(self, name: str) -> Iterator[Person]:
        """The people whom an association of that name relates to the subject."""
        for association in self.report.associations(name):
            people = set(self._people_of(association))
            if self.report.subject in people:
                self.report.tree.taken(*(child for child in association.children if child.reference is not None))
                yield from people

    def _people_of(self, association: Element) -> Iterator[Person]:
        for reference in association.children:
            if reference.reference is not None:
                person = self.report.package.person(self.report.tree, reference)
                if person is not None:
                    yield person


def kinds_of(person: Person) -> set[str]:
    """What somebody is in a report, by its roles: one of our roles of third parties, or staff."""
    return {ROLES.get(role.name.partition(":")[2], "other") for role in person.roles}


def _contact(report: Report, contact: Element) -> dict[str, Json]:
    """A lexs:DataContactType as a member of staff."""
    tree = report.tree
    role = contact.name.partition(":")[2]
    for attribute in tree.children(contact, "lexs:DomainAttribute"):
        name = tree.child(attribute, "lexs:AttributeName")
        if name is not None and name.text == "Contact Role":
            tree.take(name)
            role = tree.line(attribute, "lexs:AttributeValue", MAX_PART) or role
    telephones = [number for tag in _CONTACT_TELEPHONES for number in tree.children(contact, tag)]
    return {
        "role": role,
        "name": _full_name(tree, contact),
        "unit": tree.line(contact, "nc:OrganizationName", MAX_LINE),
        "phone": next(
            (found for number in telephones[:1] if (found := read_telephone(report, number, MAX_TELEPHONE))), None
        ),
        "email": _email(tree, contact),
    }


def _email(tree: Tree, contact: Element) -> str | None:
    for element in tree.children(contact, "nc:ContactEmailID"):
        if 0 < len(element.text) <= MAX_LINE:
            return tree.take(element)
    return None


def _full_name(tree: Tree, holder: Element | None) -> str | None:
    """The name in one line: as written in full, else its parts in order; lost where it is longer than the limit."""
    if holder is None:
        return None
    full = tree.line(holder, "nc:PersonFullName", MAX_LINE)
    elements = [
        element
        for tag in ("nc:PersonGivenName", "nc:PersonMiddleName", "nc:PersonSurName")
        for element in tree.children(holder, tag)
        if element.text
    ]
    if full is not None:
        said = set(full.split())
        tree.taken(*(element for element in elements if said.issuperset(element.text.split())))  # said twice
        return full
    joined = " ".join(" ".join(tree.take(element).split()) for element in elements)
    if len(joined) <= MAX_LINE:
        return joined or None
    for element in elements:
        tree.leave(element)
    return None


def _add(staff: list[Json], entry: dict[str, Json] | None) -> None:
    """Append somebody who can be told apart from nobody, once."""
    present = {key: value for key, value in (entry or {}).items() if value}
    if not present.keys().isdisjoint({"name", "phone", "email"}) and present not in staff:
        staff.append(present)

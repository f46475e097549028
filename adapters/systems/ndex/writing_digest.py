"""The digest of an item: the referred person as the one j:Victim, where she is, how she is reached, what happened."""

from dataclasses import dataclass, field

from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.leaves import Leaves
from adapters.sdk.xml.writing import Tag, group, leaf
from adapters.systems.ndex.codes import OFFENCE
from adapters.systems.ndex.places import RESIDENCE
from adapters.systems.ndex.subject import VICTIM
from adapters.systems.ndex.writing_person import PersonWriter, date_tag

_ASSOCIATION_OF = {
    "current": RESIDENCE,
    "last": "nc:PersonKnownPreviousLocationAssociation",
    "birth": "lexsdigest:PersonBirthLocationAssociation",
    "other": "nc:PersonLocationAssociation",
}
_CHANNELS = {
    "email": ("lexsdigest:EntityEmailAssociation", "lexsdigest:EmailIDReference"),
    "message": ("lexsdigest:EntityInstantMessengerAssociation", "lexsdigest:InstantMessengerReference"),
    "phone": ("lexsdigest:EntityTelephoneNumberAssociation", "lexsdigest:TelephoneNumberReference"),
}
_INCIDENT = "lexsdigest:IncidentLocationAssociation"
_OTHER_ACTIVITY = "j:ActivityLocationAssociation"


@dataclass(slots=True)
class Digest:
    """Writes one digest. `token` is the message id made safe for an XML name: ids in the document say nothing else."""

    leaves: Leaves
    countries: Countries
    languages: Languages
    token: str
    _entities: list[Tag] = field(default_factory=list)
    _associations: list[Tag] = field(default_factory=list)
    _count: int = 0

    def write(self) -> Tag | None:
        """Return the digest, or None where there is nothing to put into one (a notice without a person)."""
        self._person()
        self._events()
        self._narrative()
        self._offences()
        if not self._entities:
            return None
        # The schema wants associations in the order of their names; equal names keep the order of the document.
        ordered = sorted(self._associations, key=lambda association: association.name)
        return Tag("lexs:Digest").add(*self._entities, group("lexsdigest:Associations", *ordered))

    def _id(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count}-{self.token}"

    def _person(self) -> None:
        person = PersonWriter(self.leaves, self.countries, self.languages).write()
        identifier = self._id("Person")
        before = len(self._entities)
        self._contacts(identifier)
        self._addresses(identifier)
        if not person.children and len(self._entities) == before:
            return
        person.identifier = identifier
        victim = Tag(VICTIM).add(Tag("nc:RoleOfPersonReference", reference=identifier))
        self._entities.insert(before, Tag("lexsdigest:EntityPerson").add(person, victim))

    def _contacts(self, person: str) -> None:
        for entry in self.leaves.entries("/subject/contacts"):
            channel = self.leaves.look(f"{entry}/channel")
            value = self.leaves.look(f"{entry}/value")
            if channel not in _CHANNELS or value is None:
                continue
            self.leaves.drop(f"{entry}/channel")
            self.leaves.drop(f"{entry}/value")
            association, reference = _CHANNELS[channel]
            identifier = self._id("Contact")
            self._entities.append(_contact(channel, value, identifier))
            self._associate(association, [("nc:PersonReference", person), (reference, identifier)])

    def _addresses(self, person: str) -> None:
        for entry in self.leaves.entries("/subject/addresses"):
            location = self._location(entry)
            if location is not None:
                use = self.leaves.take(f"{entry}/use") or "other"
                self._associate(
                    _ASSOCIATION_OF[use], [("nc:PersonReference", person), ("nc:LocationReference", location)]
                )

    def _location(self, entry: str) -> str | None:
        """Write the place at `entry` as a location and return its id, or None where there is no place."""
        line = self.leaves.take(f"{entry}/line")
        country = self.leaves.look(f"{entry}/country")
        known = self.countries.by_iso2.get(country or "")
        if known is not None:
            self.leaves.drop(f"{entry}/country")
        address = group(
            "nc:StructuredAddress",
            group("nc:LocationStreet", leaf("nc:StreetFullText", line)),
            leaf("nc:LocationCityName", self.leaves.take(f"{entry}/locality")),
            leaf("nc:LocationStateName", self.leaves.take(f"{entry}/region")),
            leaf("nc:LocationCountryName", None if known is None else known.name),
            leaf("nc:LocationPostalCode", self.leaves.take(f"{entry}/postal_code")),
        )
        if address is None:
            return None
        identifier = self._id("Location")
        location = Tag("nc:Location", identifier=identifier).add(Tag("nc:LocationAddress").add(address))
        self._entities.append(Tag("lexsdigest:EntityLocation").add(location))
        return identifier

    def _events(self) -> None:
        for entry in self.leaves.entries("/situation/events"):
            kind = self.leaves.take(f"{entry}/type") or "other"
            begin, end = self.leaves.take(f"{entry}/from"), self.leaves.take(f"{entry}/to")
            when = (
                _dated("nc:ActivityDate", begin)
                if begin == end
                else group("nc:ActivityDateRange", _dated("nc:StartDate", begin), _dated("nc:EndDate", end))
            )
            identifier = self._id("Activity")
            place = self._location(entry)
            self._activity(identifier, leaf("nc:ActivityCategoryText", kind.capitalize()), when)
            if place is not None:
                association = _INCIDENT if kind == "incident" else _OTHER_ACTIVITY
                self._associate(association, [("nc:ActivityReference", identifier), ("nc:LocationReference", place)])

    def _narrative(self) -> None:
        for entry in self.leaves.entries("/situation/narrative"):
            text = self.leaves.take(f"{entry}/text")
            if text is not None:
                section = self.leaves.take(f"{entry}/section") or "other"
                self._activity(
                    self._id("Activity"),
                    leaf("nc:ActivityCategoryText", section.capitalize()),
                    leaf("nc:ActivityDescriptionText", text),
                )

    def _offences(self) -> None:
        for entry in self.leaves.entries("/situation/offences"):
            code = self.leaves.take(f"{entry}/code")
            system = self.leaves.take(f"{entry}/system")
            if code is not None:
                identification = Tag("nc:ActivityIdentification").add(
                    leaf("nc:IdentificationID", code), leaf("nc:IdentificationCategoryText", system)
                )
                self._activity(
                    self._id("Activity"),
                    identification,
                    leaf("nc:ActivityCategoryText", OFFENCE.capitalize()),
                    leaf("nc:ActivityDescriptionText", code),
                )

    def _activity(self, identifier: str, *children: Tag | None) -> None:
        activity = Tag("nc:Activity", identifier=identifier).add(*children)
        self._entities.append(Tag("lexsdigest:EntityActivity").add(activity))

    def _associate(self, name: str, references: list[tuple[str, str]]) -> None:
        association = Tag(name).add(*(Tag(reference, reference=identifier) for reference, identifier in references))
        self._associations.append(association)


def _contact(channel: str, value: str, identifier: str) -> Tag:
    match channel:
        case "phone":
            number = Tag("nc:FullTelephoneNumber").add(leaf("nc:TelephoneNumberFullID", value))
            telephone = Tag("lexsdigest:TelephoneNumber", identifier=identifier).add(number)
            return Tag("lexsdigest:EntityTelephoneNumber").add(telephone)
        case "email":
            return Tag("lexsdigest:EntityEmail").add(Tag("nc:ContactEmailID", value, identifier=identifier))
        case _:
            messenger = Tag("nc:ContactInstantMessenger", identifier=identifier)
            return Tag("lexsdigest:EntityInstantMessenger").add(
                messenger.add(leaf("nc:InstantMessengerScreenID", value))
            )


def _dated(name: str, day: str | None) -> Tag | None:
    return None if day is None else Tag(name).add(date_tag(day))

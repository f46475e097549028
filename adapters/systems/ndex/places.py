"""Where the referred person is and how she is reached: associations, locations, telephone numbers, e-mail.

LEXS cannot say whether a channel is safe, so every contact is `unknown` and no recipient gets it until somebody says
yes (M-07).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from adapters.sdk.codes import Json
from adapters.sdk.xml.reading import Element
from adapters.systems.ndex.person import MAX_LINE, read_country
from adapters.systems.ndex.report import Report
from adapters.systems.ndex.subject import Person

MAX_ADDRESSES = 10
MAX_CONTACTS = 10
MAX_TOWN = 120
MAX_POSTAL_CODE = 20

LOCATION = "nc:Location"

RESIDENCE = "nc:ResidenceAssociation"
ADDRESS_USES: Mapping[str, str] = {
    RESIDENCE: "current",
    "nc:PersonCurrentLocationAssociation": "current",
    "nc:PersonKnownPreviousLocationAssociation": "last",
    "nc:PersonLastSeenLocationAssociation": "last",
    "lexsdigest:PersonBirthLocationAssociation": "birth",
    "nc:PersonLocationAssociation": "other",
}
"""Association -> use of the address. Where she no longer is, by the end of the association, is `last`."""

CHANNELS: Mapping[str, tuple[str, str, str]] = {
    "lexsdigest:EntityTelephoneNumberAssociation": (
        "lexsdigest:TelephoneNumberReference",
        "lexsdigest:TelephoneNumber",
        "phone",
    ),
    "lexsdigest:EntityEmailAssociation": ("lexsdigest:EmailIDReference", "nc:ContactEmailID", "email"),
    "lexsdigest:EntityInstantMessengerAssociation": (
        "lexsdigest:InstantMessengerReference",
        "nc:ContactInstantMessenger",
        "message",
    ),
}
"""Association -> (reference, what it points to, channel)."""

_STREET_PARTS = (
    "nc:StreetNumberText",
    "nc:StreetPredirectionalText",
    "nc:StreetName",
    "nc:StreetCategoryText",
    "nc:StreetPostdirectionalText",
)


@dataclass(frozen=True, slots=True)
class PlacesReader:
    """Reads the places and channels of a report."""

    report: Report
    _known: dict[Element, tuple[Element | None, dict[str, Json]]] = field(default_factory=dict)

    def addresses(self, person: Person) -> list[Json]:
        """The addresses associated with a person, homes first."""
        found: list[Json] = []
        for name, use in ADDRESS_USES.items():
            for association in self._of(person, name):
                ended = use == "current" and self.report.tree.child(association, "nc:AssociationEndDate") is not None
                for reference in self.report.tree.children(association, "nc:LocationReference"):
                    place = self.place(reference, postal=True) if len(found) < MAX_ADDRESSES else {}
                    entry = {"use": "last" if ended else use, **place}
                    if place and entry not in found:
                        found.append(entry)
        return found

    def contacts(self, person: Person) -> list[Json]:
        """The channels associated with a person."""
        found: list[Json] = []
        for name, (to, kind, channel) in CHANNELS.items():
            for association in self._of(person, name):
                for reference in self.report.tree.children(association, to):
                    target = self.report.tree.target(reference)
                    value = self._value(target, channel) if target.name == kind and len(found) < MAX_CONTACTS else None
                    if value is not None:
                        self.report.tree.taken(reference)
                        found.append({"channel": channel, "value": value, "safe": "unknown"})
        return found

    def _of(self, person: Person, name: str) -> Iterator[Element]:
        """The associations of that name which refer to a person, by any of her ids."""
        tree = self.report.tree
        for association in self.report.associations(name):
            hers = [
                reference
                for reference in tree.children(association, "nc:PersonReference")
                if reference.reference is not None and self.report.package.person(tree, reference) is person
            ]
            if hers:
                tree.taken(*hers)
                yield association

    def place(self, reference: Element, *, postal: bool) -> dict[str, Json]:
        """The address of the location a reference points to, as far as it can be carried; empty where it has none."""
        tree = self.report.tree
        location = tree.target(reference)
        if location not in self._known:
            self._known[location] = self._read(location)
        address, place = self._known[location]
        code = tree.line(address, "nc:LocationPostalCode", MAX_POSTAL_CODE) if postal and address is not None else None
        present = {**place, "postal_code": code} if code else place
        if present:
            tree.taken(reference)
        return present

    def _read(self, target: Element) -> tuple[Element | None, dict[str, Json]]:
        """The structured address of a location and what is read of it: once, however many associations share it."""
        tree = self.report.tree
        location = tree.required(target, LOCATION) if target.name == "lexsdigest:EntityLocation" else target
        address = tree.child(location, "nc:LocationAddress") if location.name == LOCATION else None
        if address is None:
            return None, {}
        structured = tree.child(address, "nc:StructuredAddress")
        place = self._structured(structured)
        place["line"] = place.get("line") or tree.line(address, "nc:AddressFullText", MAX_LINE)
        for other in self.report.payload(location):
            for name in ("country", "region"):
                place[name] = place.get(name) or self._from_payload(other, name)
        return structured, {key: value for key, value in place.items() if value}

    def _structured(self, address: Element | None) -> dict[str, Json]:
        if address is None:
            return {}
        tree = self.report.tree
        return {
            "country": self._named_country(tree.child(address, "nc:LocationCountryName")),
            "region": tree.line(address, "nc:LocationStateName", MAX_TOWN),
            "locality": tree.line(address, "nc:LocationCityName", MAX_TOWN),
            "line": self._street(address),
        }

    def _named_country(self, element: Element | None) -> str | None:
        """The country whose name in our table is written there; any other name is text, and is lost."""
        known = None if element is None else self.report.countries.from_name(element.text)
        if element is not None and known is not None:
            self.report.tree.take(element)
        return known

    def _street(self, address: Element) -> str | None:
        tree = self.report.tree
        street = tree.child(address, "nc:LocationStreet")
        if street is None:
            return tree.line(address, "nc:AddressSecondaryUnitText", MAX_LINE)
        full = tree.line(street, "nc:StreetFullText", MAX_LINE)
        parts = [tree.line(street, name, MAX_LINE) for name in _STREET_PARTS] if full is None else []
        line = full or " ".join(part for part in parts if part)
        unit = tree.child(address, "nc:AddressSecondaryUnitText")
        if unit is not None and unit.text and len(line) + 2 + len(unit.text) <= MAX_LINE:
            line = f"{line}, {' '.join(tree.take(unit).split())}" if line else tree.take(unit)
        if len(line) > MAX_LINE:
            for part in street.children:
                tree.leave(part)
            return None
        return line

    def _from_payload(self, location: Element, name: str) -> str | None:
        """The country or state that the N-DEx payload says of the same location in codes."""
        tree = self.report.tree
        address = tree.child(location, "nc:LocationAddress")
        structured = None if address is None else tree.child(address, "nc:StructuredAddress")
        if structured is None:
            return None
        if name == "region":
            return tree.line(structured, "nc:LocationStateUSPostalServiceCode", MAX_TOWN)
        country = tree.child(structured, "nc:LocationCountryFIPS10-4Code")
        return None if country is None or not country.text else read_country(tree, self.report.countries, country)

    def _value(self, target: Element, channel: str) -> str | None:
        match channel:
            case "phone":
                return read_telephone(self.report, target, MAX_LINE)
            case "email":
                value = " ".join(self.report.tree.take(target).split())
                if not 0 < len(value) <= MAX_LINE:
                    self.report.tree.leave(target)
                    return None
                return value
            case _:
                return self.report.tree.line(target, "nc:InstantMessengerScreenID", MAX_LINE)


def read_telephone(report: Report, number: Element, limit: int) -> str | None:
    """Return the number in the first way it is written: as dialled, international or American."""
    tree = report.tree
    for name, parts, template in (
        ("nc:FullTelephoneNumber", ("nc:TelephoneNumberFullID",), "{}"),
        ("nc:InternationalTelephoneNumber", ("nc:TelephoneCountryCodeID", "nc:TelephoneNumberID"), "+{} {}"),
        (
            "nc:NANPTelephoneNumber",
            ("nc:TelephoneAreaCodeID", "nc:TelephoneExchangeID", "nc:TelephoneLineID"),
            "{}-{}-{}",
        ),
    ):
        written = tree.child(number, name)
        if written is None:
            continue
        digits = [tree.line(written, part, 60) for part in parts]
        if not all(digits):
            continue
        suffix = tree.line(written, "nc:TelephoneSuffixID", 20)
        value = template.format(*digits) + (f" x{suffix}" if suffix else "")
        if len(value) <= limit:
            return value
        for part in written.children:
            tree.leave(part)
    return None

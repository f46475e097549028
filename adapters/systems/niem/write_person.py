"""The referred person as nc:PersonType; what has no element there, and no code of ours, stays a loss."""

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.sdk.leaves import Leaves
from adapters.sdk.xml.writing import Tag, group, leaf
from adapters.systems.niem.names import PSEUDONYM
from adapters.systems.niem.tables import BANDS, Tables

_NUMBERS = {
    "national_id": "nc:PersonNationalIdentification",
    "passport": "nc:PersonPassportIdentification",
    "social_security": "nc:PersonSSNIdentification",
}
_SEX = {"female": "F", "male": "M", "unknown": "U"}
_CATEGORIES = {"official": "Legal", "birth": "at birth", "other": "Alternate"}


@dataclass(frozen=True, slots=True)
class PersonWriter:
    """Writes one person. Children stand in any order: they are put into the schema's later."""

    leaves: Leaves
    tables: Tables

    def write(self) -> Tag | None:
        """Return the person, or None where nothing is said about her."""
        dependants = self.leaves.number("/subject/dependants")
        return group(
            "nc:EntityPerson",
            self._age(),
            self._birth(),
            *self._citizenships(),
            leaf("nc:PersonDependentQuantity", None if dependants is None else str(dependants)),
            *self._names(),
            *self._identifiers(),
            *self._languages(),
            self._sex(),
            *self._contacts(),
            *self._addresses(),
            self._augmentation(),
        )

    def _age(self) -> Tag | None:
        low, high = self.leaves.number("/subject/age/min"), self.leaves.number("/subject/age/max")
        band = self.leaves.look("/subject/age_band")
        if low is None and band is not None and band in BANDS:
            low, high = BANDS[band]
        if low is None:
            return None
        years = Tag("nc:MeasureIntegerRange").add(
            leaf("nc:RangeMaximumIntegerValue", None if high is None else str(high)),
            leaf("nc:RangeMinimumIntegerValue", str(low)),
        )
        return Tag("nc:PersonAgeMeasure").add(years, leaf("unece:TimeUnitCode", "ANN"))

    def _birth(self) -> Tag | None:
        return dated("nc:PersonBirthDate", self.leaves.take("/subject/birth/date"))

    def _citizenships(self) -> Iterator[Tag | None]:
        for entry in self.leaves.entries("/subject/citizenships"):
            yield group("nc:PersonCitizenship", country("nc:PersonCitizenshipCountry", self.leaves.take(entry)))

    def _names(self) -> Iterator[Tag | None]:
        for entry in self.leaves.entries("/subject/names"):
            second = self.leaves.take(f"{entry}/second_family")
            name = group(
                "nc:PersonName",
                leaf("nc:PersonGivenName", self.leaves.take(f"{entry}/given")),
                leaf("nc:PersonMiddleName", self.leaves.take(f"{entry}/middle")),
                leaf("nc:PersonSurName", self.leaves.take(f"{entry}/family")),
                leaf("nc:PersonFullName", self.leaves.take(f"{entry}/full")),
            )
            if name is None and second is None:
                continue  # how a name is used says nothing without the name: lost, and said so
            use = self.leaves.take(f"{entry}/use")
            ours = Tag("gx:PersonNameAugmentation").add(leaf("gx:NameUseCode", use), leaf("gx:SecondSurName", second))
            category = leaf("nc:PersonNameCategoryCode", _CATEGORIES.get(use or ""))
            yield (name or Tag("nc:PersonName")).add(category, ours if ours.children else None)

    def _identifiers(self) -> Iterator[Tag | None]:
        yield _number("nc:PersonOtherIdentification", self.leaves.take("/subject/pseudonym"), PSEUDONYM, None)
        for entry in self.leaves.entries("/subject/identifiers"):
            kind = self.leaves.take(f"{entry}/type")
            yield _number(
                _NUMBERS.get(kind or "", "nc:PersonOtherIdentification"),
                self.leaves.take(f"{entry}/value"),
                None if kind in _NUMBERS else kind,
                self.leaves.take(f"{entry}/country"),
            )

    def _languages(self) -> Iterator[Tag | None]:
        """The first is her primary one, as the profile puts the preferred language first."""
        for position, entry in enumerate(self.leaves.entries("/subject/languages")):
            tag = self.leaves.take(entry)
            known = None if tag is None else self.tables.languages.to_iso639_3(tag)
            said = leaf("gx:LanguageTag", tag) if known is None else leaf("iso_639-3:LanguageCode", known)
            holder = "nc:PersonSecondaryLanguage" if position else "nc:PersonPrimaryLanguage"
            yield group(holder, group("nc:Language", said))

    def _sex(self) -> Tag | None:
        return leaf("j:PersonSexCode", _SEX.get(self.leaves.look("/subject/sex") or ""))

    def _contacts(self) -> Iterator[Tag | None]:
        """The profile lets only safe channels through (M-07), and the message says so of each."""
        for entry in self.leaves.entries("/subject/contacts"):
            channel, value = self.leaves.take(f"{entry}/channel"), self.leaves.take(f"{entry}/value")
            if channel is not None and value is not None:
                ours = Tag("gx:ContactInformationAugmentation").add(
                    leaf("gx:ContactChannelCode", channel),
                    leaf("gx:ContactSafetyCode", self.leaves.take(f"{entry}/safe") or "yes"),
                )
                yield Tag("nc:PersonContactInformation").add(_means(channel, value), ours)

    def _addresses(self) -> Iterator[Tag | None]:
        for entry in self.leaves.entries("/subject/addresses"):
            birth = self.leaves.look(f"{entry}/use") == "birth"
            where = address("nc:Address" if birth else "nc:PersonResidenceAddress", self.leaves, entry)
            if where is None:
                continue  # a use without a place says nothing: lost, and said so
            use = self.leaves.take(f"{entry}/use")
            if birth:
                yield Tag("nc:PersonBirthLocation").add(where)
            else:
                yield where.add(group("gx:AddressAugmentation", leaf("gx:AddressUseCode", use)))

    def _augmentation(self) -> Tag | None:
        crosswalks = self.tables.crosswalks
        return group(
            "gx:PersonAugmentation",
            *(leaf(name, self.leaves.take(pointer)) for name, pointer in crosswalks["person"].items()),
            leaf("gx:SexCode", self.leaves.take("/subject/sex")),
            leaf("gx:BirthDateEstimatedIndicator", self.leaves.flag("/subject/birth/estimated")),
            leaf("gx:InterpreterRequiredIndicator", self.leaves.flag("/subject/interpreter/needed")),
            leaf("gx:InterpreterLanguageTag", self.leaves.take("/subject/interpreter/language")),
            leaf("gx:InterpreterSexCode", self.leaves.take("/subject/interpreter/gender")),
        )


def _number(name: str, value: str | None, category: str | None, issuer: str | None) -> Tag | None:
    if value is None:
        return None
    return Tag(name).add(
        leaf("nc:IdentificationID", value),
        leaf("gx:IdentificationCategoryCode", category),
        country("nc:IdentificationIssuerCountry", issuer),
    )


def _means(channel: str, value: str) -> Tag:
    match channel:
        case "phone":
            number = Tag("nc:FullTelephoneNumber").add(leaf("nc:TelephoneNumberFullID", value))
            return Tag("nc:ContactTelephoneNumber").add(number)
        case "email":
            return Tag("nc:ContactEmailID", value)
        case "message":
            return Tag("nc:ContactInstantMessenger").add(leaf("nc:InstantMessengerScreenID", value))
        case "post":
            return Tag("nc:ContactMailingAddress").add(leaf("nc:AddressFullText", value))
        case _:
            return Tag("nc:ContactInformationDescriptionText", value)


def country(name: str, iso2: str | None) -> Tag | None:
    """Return a nc:CountryType of that name."""
    return group(name, leaf("iso_3166:CountryAlpha2Code", iso2))


def address(name: str, leaves: Leaves, entry: str) -> Tag | None:
    """Return the place at `entry` as a nc:AddressType, or None where there is none."""
    return group(
        name,
        leaf("nc:AddressDeliveryPointText", leaves.take(f"{entry}/line")),
        leaf("nc:AddressCityName", leaves.take(f"{entry}/locality")),
        group("nc:AddressState", leaf("nc:StateName", leaves.take(f"{entry}/region"))),
        country("nc:AddressCountry", leaves.take(f"{entry}/country")),
        leaf("nc:AddressPostalCode", leaves.take(f"{entry}/postal_code")),
    )


def dated(name: str, day: str | None) -> Tag | None:
    """Return a nc:DateType that is as exact as the date."""
    if day is None:
        return None
    return Tag(name).add(leaf({4: "nc:YearDate", 7: "nc:YearMonthDate"}.get(len(day), "nc:Date"), day))

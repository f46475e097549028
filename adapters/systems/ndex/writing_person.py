"""The referred person as lexsdigest:Person, in the order the schema wants."""

from collections import defaultdict
from dataclasses import dataclass

from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.leaves import Leaves
from adapters.sdk.xml.writing import Tag, group, leaf
from adapters.systems.ndex.codes import AGE_RANGES, IDENTIFIER_CATEGORIES, IDENTIFIER_TEXTS, PSEUDONYM, SEX

_SEX_CODES = {sex.value: code for code, sex in SEX.codes.items()}
_CATEGORY_CODES = {
    kind: code for code, kind in IDENTIFIER_CATEGORIES.codes.items() if kind in {"case_number", "national_id"}
}
_CATEGORY_TEXTS = {kind: text for text, kind in IDENTIFIER_TEXTS.codes.items()}
_UNITED_STATES = "US"

_OTHER, _PASSPORT = "nc:PersonOtherIdentification", "nc:PersonPassportIdentification"
_SOCIAL_SECURITY, _LICENCE = "nc:PersonSSNIdentification", "nc:DriverLicenseIdentification"
_ALIEN = "im:AlienNumber"
_ELEMENTS = {
    "passport": _PASSPORT,
    "social_security": _SOCIAL_SECURITY,
    "driver_licence": _LICENCE,
    "alien_number": _ALIEN,
}
"""Kinds of numbers with an element of their own. An SSN is one of the United States."""


@dataclass(frozen=True, slots=True)
class PersonWriter:
    """Writes one person. What it does not take from the leaves stays there and is a loss or an attribute."""

    leaves: Leaves
    countries: Countries
    languages: Languages

    def write(self) -> Tag:
        """Return the person, without children where nothing about her has a place."""
        names, alternates = self._names()
        numbers = self._identifiers()
        licences = (Tag("nc:DriverLicense").add(licence) for licence in numbers[_LICENCE])
        return Tag("lexsdigest:Person").add(
            self._age(),
            *alternates,
            self._birth(),
            *self._citizenships(),
            names,
            self._pseudonym(),
            *numbers[_OTHER],
            *numbers[_PASSPORT],
            self._language(),
            self._sex(),
            *numbers[_SOCIAL_SECURITY],
            group("j:PersonAugmentation", *licences),
            group("lexsdigest:PersonAugmentation", *numbers[_ALIEN]),
        )

    def _age(self) -> Tag | None:
        band = self.leaves.take("/subject/age_band")
        low, high = self.leaves.number("/subject/age/min"), self.leaves.number("/subject/age/max")
        if low is None or high is None:
            if band is None or band not in AGE_RANGES:
                return None
            low, high = AGE_RANGES[band]
        years = group(
            "nc:MeasureRangeValue",
            leaf("nc:RangeMinimumValue", str(low)),
            leaf("nc:RangeMaximumValue", None if high is None else str(high)),
        )
        return group("nc:PersonAgeMeasure", years, leaf("nc:TimeUnitCode", "ANN"))

    def _names(self) -> tuple[Tag | None, list[Tag]]:
        """Her official name (or the first that does not say what it is); other names and the alias as alternates."""
        name: Tag | None = None
        alternates: list[Tag] = []
        for entry in self.leaves.entries("/subject/names"):
            parts = (
                leaf("nc:PersonGivenName", self.leaves.take(f"{entry}/given")),
                leaf("nc:PersonMiddleName", self.leaves.take(f"{entry}/middle")),
                leaf("nc:PersonSurName", self.leaves.take(f"{entry}/family")),
                leaf("nc:PersonFullName", self.leaves.take(f"{entry}/full")),
            )
            use = self.leaves.take(f"{entry}/use")
            main = use in {None, "official"} and name is None
            written = group("nc:PersonName" if main else "nc:PersonAlternateName", *parts)
            if written is None:
                if use is not None:
                    self.leaves.losses.dropped(f"{entry}/use")
                continue
            if main:
                name = written
            else:
                alternates.append(written)
                if use != "other":
                    self.leaves.losses.coarsened(f"{entry}/use")
        alias = group("nc:PersonAlternateName", leaf("nc:PersonFullName", self.leaves.take("/subject/alias")))
        return name, [*alternates, alias] if alias is not None else alternates

    def _birth(self) -> Tag | None:
        day = self.leaves.take("/subject/birth/date")
        return None if day is None else Tag("nc:PersonBirthDate").add(date_tag(day))

    def _citizenships(self) -> list[Tag]:
        written: list[Tag] = []
        for entry in self.leaves.entries("/subject/citizenships"):
            code = self.countries.to_fips(self.leaves.look(entry) or "")
            if code is not None:
                self.leaves.drop(entry)
                written.append(Tag("nc:PersonCitizenshipFIPS10-4Code", code))
        return written

    def _pseudonym(self) -> Tag | None:
        number = self.leaves.take("/subject/pseudonym")
        if number is None:
            return None
        return Tag("nc:PersonOtherIdentification").add(
            leaf("nc:IdentificationID", number), leaf("nc:IdentificationCategoryText", PSEUDONYM)
        )

    def _language(self) -> Tag | None:
        """Her first language, where ISO 639-3 has it in our table; the others have no element and become attributes."""
        for entry in self.leaves.entries("/subject/languages"):
            code = self.leaves.look(entry)
            known = self.languages.to_iso639_3(code or "")
            if known is None:
                return None
            self.leaves.drop(entry)
            return Tag("nc:PersonPrimaryLanguage").add(leaf("nc:LanguageCode", known))
        return None

    def _sex(self) -> Tag | None:
        code = _SEX_CODES.get(self.leaves.look("/subject/sex") or "")
        if code is None:
            return None
        self.leaves.drop("/subject/sex")
        return Tag("nc:PersonSexCode", code)

    def _identifiers(self) -> defaultdict[str, list[Tag]]:
        """Her numbers by the element each is written as."""
        written: defaultdict[str, list[Tag]] = defaultdict(list)
        for entry in self.leaves.entries("/subject/identifiers"):
            kind = self.leaves.look(f"{entry}/type") or "other"
            name = _ELEMENTS.get(kind, _OTHER)
            if name == _SOCIAL_SECURITY and self.leaves.look(f"{entry}/country") not in {None, _UNITED_STATES}:
                name = _OTHER
            written[name].append(self._identifier(name, entry, kind))
        return written

    def _identifier(self, name: str, entry: str, kind: str) -> Tag:
        number = leaf("nc:IdentificationID", self.leaves.take(f"{entry}/value"))
        category: Tag | None = None
        if name == _OTHER:
            category = leaf("j:PersonIDCategoryCode", _CATEGORY_CODES.get(kind)) or leaf(
                "nc:IdentificationCategoryText", _CATEGORY_TEXTS.get(kind)
            )
            if category is None and kind != "other":
                self.leaves.losses.coarsened(f"{entry}/type")
        self.leaves.drop(f"{entry}/type")
        issuer = self.countries.to_fips(self.leaves.look(f"{entry}/country") or "")
        if issuer is not None:
            self.leaves.drop(f"{entry}/country")
        return Tag(name).add(number, category, leaf("nc:IdentificationJurisdictionFIPS10-4Code", issuer))


def date_tag(day: str) -> Tag:
    """A canonical date as the NIEM element of its precision."""
    return Tag({4: "nc:Year", 7: "nc:YearMonth"}.get(len(day), "nc:Date"), day)

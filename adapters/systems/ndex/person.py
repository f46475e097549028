"""What a report says about the referred person: lexsdigest:Person, and ndexia:Person of the structured payload."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from adapters.sdk import MalformedError, UnsupportedError
from adapters.sdk.codes import Json
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.values import OLDEST
from adapters.sdk.xml.dates import dates_in, is_said, read_day, says_more
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree
from adapters.systems.ndex.codes import (
    IDENTIFIER_CATEGORIES,
    IDENTIFIER_TEXTS,
    MONTHS_IN,
    PSEUDONYM,
    SEX,
    UNDER_A_YEAR,
)

MAX_NAMES = 10
MAX_PART = 80
MAX_LINE = 200
MAX_IDENTIFIERS = 20
MAX_CITIZENSHIPS = 10
MAX_LANGUAGES = 10

_BORN, _AGED = "nc:PersonBirthDate", "nc:PersonAgeMeasure"
_COUNTED = frozenset({"nc:MeasurePointValue", "nc:MeasureRangeValue"})
_OF_AN_AGE = frozenset({"nc:TimeUnitCode", "nc:MeasurePointValue", "nc:RangeMinimumValue", "nc:RangeMaximumValue"})
_MOST_SAID = 4
"""So many different dates of birth contradict each other: a year, a month and a day of one are three."""
_MAJORITY = 18
_AGE = re.compile(r"\+?([0-9]{1,4})(?:\.[0-9]{1,9})?")

_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True)
class PersonReader:
    """Reads one person's own data. Each method returns None or an empty list where the report says nothing."""

    tree: Tree
    countries: Countries
    tongues: Languages
    person: Element

    def names(self) -> list[Json]:
        """Her name as `official`, then her alternate names as `other`."""
        official = self.tree.child(self.person, "nc:PersonName")
        alternates = self.tree.children(self.person, "nc:PersonAlternateName")
        written = [(official, "official")] if official is not None else []
        found: list[Json] = []
        for element, use in (*written, *((alternate, "other") for alternate in alternates)):
            name = read_name(self.tree, element, use) if len(found) < MAX_NAMES else None
            if name is not None:
                found.append(name)
        return found

    def births(self) -> list[str]:
        """Her dates of birth, each once. A report may hold several: of records that were merged, of false papers."""
        written = [day for born in self.tree.children(self.person, _BORN) for day in dates_in(born)]
        return self._distinct(written, lambda element: read_day(self.tree, element))

    def ages(self) -> list[Json]:
        """Her ages in years as closed ranges, full years only, each once."""
        return self._distinct(self.tree.children(self.person, _AGED), self._age)

    def age_is_in_doubt(self) -> bool:
        """Whether something is said of her birth or age that is not read, and may be that she is a child (K-01)."""
        births = self.tree.children(self.person, _BORN)
        return any(map(says_more, births)) or any(map(self._may_be_a_childs, self.tree.children(self.person, _AGED)))

    def _may_be_a_childs(self, measure: Element) -> bool:
        unit = self.tree.child(measure, "nc:TimeUnitCode")
        counted = [child for child in measure.children if child is not unit and is_said(child)]
        if measure.annotated or measure.text or len(counted) > 1:
            return True
        if any(child.name not in _COUNTED for child in counted):
            return True
        if unit is not None and unit.text:
            return bool(counted) and unit.text in UNDER_A_YEAR
        return any(_below_majority(leaf.text) for child in counted for leaf in (child, *child.children))

    def _distinct(self, elements: list[Element], read: Callable[[Element], _Said | None]) -> list[_Said]:
        """What these elements say, each once; what differs from the first is reported as lost."""
        found: list[_Said] = []
        for element in elements:
            said = read(element)
            if said is None or said in found:
                continue
            if found:
                self.tree.leave(element)
                self.tree.leave_below(element, _OF_AN_AGE)
            if len(found) < _MOST_SAID:
                found.append(said)
        return found

    def must_live(self, payload: list[Element]) -> None:
        """Return where nothing says that she is dead. Raises UnsupportedError."""
        for holder in (self.person, *payload):
            living = self.tree.child(holder, "nc:PersonLivingIndicator")
            if living is not None and living.text in {"false", "0"}:
                raise UnsupportedError(self.tree.pointer(living), "deceased")

    def _age(self, measure: Element) -> Json:
        unit = self.tree.child(measure, "nc:TimeUnitCode")
        if unit is None or not unit.text or unit.text in UNDER_A_YEAR:
            return None  # without a unit 30 may be months: dropped, and unknown counts as a child
        months = MONTHS_IN.find(unit.text)
        if months is None:
            raise UnsupportedError(self.tree.pointer(unit), f"unknown_code:{MONTHS_IN.name}")
        spread = self.tree.child(measure, "nc:MeasureRangeValue")
        if spread is not None:
            low = self._years(self.tree.child(spread, "nc:RangeMinimumValue"), months)
            high = self._years(self.tree.child(spread, "nc:RangeMaximumValue"), months)
        else:
            low = high = self._years(self.tree.child(measure, "nc:MeasurePointValue"), months)
        if low is None and high is None:
            return None
        self.tree.take(unit)
        lowest, highest = low or 0, OLDEST if high is None else high
        if lowest > highest:
            raise MalformedError(self.tree.pointer(measure), "age")
        return {"min": lowest, "max": highest}

    def _years(self, element: Element | None, months: int) -> int | None:
        if element is None or not element.text:
            return None
        text = self.tree.take(element)
        match = _AGE.fullmatch(text)
        years = -1 if match is None else int(match[1]) * months // 12
        if match is None or years > OLDEST:
            raise MalformedError(self.tree.pointer(element), "age")
        if match[1] != text or months != MONTHS_IN.codes["ANN"]:
            self.tree.coarsened(element)
        return years

    def sex(self) -> str | None:
        """Her sex as recorded; codes that are not F, M or U are dropped."""
        element = self.tree.child(self.person, "nc:PersonSexCode")
        if element is None:
            return None
        sex = SEX.find(element.text)
        if sex is not None:
            self.tree.take(element)
        return sex

    def citizenships(self) -> list[Json]:
        """Her citizenships as ISO 3166-1 alpha-2. Raises UnsupportedError for a code FIPS 10-4 gives to no country."""
        found: list[Json] = []
        for element in self.tree.children(self.person, "nc:PersonCitizenshipFIPS10-4Code"):
            if element.text and len(found) < MAX_CITIZENSHIPS:
                country = read_country(self.tree, self.countries, element)
                if country not in found:
                    found.append(country)
        return found

    def identifiers(self) -> list[Json]:
        """Numbers others gave her.

        FBI, fingerprint, prison and fugitive numbers are not hers to be known by: dropped.
        """
        licences = [
            element
            for augmentation in self.tree.children(self.person, "j:PersonAugmentation")
            for licence in self.tree.children(augmentation, "nc:DriverLicense")
            for element in self.tree.children(licence, "nc:DriverLicenseIdentification")
        ]
        aliens = [
            element
            for augmentation in self.tree.children(self.person, "lexsdigest:PersonAugmentation")
            for element in self.tree.children(augmentation, "im:AlienNumber")
        ]
        typed = [
            *((element, None) for element in self.tree.children(self.person, "nc:PersonOtherIdentification")),
            *((element, "passport") for element in self.tree.children(self.person, "nc:PersonPassportIdentification")),
            *(
                (element, "social_security")
                for element in self.tree.children(self.person, "nc:PersonSSNIdentification")
            ),
            *((element, "driver_licence") for element in licences),
            *((element, "alien_number") for element in aliens),
        ]
        found: list[Json] = []
        for element, kind in typed:
            identifier = self._identifier(element, kind) if len(found) < MAX_IDENTIFIERS else None
            if identifier is not None:
                found.append(identifier)
        return found

    def _identifier(self, element: Element, kind: str | None) -> Json:
        if kind is None:
            kind = self._category(element)
        value = self.tree.line(element, "nc:IdentificationID", MAX_PART) if kind else None
        if kind is None or value is None:
            return None
        jurisdiction = self.tree.child(element, "nc:IdentificationJurisdictionFIPS10-4Code")
        if jurisdiction is None or not jurisdiction.text:
            return {"type": kind, "value": value}
        return {"type": kind, "value": value, "country": read_country(self.tree, self.countries, jurisdiction)}

    def _category(self, element: Element) -> str | None:
        """Which kind of number an nc:PersonOtherIdentification is; None for a pseudonym, which is its recipient's."""
        for name, table in (
            ("j:PersonIDCategoryCode", IDENTIFIER_CATEGORIES),
            ("nc:IdentificationCategoryText", IDENTIFIER_TEXTS),
        ):
            category = self.tree.child(element, name)
            if category is None or not category.text:
                continue
            if category.text.casefold() == PSEUDONYM.casefold():
                return None
            kind = table.find(category.text)
            self.tree.take(category)
            if kind is not None:
                return kind
            self.tree.coarsened(category)
        return "other"

    def languages(self, payload: list[Element]) -> list[Json]:
        """Her first language, preferred, from the digest; further ones from the N-DEx payload about the same person."""
        preferred: dict[str, bool] = {}
        for holder in (self.person, *payload):
            for tag in ("nc:PersonPrimaryLanguage", "nc:PersonSecondaryLanguage"):
                for element in self.tree.children(holder, tag):
                    code = self.tree.child(element, "nc:LanguageCode")
                    spoken = None if code is None else self.tongues.from_iso639_3(code.text)
                    if code is None or spoken is None:
                        continue
                    if spoken in preferred or len(preferred) < MAX_LANGUAGES:
                        self.tree.take(code)
                        preferred[spoken] = preferred.get(spoken, False) or tag == "nc:PersonPrimaryLanguage"
        return [{"code": code, "preferred": True} if first else {"code": code} for code, first in preferred.items()]


def _below_majority(text: str) -> bool:
    """Whether a number without a unit is a child's, be it months or years; what is no number may be anybody's."""
    match = _AGE.fullmatch(text)
    return bool(text) and (match is None or int(match[1]) < _MAJORITY)


def read_name(tree: Tree, element: Element, use: str) -> Json:
    """Return a canonical name, or None where no part of it can be carried whole."""
    parts = {
        "given": tree.line(element, "nc:PersonGivenName", MAX_PART),
        "middle": _middle(tree, element),
        "family": tree.line(element, "nc:PersonSurName", MAX_PART),
        "full": tree.line(element, "nc:PersonFullName", MAX_LINE),
    }
    present = {key: part for key, part in parts.items() if part}
    return {"use": use, **present} if present else None


def _middle(tree: Tree, element: Element) -> str | None:
    """The middle names as one; where they are too long together they are all lost rather than some of them."""
    elements = [middle for middle in tree.children(element, "nc:PersonMiddleName") if middle.text]
    joined = " ".join(" ".join(tree.take(middle).split()) for middle in elements)
    if len(joined) > MAX_PART:
        for middle in elements:
            tree.leave(middle)
        return None
    return joined or None


def read_country(tree: Tree, countries: Countries, element: Element) -> str:
    """Return the ISO 3166-1 alpha-2 code of a FIPS 10-4 code. Raises UnsupportedError, rule unknown_code:fips_10_4."""
    code = tree.take(element)
    known = countries.by_fips.get(code)
    return known.iso2 if known is not None else countries.from_fips(code, tree.pointer(element))

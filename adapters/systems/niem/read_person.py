"""What a message says about who she is and how she can be reached, as the canonical `subject`."""

from collections.abc import Iterator
from itertools import islice

from adapters.sdk import MalformedError
from adapters.sdk.codes import AgeStatus, Json
from adapters.sdk.xml.dates import is_said, says_more
from adapters.sdk.xml.reading import Element
from adapters.systems.niem.names import PSEUDONYM
from adapters.systems.niem.reading import Reader, present
from adapters.systems.niem.tables import BANDS

_ADULT_UNIT = {"ANN": 12, "MON": 1}
_OLDEST = 130
_MAJORITY = 18
_PART = 80
_MOST, _MOST_IDENTIFIERS = 10, 20
"""Entries the canonical referral has room for; further ones are not looked at, and so reported as lost."""
_AUGMENTATION = "gx:PersonAugmentation"
_NUMBERS = (
    ("nc:PersonNationalIdentification", "national_id"),
    ("nc:PersonOtherIdentification", "other"),
    ("nc:PersonPassportIdentification", "passport"),
    ("nc:PersonSSNIdentification", "social_security"),
)
_CHANNELS = (
    ("phone", ("nc:ContactTelephoneNumber", "nc:FullTelephoneNumber", "nc:TelephoneNumberFullID")),
    ("email", ("nc:ContactEmailID",)),
    ("message", ("nc:ContactInstantMessenger", "nc:InstantMessengerScreenID")),
    ("post", ("nc:ContactMailingAddress", "nc:AddressFullText")),
    ("other", ("nc:ContactInformationDescriptionText",)),
)


def read_person(reader: Reader, person: Element) -> dict[str, Json]:
    """Return the canonical subject. Raises UnsupportedError for a country that is none."""
    augmentation = reader.tree.child(person, _AUGMENTATION)
    subject: dict[str, Json] = {
        "names": list(islice(_names(reader, person), _MOST)),
        "identifiers": list(islice(_identifiers(reader, person), _MOST_IDENTIFIERS)),
        "birth": _birth(reader, person, augmentation),
        "sex": _sex(reader, person, augmentation),
        "citizenships": list(islice(_citizenships(reader, person), _MOST)),
        "languages": list(islice(_languages(reader, person), _MOST)),
        "interpreter": _interpreter(reader, augmentation),
        "contacts": list(_contacts(reader, person)),
        "addresses": list(islice(_addresses(reader, person), _MOST)),
        "dependants": reader.number(person, "nc:PersonDependentQuantity"),
        **{pointer.rpartition("/")[2]: value for pointer, value in reader.leaves(augmentation, "person")},
    }
    age = _age(reader, person)
    if subject.get("minor_status") != AgeStatus.CHILD and _may_be_a_child(reader, person):
        subject["minor_status"] = AgeStatus.UNKNOWN.value
    return present(subject if age == _of_band(subject.get("age_band")) else subject | {"age": age})


def _names(reader: Reader, person: Element) -> Iterator[Json]:
    for position, element in enumerate(reader.tree.children(person, "nc:PersonName")):
        standard = reader.code(reader.tree.child(element, "nc:PersonNameCategoryCode"), "name_use")
        use = reader.text(element, "gx:PersonNameAugmentation", "gx:NameUseCode") or standard
        parts = present(
            {
                "given": reader.text(element, "nc:PersonGivenName"),
                "middle": _middle(reader, element),
                "family": reader.text(element, "nc:PersonSurName"),
                "second_family": reader.text(element, "gx:PersonNameAugmentation", "gx:SecondSurName"),
                "full": reader.text(element, "nc:PersonFullName"),
            }
        )
        if parts:
            yield {"use": use or ("other" if position else "official"), **parts}
        if (maiden := reader.text(element, "nc:PersonMaidenName")) is not None:
            yield {"use": "birth", "family": maiden}


def _middle(reader: Reader, name: Element) -> str | None:
    """The middle names as one; where they are too long together they are all lost rather than some of them."""
    elements = reader.tree.children(name, "nc:PersonMiddleName")
    joined = " ".join(" ".join(element.text.split()) for element in elements)
    if not 0 < len(joined) <= _PART:
        return None
    reader.tree.taken(*elements)
    return joined


def _identifiers(reader: Reader, person: Element) -> Iterator[Json]:
    """Numbers others gave her; a pseudonym is its recipient's own, and is never one of them."""
    for name, kind in _NUMBERS:
        for element in reader.tree.children(person, name):
            coded = reader.text(element, "gx:IdentificationCategoryCode")
            value = None if coded == PSEUDONYM else reader.text(element, "nc:IdentificationID")
            if value is not None:
                country = reader.country(element, "nc:IdentificationIssuerCountry")
                yield present({"type": coded or kind, "value": value, "country": country})


def _birth(reader: Reader, person: Element, augmentation: Element | None) -> dict[str, Json]:
    day = reader.day(person, "nc:PersonBirthDate")
    if day is None:
        return {}
    estimated = None if augmentation is None else reader.flag(augmentation, "gx:BirthDateEstimatedIndicator")
    return present({"date": day, "estimated": estimated})


def _age(reader: Reader, person: Element) -> Json:
    """Her age as a closed range of full years; without a unit that is years or months it is no age."""
    measure = reader.tree.child(person, "nc:PersonAgeMeasure")
    unit = None if measure is None else reader.tree.child(measure, "unece:TimeUnitCode")
    months = None if unit is None else _ADULT_UNIT.get(unit.text)
    if measure is None or unit is None or months is None:
        return None
    reader.tree.take(unit)
    point = reader.number(measure, "nc:MeasureIntegerValue")
    low = reader.number(measure, "nc:MeasureIntegerRange", "nc:RangeMinimumIntegerValue") if point is None else point
    high = reader.number(measure, "nc:MeasureIntegerRange", "nc:RangeMaximumIntegerValue") if point is None else point
    if low is None and high is None:
        return None
    if months == 1:
        reader.tree.coarsened(unit)
    lowest, highest = (low or 0) * months // 12, _OLDEST if high is None else high * months // 12
    if lowest > highest:
        raise MalformedError(reader.tree.pointer(measure), "age")
    return {"min": lowest, "max": highest}


def _may_be_a_child(reader: Reader, person: Element) -> bool:
    """Whether something is said of her birth or age that is not read, and may be that she is a child (K-01).

    That is a range of days she may be born in, an age in days or weeks, and one below 18 without a unit.
    """
    born = reader.tree.child(person, "nc:PersonBirthDate")
    measure = reader.tree.child(person, "nc:PersonAgeMeasure")
    if born is not None and says_more(born):
        return True
    unit = None if measure is None else reader.tree.child(measure, "unece:TimeUnitCode")
    if measure is None or (unit is not None and unit.text in _ADULT_UNIT):
        return False
    counted = [child for child in measure.children if child is not unit and is_said(child)]
    if unit is not None and unit.text:
        return bool(counted)
    return any(_below_majority(leaf.text) for child in counted for leaf in (child, *child.children))


def _below_majority(text: str) -> bool:
    return text.isdigit() and int(text) < _MAJORITY


def _of_band(band: Json) -> Json:
    """The ages that stand beside a band where it is written: they repeat it. Any other age says more, or another."""
    if not isinstance(band, str) or band not in BANDS:
        return None
    low, high = BANDS[band]
    return {"min": low, "max": _OLDEST if high is None else high}


def _sex(reader: Reader, person: Element, augmentation: Element | None) -> str | None:
    coded = None if augmentation is None else reader.text(augmentation, "gx:SexCode")
    standard = reader.code(reader.tree.child(person, "j:PersonSexCode"), "sex")
    return coded or standard


def _citizenships(reader: Reader, person: Element) -> Iterator[str]:
    seen: set[str] = set()
    for holder in ("nc:PersonCitizenship", "nc:PersonNationality"):
        for element in reader.tree.children(person, holder):
            country = reader.country(element, f"{holder}Country")
            if country is not None and country not in seen:
                seen.add(country)
                yield country


def _languages(reader: Reader, person: Element) -> Iterator[Json]:
    seen: set[str] = set()
    for holder in ("nc:PersonPrimaryLanguage", "nc:PersonSecondaryLanguage"):
        for element in reader.tree.children(person, holder):
            code = _language(reader, element)
            if code is not None and code not in seen:
                seen.add(code)
                yield {"code": code, "preferred": True} if holder == "nc:PersonPrimaryLanguage" else {"code": code}


def _language(reader: Reader, holder: Element) -> str | None:
    """The language as a tag; a code or a name that our table does not know to be one is lost."""
    tag = reader.text(holder, "nc:Language", "gx:LanguageTag")
    if tag is not None:
        return tag
    for name, known in (
        ("iso_639-3:LanguageCode", reader.tables.languages.from_iso639_3),
        ("nc:LanguageName", reader.tables.languages.from_name),
    ):
        element = reader.below(holder, "nc:Language", name)
        found = None if element is None else known(element.text)
        if element is not None and found is not None:
            reader.tree.take(element)
            return found
    return None


def _interpreter(reader: Reader, augmentation: Element | None) -> dict[str, Json]:
    """Raises MalformedError where it is said how the interpreter should be, and not whether one is needed."""
    found: dict[str, Json] = dict(reader.leaves(augmentation, "interpreter"))
    if found and augmentation is not None and "needed" not in found:
        raise MalformedError(f"{reader.tree.pointer(augmentation)}/gx:InterpreterRequiredIndicator", "required")
    return found | {"needed": found["needed"] in {"true", "1"}} if found else {}


def _contacts(reader: Reader, person: Element) -> Iterator[Json]:
    """A channel is safe only where the message says so (M-07)."""
    for element in reader.tree.children(person, "nc:PersonContactInformation"):
        for channel, path in _CHANNELS:
            value = reader.text(element, *path)
            if value is not None:
                coded = reader.text(element, "gx:ContactInformationAugmentation", "gx:ContactChannelCode")
                safe = reader.text(element, "gx:ContactInformationAugmentation", "gx:ContactSafetyCode")
                yield {"channel": coded or channel, "value": value, "safe": safe or "unknown"}
                break


def _addresses(reader: Reader, person: Element) -> Iterator[Json]:
    for element in reader.tree.children(person, "nc:PersonResidenceAddress"):
        place = reader.place(element)
        if place:
            yield {"use": reader.text(element, "gx:AddressAugmentation", "gx:AddressUseCode") or "current", **place}
    for element in reader.tree.children(person, "nc:PersonBirthLocation"):
        birth = reader.place(reader.tree.child(element, "nc:Address"))
        if birth:
            yield {"use": "birth", **birth}

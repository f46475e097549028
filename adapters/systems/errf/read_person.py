"""What a form says about who she is and how she can be reached, as the canonical `subject`."""

import re
from collections.abc import Iterator
from itertools import islice

from adapters.sdk.codes import AgeStatus, Json
from adapters.sdk.xml.reading import Element
from adapters.systems.errf.names import NOTHING
from adapters.systems.errf.read_needs import is_called_a_child
from adapters.systems.errf.reading import Reader

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:*~$=-]{0,79}")
_PART, _PLACE, _LINE, _POSTAL = 80, 120, 200, 20
_MOST = 10
_CHANNELS = frozenset({"phone", "email", "post"})
_LEVELS = (*(f"LocationLevel{number}Description" for number in range(1, 6)), "LocationLevel6")


def read_person(reader: Reader) -> dict[str, Json]:
    """Return the canonical subject. What is said of her parents, relatives and household is not taken (M-08)."""
    hers = reader.member.individual
    places = [*reader.parts("dataAddress")]
    found: dict[str, Json] = {
        "person_ref": _person_ref(reader, hers),
        "names": list(islice(_names(reader, hers), _MOST)),
        "identifiers": list(_identifiers(reader, hers)),
        "birth": _birth(reader, hers),
        "minor_status": AgeStatus.CHILD.value if is_called_a_child(reader) else None,
        "sex": reader.code(hers, "SexCode", reader.codes.sex),
        "citizenships": [code] if (code := reader.country(hers, "NationalityCode")) is not None else [],
        "languages": list(islice(_languages(reader), _MOST)),
        "contacts": list(islice(_contacts(reader, places), _MOST)),
        "addresses": list(islice(_addresses(reader, hers, places), _MOST)),
        "group_ref": reader.member.group(reader.tree),
    }
    return {name: value for name, value in found.items() if value}


def _person_ref(reader: Reader, hers: Element) -> str | None:
    """Her number with UNHCR is what its offices call her: it names her to the gateway, and as that never leaves it."""
    element = reader.tree.child(hers, "IndividualID")
    return element.text if element is not None and _REFERENCE.fullmatch(element.text) is not None else None


def _identifiers(reader: Reader, hers: Element) -> Iterator[Json]:
    if (number := reader.text(hers, "IndividualID", _PART)) is not None:
        yield {"type": "unhcr", "value": number}


def _names(reader: Reader, hers: Element) -> Iterator[Json]:
    parts = {
        "given": "GivenName",
        "middle": "MiddleName",
        "family": "FamilyName",
        "second_family": "SecondFamilyName",
    }
    said = {part: text for part, name in parts.items() if (text := reader.text(hers, name, _PART)) is not None}
    if said:
        yield {"use": "official", **said}
    if (maiden := reader.text(hers, "MaidenName", _PART)) is not None:
        yield {"use": "birth", "family": maiden}
    for alias in reader.parts("dataAlias"):
        names = {"given": "IndividualAliasFirstName", "family": "IndividualAliasLastName"}
        other = {part: text for part, name in names.items() if (text := reader.text(alias, name, _PART)) is not None}
        if other:
            yield {"use": "other", **other}


def _birth(reader: Reader, hers: Element) -> dict[str, Json]:
    estimated = reader.flag(hers, "DateofBirthEstimate")
    day = reader.day(hers, "DateofBirth")
    if day is None:
        return {}
    if reader.says_more(hers, "DateofBirth"):
        estimated = True  # What else is said is not read: no exact date, and so no adult (K-01).
    return {"date": day} if estimated is None else {"date": day, "estimated": estimated}


def _languages(reader: Reader) -> Iterator[Json]:
    """Languages that she speaks or understands; one that our table does not know is lost."""
    seen: set[str] = set()
    for part in reader.parts("dataLanguage"):
        element = reader.tree.child(part, "LanguageCode")
        tag = None if element is None else reader.codes.languages.get(element.text)
        if element is not None and tag is not None and tag not in seen and _speaks(reader, part):
            seen.add(tag)
            reader.tree.taken(element)
            yield {"code": tag}


def _speaks(reader: Reader, part: Element) -> bool:
    """Say whether she speaks or understands it at all; how well is lost."""
    names = ("LanguageSpeakCode", "LanguageUnderstandCode")
    levels = [reader.code(part, name, reader.codes.level) for name in names]
    reader.tree.leave_below(part, frozenset(names))
    return any(levels)


def _contacts(reader: Reader, places: list[Element]) -> Iterator[Json]:
    """Her channels. The form never says that one is safe (M-07); one that is no longer in use is not taken."""
    for place in places:
        channel = reader.code(place, "AddressType", reader.codes.address)
        if channel in _CHANNELS and (value := _joined(reader, place, _LEVELS)) is not None:
            yield {"channel": channel, "value": value, "safe": "unknown"}
    for contact in reader.parts("dataContact"):
        in_use = reader.flag(contact, "StillInUse")
        reader.tree.leave_below(contact, frozenset({"StillInUse"}))
        if in_use is False:
            continue
        for channel, name in (("phone", "PhoneNumber"), ("email", "Email")):
            if (value := reader.text(contact, name, _LINE)) is not None:
                yield {"channel": channel, "value": value, "safe": "unknown"}


def _addresses(reader: Reader, hers: Element, places: list[Element]) -> Iterator[Json]:
    for place in places:
        use = reader.code(place, "AddressType", reader.codes.address)
        if use is None or use in _CHANNELS:
            continue
        found = {
            "country": reader.country(place, "AddressCountry"),
            "region": reader.text(place, _LEVELS[0], _PLACE),
            "locality": reader.text(place, _LEVELS[1], _PLACE),
            "line": _joined(reader, place, _LEVELS[2:]),
            "postal_code": reader.text(place, "AddressPostal", _POSTAL),
        }
        if said := {part: text for part, text in found.items() if text is not None}:
            yield {"use": use, **said}
    born = {
        "country": reader.country(hers, "BirthCountryCode"),
        "locality": reader.text(hers, "BirthCityTownVillage", _PLACE),
    }
    if said := {part: text for part, text in born.items() if text is not None}:
        yield {"use": "birth", **said}


def _joined(reader: Reader, place: Element, names: tuple[str, ...]) -> str | None:
    """Return several levels of a place as one line, the largest first; where it would be too long they are all lost."""
    elements = [element for name in names if (element := reader.tree.child(place, name)) is not None]
    said = [element for element in elements if element.text not in NOTHING]
    joined = ", ".join(" ".join(element.text.split()) for element in said)
    if not 0 < len(joined) <= _LINE:
        return None
    reader.tree.taken(*said)
    return joined

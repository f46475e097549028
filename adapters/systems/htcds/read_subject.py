"""What a record says about who she is and how she can be reached, as the canonical `subject`."""

import re
from collections.abc import Iterator

from adapters.sdk import MalformedError, UnsupportedError
from adapters.sdk.codes import AgeBand, AgeStatus, Json
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.systems.htcds.record import Record

_NAME, _NUMBER, _CONTACT, _PLACE, _LINE, _POST_CODE, _ALIAS = 80, 80, 200, 120, 200, 20, 40
_DEPENDANTS = 50
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_PERSON_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:*~$=-]{0,79}")
_CHILD = frozenset({AgeBand.B00_08.value, AgeBand.B09_17.value})
_NAMES = {"given": "prs_FirstName", "middle": "prs_MiddleName", "family": "prs_SecondName"}
CHANNELS = {"prs_Email": "email", "prs_MobilePhone": "phone", "prs_HomePhone": "phone"}
"""Columns of her contacts and the channel each is."""


def read_subject(record: Record, countries: Countries, languages: Languages) -> dict[str, Json]:
    """Return the canonical subject."""
    names = {part: text for part, name in _NAMES.items() if (text := record.text(name, _NAME)) is not None}
    subject: dict[str, Json] = {
        "names": [{"use": "official", **names}] if names else [],
        "identifiers": list(_identifiers(record)),
        "citizenships": list(dict.fromkeys(_citizenships(record, countries))),
        "languages": [{"code": code} for code in dict.fromkeys(_languages(record, languages))],
        "interpreter": _interpreter(record),
        "contacts": list(_contacts(record)),
        "addresses": list(_addresses(record, countries)),
    }
    scalars: dict[str, Json] = {
        "person_ref": _person_ref(record),
        "alias": record.text("gx_Alias", _ALIAS),
        "sex": record.code("prs_Gender", "gender"),
        "meeting_point": record.text("gx_MeetingPoint", _LINE),
        "dependants": record.number("gx_Dependants", _DEPENDANTS),
    }
    said = {name: value for name, value in subject.items() if value}
    said |= {name: value for name, value in scalars.items() if value is not None}
    return said | _age(record)


def _person_ref(record: Record) -> str | None:
    """The sender's own reference for her. Raises MalformedError for what is none: it says who she is."""
    said = record.text("gx_PersonRef", _NUMBER)
    if said is not None and _PERSON_REF.fullmatch(said) is None:
        raise MalformedError("/gx_PersonRef", "pattern")
    return said


def _identifiers(record: Record) -> Iterator[Json]:
    if (number := record.text("prs_IdentityNumber", _NUMBER)) is not None:
        yield {"type": "national_id", "value": number}


def _age(record: Record) -> dict[str, Json]:
    """Her age as said. The standard has no field for "adult": what is not said, or contradicts itself, is unknown."""
    found: dict[str, Json] = {}
    if (born := record.day("prs_Birthdate")) is not None:
        found["birth"] = {"date": born}
    band = record.code("gx_AgeBand", "gx_age_band")
    status = record.code("gx_MinorStatus", "gx_minor_status")
    if band is not None and status not in {None, AgeStatus.UNKNOWN} and (band in _CHILD) != (status == AgeStatus.CHILD):
        record.dropped("gx_AgeBand")
        record.losses.coarsened("/gx_MinorStatus")
        return found | {"minor_status": AgeStatus.UNKNOWN.value}
    if band is not None:
        found["age_band"] = band
    if status is not None:
        found["minor_status"] = status
    return found or {"minor_status": AgeStatus.UNKNOWN.value}


def _citizenships(record: Record, countries: Countries) -> Iterator[str]:
    """Alpha-2 codes, as the survey form lists them; alpha-3 is ISO 3166 as well."""
    for code in record.parts("prs_Citizenship"):
        country = countries.by_iso2.get(code) or countries.by_iso3.get(code)
        if country is None:
            raise UnsupportedError("/prs_Citizenship", "unknown_code:iso_3166_1")
        yield country.iso2


def _languages(record: Record, languages: Languages) -> Iterator[str]:
    for name in ("prs_PrimaryLanguage", "prs_SecondaryLanguage"):
        if (code := record.text(name, _LINE)) is not None:
            yield _language(code, name, languages)
    for code in record.parts("gx_OtherLanguages"):
        yield _tag(code, "gx_OtherLanguages")


def _language(code: str, name: str, languages: Languages) -> str:
    tag = languages.from_code(code.lower())
    if tag is None:
        raise UnsupportedError(f"/{name}", "unknown_code:iso_639_2")
    return tag


def _tag(code: str, name: str) -> str:
    if _TAG.fullmatch(code) is None:
        raise UnsupportedError(f"/{name}", "unknown_code:bcp_47")
    return code


def _interpreter(record: Record) -> dict[str, Json]:
    needed = record.flag("gx_InterpreterNeeded")
    language = record.text("gx_InterpreterLanguage", _LINE)
    gender = record.code("gx_InterpreterGender", "gx_gender")
    if needed is None:
        for name, value in (("gx_InterpreterLanguage", language), ("gx_InterpreterGender", gender)):
            if value is not None:
                record.dropped(name)
        return {}
    said: dict[str, Json] = {"needed": needed}
    if language is not None:
        said["language"] = _tag(language, "gx_InterpreterLanguage")
    return said if gender is None else said | {"gender": gender}


def _contacts(record: Record) -> Iterator[Json]:
    """The standard cannot say whether a channel is safe: it stays unknown and is never passed on (M-07)."""
    safe = frozenset(record.parts("gx_SafeChannels"))
    if not safe <= CHANNELS.keys():
        raise UnsupportedError("/gx_SafeChannels", "unknown_code:channel")
    for name, channel in CHANNELS.items():
        if (value := record.text(name, _CONTACT)) is not None:
            yield {"channel": channel, "value": value, "safe": "yes" if name in safe else "unknown"}


def _addresses(record: Record, countries: Countries) -> Iterator[Json]:
    """Where her post goes is not said to be where she lives."""
    parts = (
        ("region", "prs_MailingState", _PLACE),
        ("locality", "prs_MailingCity", _PLACE),
        ("line", "prs_MailingStreet", _LINE),
        ("postal_code", "prs_MailingPostalCode", _POST_CODE),
    )
    found = {part: text for part, name, limit in parts if (text := record.text(name, limit)) is not None}
    if (country := record.text("prs_MailingCountry", _LINE)) is not None:
        if country in countries.by_iso2:
            found["country"] = country
        else:
            # The survey form has a text here, so it may be a name in any language.
            record.dropped("prs_MailingCountry")
    if found:
        yield {"use": "other", **found}

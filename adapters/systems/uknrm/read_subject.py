"""What a submission says about who she is and how she can be reached, as the canonical `subject`."""

import re
from collections.abc import Iterator

from adapters.sdk import MalformedError, UnsupportedError
from adapters.sdk.codes import AgeStatus, Json
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.values import is_day
from adapters.systems.uknrm.codes import Codes
from adapters.systems.uknrm.fields import Fields

_NUMBER = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9 ./-]{0,39}")
_NAME, _FULL_NAME, _CONTACT, _PLACE = 80, 200, 200, 120
_ABOUT_A_CHILD = ("LocalAuthority", "LAFirstName", "LALastName", "LAPhone", "LAEmail")


def read_about_her(fields: Fields, codes: Codes, countries: Countries) -> dict[str, Json]:
    """Return what both routes may say: sex, nationality, whether she is an adult. Nothing of it names her."""
    found: dict[str, Json] = {"minor_status": _minor_status(fields, codes)}
    if (sex := fields.code("Customer.Custom17", codes.sex)) is not None:
        found["sex"] = sex
    if citizenships := list(dict.fromkeys(_citizenships(fields, countries))):
        found["citizenships"] = citizenships
    return found


def read_identity(fields: Fields, languages: Languages) -> dict[str, Json]:
    """Return what only a referral that she consented to may say."""
    found: dict[str, Json] = {
        "names": list(_names(fields)),
        "identifiers": list(_identifiers(fields)),
        "contacts": list(_contacts(fields)),
        "addresses": list(_addresses(fields)),
        "birth": _birth(fields),
        "interpreter": _interpreter(fields, languages),
    }
    return {name: value for name, value in found.items() if value}


def _minor_status(fields: Fields, codes: Codes) -> str:
    """What is not said is unknown. An adult for whom a local authority stands in is a contradiction, and unknown."""
    status = fields.code("AdultOrChild", codes.age) or AgeStatus.UNKNOWN.value
    as_child = [name for name in _ABOUT_A_CHILD if fields.text(name) is not None]
    for name in as_child:
        fields.dropped(name)
    if status == AgeStatus.ADULT and as_child:
        fields.losses.coarsened("/AdultOrChild")
        return AgeStatus.UNKNOWN.value
    return status


def _citizenships(fields: Fields, countries: Countries) -> Iterator[str]:
    for name in ("Customer.Nationality", "Customer.Custom11"):
        text = fields.text(name)
        if text is None:
            continue
        if text not in countries.by_demonym:
            raise UnsupportedError(f"/{name}", "unknown_code:nationality")
        if (code := countries.by_demonym[text]) is None:
            fields.dropped(name)
        else:
            yield code


def _names(fields: Fields) -> Iterator[Json]:
    """The form asks for a nickname or a name used during exploitation: a name, and none she chose to be called by."""
    parts = {"given": fields.text("Customer.Forename1", _NAME), "family": fields.text("Customer.Surname", _NAME)}
    if said := {part: text for part, text in parts.items() if text is not None}:
        yield {"use": "official", **said}
    if (alias := fields.text("Customer.Alias", _FULL_NAME)) is not None:
        yield {"use": "other", "full": alias}


def _identifiers(fields: Fields) -> Iterator[Json]:
    """A reference of the Home Office where it looks like one: a hint in her file, never what names a person (P-02)."""
    reference = fields.text("CIDReference")
    if reference is not None and _NUMBER.fullmatch(reference) is not None:
        yield {"type": "other", "value": reference, "country": "GB"}
    elif reference is not None:
        fields.dropped("CIDReference")


def _birth(fields: Fields) -> dict[str, Json]:
    """A date beside "the date of birth is not known" is an estimate, and makes nobody an adult (K-01)."""
    day = fields.text("Customer.DOB")
    if day is None:
        return {}
    if not is_day(day):
        raise MalformedError("/Customer.DOB", "pattern")
    return {"date": day, "estimated": True} if fields.denied("Customer.Custom7") else {"date": day}


def _interpreter(fields: Fields, languages: Languages) -> dict[str, Json]:
    """The language is a text; one that is not the name of just one language is lost."""
    said = fields.text("Customer.Custom13")
    language = fields.text("Customer.Custom14")
    tag = None if language is None else languages.from_name(language)
    if language is not None and (tag is None or said is None):
        fields.dropped("Customer.Custom14")
    if said is None:
        return {}
    needed = fields.said_yes("Customer.Custom13")
    return {"needed": needed} if tag is None else {"needed": needed, "language": tag}


def _contacts(fields: Fields) -> Iterator[Json]:
    """Her channels, safe only where the form says so (M-07). It asks nothing of the kind about telephones.

    Numbers and addresses of others are not taken: her permission was for one decision, not for this (M-08).
    """
    if (email := fields.text("Customer.Email", _CONTACT)) is not None:
        yield {"channel": "email", "value": email, "safe": _safety(fields, "SafeToEmail")}
    if (phone := fields.text("Customer.Phone", _CONTACT)) is not None:
        yield {"channel": "phone", "value": phone, "safe": "unknown"}
    names = [f"Customer.{part}" for part in ("Address", "Town", "County", "Postcode")]
    lines = [(name, text) for name in names if (text := fields.text(name)) is not None]
    post = ", ".join(text for _, text in lines)
    if post and len(post) <= _CONTACT:
        yield {"channel": "post", "value": post, "safe": _safety(fields, "SafeToPostal")}
    else:
        for name, _ in lines:
            fields.dropped(name)


def _safety(fields: Fields, flag: str) -> str:
    if fields.text(flag) is None:
        return "unknown"
    return "yes" if fields.said_yes(flag) else "no"


def _addresses(fields: Fields) -> Iterator[Json]:
    """Where she is now, as far as the form asks: a town and a county."""
    town, county = fields.text("PVCurrentCityTown", _PLACE), fields.text("PVCurrentCounty", _PLACE)
    found = {"locality": town, "region": county}
    if said := {part: text for part, text in found.items() if text is not None}:
        yield {"use": "current", "country": "GB", **said}
    if (born := fields.text("PVBirthplace", _PLACE)) is not None:
        yield {"use": "birth", "locality": born}

"""What a Primero case says about who she is and where she can be reached, as the canonical `subject`."""

from collections.abc import Iterator

from adapters.sdk import MalformedError
from adapters.sdk.codes import AgeStatus, Json
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.values import OLDEST, is_day
from adapters.systems.primero.fields import Fields
from adapters.systems.primero.lookups import SEX

PSEUDONYM_ID_TYPE = "referral_gateway"
"""`other_id_type` of the number the gateway wrote: this agency's own pseudonym; sent on, it would link two agencies."""

_NAME, _FULL_NAME, _NUMBER, _LINE, _PLACE = 80, 200, 80, 200, 120
_MOST_CODES = 10

_IDENTIFIERS = (
    ("unhcr_individual_no", "unhcr"),
    ("unhcr_id_no", "unhcr"),
    ("national_id_no", "national_id"),
    ("cpims_id", "other"),
    ("icrc_ref_no", "other"),
    ("other_agency_id", "other"),
    ("ration_card_no", "other"),
    ("rc_id_no", "other"),
    ("un_no", "other"),
)


def read_subject(case: Fields, countries: Countries, languages: Languages) -> dict[str, Json]:
    """Return the canonical subject."""
    subject: dict[str, Json] = {
        "names": list(_names(case)),
        "identifiers": list(_identifiers(case)),
        **_age(case),
        "citizenships": _first(case, _citizenships(case, countries)),
        "languages": [{"code": code} for code in _first(case, _languages(case, languages))],
        "contacts": list(_contacts(case)),
        "addresses": list(_addresses(case, countries)),
    }
    if (sex := case.code("sex")) is not None:
        subject["sex"] = SEX.of(sex, case.pointer("sex")).value
    return {name: value for name, value in subject.items() if value != []}


def _names(case: Fields) -> Iterator[Json]:
    """Her name in parts where there are any: `name` is then what Primero puts together from them.

    A nickname is no alias: an alias is a name she chose, and shelters get it by default.
    """
    parts = {
        "given": case.text("name_first", _NAME),
        "middle": case.text("name_middle", _NAME),
        "family": case.text("name_last", _NAME),
    }
    written = {part: text for part, text in parts.items() if text is not None}
    full = case.text("name", _FULL_NAME)
    if written:
        yield {"use": "official", **written}
        if full not in {None, " ".join(written.values())}:
            case.dropped("name")
    elif full is not None:
        yield {"use": "official", "full": full}
    for other in ("name_nickname", "name_other"):
        if (text := case.text(other, _FULL_NAME)) is not None:
            yield {"use": "other", "full": text}


def _identifiers(case: Fields) -> Iterator[Json]:
    for name, kind in _IDENTIFIERS:
        if (number := case.text(name, _NUMBER)) is not None:
            yield {"type": kind, "value": number}
    kind_in_words = case.text("other_id_type", _FULL_NAME)
    number = case.text("other_id_no", _NUMBER)
    if kind_in_words == PSEUDONYM_ID_TYPE:
        case.dropped("other_id_no")
    elif number is not None:
        yield {"type": "other", "value": number}
    if kind_in_words is not None:
        case.dropped("other_id_type")


def _age(case: Fields) -> dict[str, Json]:
    """Date of birth and age, each as it stands: where they contradict each other, both are weighed (K-01).

    What is estimated is never the statement that she is an adult.
    """
    born, years = case.text("date_of_birth", _LINE), case.number("age")
    estimated = case.ticked("estimated")
    said: dict[str, Json] = {}
    if born is not None:
        if not is_day(born):
            raise MalformedError(case.pointer("date_of_birth"), "pattern")
        said["birth"] = {"date": born, "estimated": True} if estimated else {"date": born}
    if years is not None:
        if years > OLDEST:
            raise MalformedError(case.pointer("age"), "range")
        said["age"] = {"min": years, "max": years}
        if estimated:
            said["minor_status"] = AgeStatus.UNKNOWN.value
    return said


def _first(case: Fields, codes: Iterator[tuple[str, str]]) -> list[str]:
    """Return each code once, as many as the canonical referral has room for; further ones are lost."""
    taken: list[str] = []
    for code, at in codes:
        if code not in taken and len(taken) < _MOST_CODES:
            taken.append(code)
        elif code not in taken:
            case.losses.dropped(at)
    return taken


def _citizenships(case: Fields, countries: Countries) -> Iterator[tuple[str, str]]:
    for country, at in case.codes("nationality"):
        code = countries.from_slug(country, at)
        if code is None:
            case.losses.dropped(at)
        else:
            yield code, at


def _languages(case: Fields, languages: Languages) -> Iterator[tuple[str, str]]:
    """Languages are an instance's own list; what is not clearly one of ours is dropped, and the supplement says it."""
    for language, at in case.codes("language"):
        code = languages.from_slug(language)
        if code is None:
            case.losses.dropped(at)
        else:
            yield code, at


def _contacts(case: Fields) -> Iterator[Json]:
    """Primero cannot say whether a telephone is safe, so it stays unknown and is never passed on (M-07)."""
    if (telephone := case.text("telephone_current", _LINE)) is not None:
        yield {"channel": "phone", "value": telephone, "safe": "unknown"}


def _addresses(case: Fields, countries: Countries) -> Iterator[Json]:
    for name, use in (("address_current", "current"), ("address_last", "last")):
        if (line := case.text(name, _LINE)) is not None:
            yield {"use": use, "line": line}
    birth: dict[str, Json] = {}
    country, place = case.code("country_of_birth"), case.text("place_of_birth", _PLACE)
    if country is not None and country in countries.by_slug:
        birth["country"] = countries.by_slug[country].iso2
    elif country is not None:
        case.dropped("country_of_birth")
    if place is not None:
        birth["locality"] = place
    if birth:
        yield {"use": "birth"} | birth

"""The person of a minimised document, in the columns of a record; a column is used only where it says just that."""

import re
from collections.abc import Mapping

from adapters.sdk import CannotRenderError
from adapters.sdk.codes import Document, Json
from adapters.sdk.languages import Languages
from adapters.sdk.members import objects, sequence, strings, text
from adapters.systems.htcds.writing import Row

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PHONE = re.compile(r"[1-9][0-9]{1,14}")
_BETWEEN_DIGITS = re.compile(r"[ ()/.-]")
_AS_IT_IS = {
    "alias": "gx_Alias",
    "age_band": "gx_AgeBand",
    "minor_status": "gx_MinorStatus",
    "meeting_point": "gx_MeetingPoint",
    "dependants": "gx_Dependants",
}
_SURNAMES = ("family", "second_family")
_NAME_PARTS = frozenset({"given", "middle", *_SURNAMES})


def write_subject(row: Row, subject: Document, languages: Languages) -> None:
    """Place each member of `subject`. Raises CannotRenderError without a pseudonym."""
    pseudonym = text(subject.get("pseudonym"))
    if pseudonym is None:
        raise CannotRenderError("/subject/pseudonym", "required")
    row.put("gx_Pseudonym", pseudonym)
    for key, value in sorted(subject.items()):
        if key in _AS_IT_IS:
            row.put(_AS_IT_IS[key], value)
        elif key != "pseudonym":
            _member(row, key, value, languages)


def _member(row: Row, key: str, value: Json, languages: Languages) -> None:
    match key:
        case "names":
            _names(row, value)
        case "identifiers":
            _identifiers(row, value)
        case "birth":
            _birth(row, value)
        case "sex" if isinstance(value, str):
            row.put("prs_Gender", row.choice("gender", value, "/subject/sex"))
        case "citizenships":
            row.put_all("prs_Citizenship", strings(value))
        case "languages":
            _languages(row, strings(value), languages)
        case "interpreter" if isinstance(value, Mapping):
            _interpreter(row, value)
        case "contacts":
            _contacts(row, value)
        case _:
            row.losses.dropped(f"/subject/{key}")


def _names(row: Row, value: Json) -> None:
    """The first official name that has parts; the standard has room for one, and none for a name in one piece."""
    written = False
    for name in objects(value):
        if written or name.get("use") != "official" or name.keys().isdisjoint(_NAME_PARTS):
            row.losses.dropped("/subject/names")
            continue
        written = True
        if "full" in name:
            row.losses.dropped("/subject/names/*/full")
        row.put("prs_FirstName", name.get("given"))
        row.put("prs_MiddleName", name.get("middle"))
        if surname := " ".join(str(name[part]) for part in _SURNAMES if part in name):
            row.put("prs_SecondName", surname)
        if "second_family" in name:
            row.losses.coarsened("/subject/names/*/second_family")


def _identifiers(row: Row, value: Json) -> None:
    for identifier in objects(value):
        if identifier.get("type") != "national_id" or "prs_IdentityNumber" in row.cells:
            row.losses.dropped("/subject/identifiers")
            continue
        row.put("prs_IdentityNumber", identifier.get("value"))
        if "country" in identifier:
            row.losses.dropped("/subject/identifiers/*/country")


def _birth(row: Row, value: Json) -> None:
    """A day that is known. An estimate, or a year alone, would stand there as a known day."""
    birth = value if isinstance(value, Mapping) else {}
    day = text(birth.get("date"))
    if day is None or _DAY.fullmatch(day) is None or birth.get("estimated") is True:
        row.losses.dropped("/subject/birth")
    else:
        row.put("prs_Birthdate", day)


def _languages(row: Row, tags: list[str], languages: Languages) -> None:
    """The first two in ISO 639-2, as the standard wants them, where that says the whole tag; the rest as tags."""
    for column in ("prs_PrimaryLanguage", "prs_SecondaryLanguage"):
        code = languages.to_bibliographic(tags[0]) if tags else None
        if code is None:
            break
        row.put(column, code)
        tags = tags[1:]
    row.put_all("gx_OtherLanguages", tags)


def _interpreter(row: Row, interpreter: Document) -> None:
    row.put("gx_InterpreterNeeded", interpreter.get("needed"))
    row.put("gx_InterpreterLanguage", interpreter.get("language"))
    row.put("gx_InterpreterGender", interpreter.get("gender"))


def _contacts(row: Row, value: Json) -> None:
    """The profile lets only safe channels through (M-07), and the row says that they are.

    A telephone number stands in E.164 without its plus, which the standard allows and no program computes.
    """
    safe: list[str] = []
    for contact in sequence(value):
        channel = contact.get("channel") if isinstance(contact, Mapping) else None
        said = text(contact.get("value")) if isinstance(contact, Mapping) else None
        number = _BETWEEN_DIGITS.sub("", said or "").removeprefix("+")
        if channel == "email" and said is not None and "prs_Email" not in row.cells:
            row.put("prs_Email", said)
            safe.append("prs_Email")
        elif channel == "phone" and _PHONE.fullmatch(number) is not None and "prs_MobilePhone" not in row.cells:
            row.put("prs_MobilePhone", number)
            safe.append("prs_MobilePhone")
            if number != said:
                row.losses.coarsened("/subject/contacts/*/value")
        else:
            row.losses.dropped("/subject/contacts")
    row.put_all("gx_SafeChannels", safe)

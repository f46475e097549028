"""How one text becomes one canonical value and back: code tables, countries, languages, dates, hooks, or as it is.

What a table does not know is refused, never guessed; what has no place in ours is a loss.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from adapters.sdk.countries import Countries, read_countries
from adapters.sdk.errors import MalformedError, UnsupportedError
from adapters.sdk.languages import Languages, read_languages
from adapters.sdk.mapping.model import Codec, Hook, Scalar
from schemas.documents import Document

_Look: TypeAlias = Callable[[str], str | None]
_BOOLEANS: Mapping[str, bool] = MappingProxyType({"true": True, "false": False})
_DATE_PARTS = re.compile(r"YYYY|MM|DD")
_DATE_FORM = re.compile(r"[YMD ./-]+")
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def is_date(leaf: Document) -> bool:
    """Whether a leaf is a date, or begins with one."""
    return str(leaf.get("pattern")).startswith("^[0-9]{4}")


def default_table(leaf: Document) -> str:
    """Return the table by which a leaf of countries or languages is read where the mapping names none, or ""."""
    match str(leaf.get("pattern")):
        case "^[A-Z]{2}$":
            return "country.alpha2"
        case form if form.startswith("^[a-z]{2,3}("):
            return "language.code"
        case _:
            return ""


def fits(value: Scalar, leaf: Document) -> bool:
    """Whether a value may stand at a leaf."""
    match leaf:
        case {"enum": [*codes]}:
            return value in codes
        case {"type": "boolean"}:
            return isinstance(value, bool)
        case {"type": "integer", "minimum": int(least), "maximum": int(most)}:
            return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        case _:
            pattern = leaf.get("pattern")
            return isinstance(value, str) and (pattern is None or re.search(str(pattern), value) is not None)


def wanted(leaf: Document) -> str:
    """Say what may stand at a leaf: its codes, its range, or the form of a text."""
    match leaf:
        case {"enum": [*codes]}:
            return ", ".join(str(code) for code in codes)
        case {"type": "boolean"}:
            return "true, false"
        case {"minimum": int(least), "maximum": int(most)}:
            return f"{least} to {most}"
        case _:
            return str(leaf.get("pattern", "a text"))


def as_it_is(leaf: Document) -> Codec:
    """The text itself, where it may stand there."""
    most = leaf.get("maxLength")

    def read(text: str, pointer: str) -> Scalar | None:
        value = _typed(text, leaf)
        if isinstance(most, int) and len(text) > most:
            return None
        if value is None or not fits(value, leaf):
            if "enum" in leaf or leaf.get("type") == "boolean":
                raise UnsupportedError(pointer, "unknown_code:canonical")
            raise MalformedError(pointer, "pattern")
        return value

    return Codec(read, lambda value: value)


def _typed(text: str, leaf: Document) -> Scalar | None:
    match leaf.get("type"):
        case "boolean":
            return _BOOLEANS.get(text.casefold())
        case "integer":
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - digits
        case _:
            return text


def coded(name: str, codes: Mapping[str, Scalar]) -> Codec:
    """The mapping's own table; the first of several texts for one code is what is written, "" is no code of ours."""
    back: dict[Scalar, str] = {}
    for text, code in codes.items():
        if code != "":
            back.setdefault(code, text)
    known = {text.strip().casefold(): code for text, code in codes.items()}

    def read(text: str, pointer: str) -> Scalar | None:
        code = known.get(text.strip().casefold())
        if code is None:
            raise UnsupportedError(pointer, f"unknown_code:{name}")
        return None if code == "" else code

    return Codec(read, back.get)


def dated(form: str) -> Codec | None:
    """A date in one fixed order of YYYY, MM and DD; None where `form` is no such order."""
    parts = _DATE_PARTS.findall(form)
    if len(set(parts)) != len(parts) or parts.count("YYYY") != 1 or _DATE_FORM.fullmatch(form) is None:
        return None
    if ("DD" in parts and "MM" not in parts) or set(_DATE_PARTS.sub("", form)) & set("YMD"):
        return None
    digits = {"YYYY": "(?P<YYYY>[0-9]{4})", "MM": "(?P<MM>[0-9]{2})", "DD": "(?P<DD>[0-9]{2})"}
    pattern = re.compile("".join(digits.get(piece, re.escape(piece)) for piece in re.split(r"(YYYY|MM|DD)", form)))

    def read(text: str, pointer: str) -> Scalar | None:
        found = pattern.fullmatch(text)
        if found is None or not text.isascii():
            raise MalformedError(pointer, "date")
        said = [found[part] for part in ("YYYY", "MM", "DD") if part in parts]
        if not _is_in_the_calendar(said):
            raise MalformedError(pointer, "date")
        return "-".join(said)

    def write(value: Scalar) -> Scalar | None:
        found = _ISO.fullmatch(str(value))
        said = [part for part in found.groups() if part is not None] if found is not None else []
        if len(said) != len(parts):
            return None  # Finer or coarser than the format can say.
        by_part = dict(zip(("YYYY", "MM", "DD"), said, strict=False))
        return _DATE_PARTS.sub(lambda part: by_part[part[0]], form)

    return Codec(read, write)


def _is_in_the_calendar(said: list[str]) -> bool:
    try:
        date(*(int(part) for part in [*said, "01", "01"][:3]))
    except ValueError:
        return False
    return True


def hooked(hook: Hook, leaf: Document) -> Codec:
    """A function of the adapter's own; what it returns must fit the leaf."""

    def read(text: str, pointer: str) -> Scalar | None:
        value = hook.read(text)
        if value is not None and not fits(value, leaf):
            raise UnsupportedError(pointer, "hook")
        return value

    return Codec(read, hook.write)


def tabled(name: str) -> Codec | None:
    """One of the audited tables, or None where there is none of that name."""
    made = _TABLES.get(name)
    return None if made is None else made(name)


def table_names() -> tuple[str, ...]:
    """Return the names of the audited tables."""
    return tuple(_TABLES)


def _country(way: str) -> Callable[[str], Codec]:
    def make(name: str) -> Codec:
        countries = read_countries()
        read, write = _country_looks(countries)[way]
        return _looked_up(name, read, write)

    return make


def _country_looks(table: Countries) -> Mapping[str, tuple[_Look, _Look]]:
    demonyms = {name.casefold(): code for name, code in table.by_demonym.items()}
    english = {name.casefold(): code for name, code in table.by_english_name.items()}
    english |= {country.name.casefold(): code for code, country in table.by_iso2.items()}

    def named(text: str) -> str | None:
        key = text.strip().casefold()
        return english.get(key) or demonyms.get(key)

    def alpha(text: str) -> str | None:
        found = table.by_iso2.get(text) or table.by_iso3.get(text)
        return None if found is None else found.iso2

    return {
        "alpha2": (lambda text: text if text in table.by_iso2 else None, lambda code: code),
        "alpha3": (
            lambda text: alpha(text) if len(text) == 3 else None,  # noqa: PLR2004 - three letters
            lambda code: table.by_iso2[code].iso3 if code in table.by_iso2 else None,
        ),
        "fips": (
            lambda text: table.by_fips[text].iso2 if text in table.by_fips else None,
            table.to_fips,
        ),
        "name": (named, lambda code: table.by_iso2[code].name if code in table.by_iso2 else None),
    }


def _language(way: str) -> Callable[[str], Codec]:
    def make(name: str) -> Codec:
        table: Languages = read_languages()
        if way == "name":
            return _looked_up(name, table.from_name, table.to_name)
        return _looked_up(name, table.from_tag, lambda tag: tag if table.from_tag(tag) is not None else None)

    return make


def _looked_up(name: str, read: _Look, write: _Look) -> Codec:
    def reading(text: str, pointer: str) -> Scalar | None:
        found = read(text)
        if found is None:
            raise UnsupportedError(pointer, f"unknown_code:{name}")
        return found

    return Codec(reading, lambda value: write(str(value)))


_TABLES: Mapping[str, Callable[[str], Codec]] = MappingProxyType(
    {
        "country.alpha2": _country("alpha2"),
        "country.alpha3": _country("alpha3"),
        "country.fips": _country("fips"),
        "country.name": _country("name"),
        "language.code": _language("code"),
        "language.name": _language("name"),
    }
)

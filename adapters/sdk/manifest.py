"""What an adapter says about itself: read from the manifest.toml beside it, checked strictly, never guessed.

The gateway routes by it (media types, directions), the console shows it, and the guard holds the adapter to it. It
holds no settings of an installation and never a credential.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Final, TypeVar

from adapters.sdk.errors import ManifestError
from schemas.vocabulary import DataCategory

_KEY = re.compile(r"[a-z][a-z0-9]{1,15}")
_TEXT = re.compile(r"[ -~]{1,120}")
_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){1,2}")
_MEDIA_TYPE = re.compile(r"[a-z]{2,20}/[a-z0-9][a-z0-9.+-]{0,79}")
_SCHEMA = re.compile(r"[a-z][a-z_]{1,30}/[0-9]{1,3}\.[0-9]{1,3}")
_PLACE = re.compile(r"(/[A-Za-z0-9_:.*@\[\]-]{1,64}){1,24}")
_RULE = re.compile(r"[A-F][0-9]{1,2}")
_REASON = re.compile(r"[ -~]{20,300}")
_LIBRARY = re.compile(r"[a-z][a-z0-9_.-]{0,39}")

SPOKEN: Final = "referral/1.0"
"""The version of the canonical referral that this gateway gives an adapter and takes from it."""

_Enum = TypeVar("_Enum", bound=StrEnum)


class Direction(StrEnum):
    """What an adapter can do with its format."""

    PARSE = "parse"
    """Read a sender's document."""
    RENDER = "render"
    """Write a recipient's document."""
    STATUS = "status"
    """Write an answer for the original sender."""
    NOTICE = "notice"
    """Tell a recipient's system that something it received was taken back, corrected or restricted."""


class Level(StrEnum):
    """How much of the conformance kit an adapter passes; each level holds the one before it."""

    NONE = "none"
    """Nothing is claimed."""
    BRONZE = "bronze"
    """Safe: nothing leaks, nothing breaks, nothing is touched, hostile input is refused."""
    SILVER = "silver"
    """Honest: nothing is lost silently, and its samples are compared with what they became before."""
    GOLD = "gold"
    """Whole: it reads what it writes, and its page is current."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """A rule of the conformance kit that an adapter does not keep, and why it need not."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One adapter's own description.

    `media_types` are what `parse` takes, `outgoing_media_type` is what `render` makes ("" when it renders nothing).
    `schema_versions` are the canonical schemas it was made for; referral/1.0 (`SPOKEN`) is among them.
    `categories` are what the format can carry out; whatever else a profile names is reported as a loss by `render`.
    `pseudonym_place` and `age_band_place` are paths in the rendered format, or None where it has no place for them.
    `libraries` are the format libraries (import names) the adapter may use beside the SDK. `level` is what it claims;
    the kit (`adapters.kit`) proves or contradicts it.
    """

    key: str
    title: str
    owner: str
    version: str
    media_types: tuple[str, ...]
    outgoing_media_type: str
    directions: frozenset[Direction]
    schema_versions: tuple[str, ...]
    categories: frozenset[DataCategory]
    pseudonym_place: str | None
    age_band_place: str | None
    libraries: tuple[str, ...]
    level: Level = Level.NONE
    exempt: tuple[Exemption, ...] = ()


_KEYS = frozenset(
    {
        "key",
        "title",
        "owner",
        "version",
        "media_types",
        "outgoing_media_type",
        "directions",
        "schema_versions",
        "categories",
        "places",
        "libraries",
        "level",
        "exempt",
    }
)
_PLACES = frozenset({"pseudonym", "age_band"})


def read_manifest(package: str, filename: str = "manifest.toml") -> Manifest:
    """Return the manifest shipped inside `package`. Raises ManifestError, which names the key and never its value."""
    try:
        text = files(package).joinpath(filename).read_text(encoding="utf-8")
    except (ModuleNotFoundError, OSError, UnicodeDecodeError):
        raise ManifestError("", "unreadable") from None
    return parse_manifest(text)


def parse_manifest(text: str) -> Manifest:
    """Return the manifest written in `text` (TOML). Raises ManifestError."""
    try:
        return made_from(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        raise ManifestError("", "not_toml") from None


def made_from(table: Mapping[str, object]) -> Manifest:
    """Return the manifest that a table of TOML says. Raises ManifestError."""
    _refuse_unknown_keys(table, _KEYS, "")
    directions = frozenset(_members(table, "directions", Direction))
    places = table.get("places", {})
    if not isinstance(places, Mapping):
        raise ManifestError("/places", "not_a_table")
    _refuse_unknown_keys(places, _PLACES, "/places")
    renders = Direction.RENDER in directions
    return Manifest(
        key=_text(table, "key", _KEY),
        title=_text(table, "title", _TEXT),
        owner=_text(table, "owner", _TEXT),
        version=_text(table, "version", _VERSION),
        media_types=_texts(table, "media_types", _MEDIA_TYPE, at_least=int(Direction.PARSE in directions)),
        outgoing_media_type=_text(table, "outgoing_media_type", _MEDIA_TYPE) if renders else "",
        directions=directions,
        schema_versions=_versions(table),
        categories=frozenset(_members(table, "categories", DataCategory, at_least=int(renders))),
        pseudonym_place=_place(places, "pseudonym"),
        age_band_place=_place(places, "age_band"),
        libraries=_texts(table, "libraries", _LIBRARY, at_least=0) if "libraries" in table else (),
        level=_members({"level": [table.get("level", Level.NONE)]}, "level", Level)[0],
        exempt=tuple(_exemptions(table.get("exempt", []))),
    )


def _versions(table: Mapping[str, object]) -> tuple[str, ...]:
    """Return the schemas an adapter was made for. One made for another referral is refused: it would misread ours."""
    versions = _texts(table, "schema_versions", _SCHEMA, at_least=1)
    if SPOKEN not in versions:
        raise ManifestError("/schema_versions", "unknown_version")
    return versions


def _exemptions(entries: object) -> Iterator[Exemption]:
    if not isinstance(entries, list):
        raise ManifestError("/exempt", "type")
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise ManifestError("/exempt/*", "type")
        _refuse_unknown_keys(entry, frozenset({"rule", "reason"}), "/exempt/*")
        yield Exemption(_text(entry, "rule", _RULE), _text(entry, "reason", _REASON))


def _refuse_unknown_keys(table: Mapping[str, object], known: frozenset[str], at: str) -> None:
    if not known.issuperset(table):
        raise ManifestError(f"{at}/*", "unknown_key")


def _text(table: Mapping[str, object], key: str, pattern: re.Pattern[str]) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise ManifestError(f"/{key}", "required")
    if pattern.fullmatch(value) is None:
        raise ManifestError(f"/{key}", "pattern")
    return value


def _texts(table: Mapping[str, object], key: str, pattern: re.Pattern[str], *, at_least: int) -> tuple[str, ...]:
    def checked(entry: str) -> str:
        if pattern.fullmatch(entry) is None:
            raise ManifestError(f"/{key}/*", "pattern")
        return entry

    return _entries(table, key, checked, at_least)


def _members(table: Mapping[str, object], key: str, members: type[_Enum], *, at_least: int = 1) -> tuple[_Enum, ...]:
    known = {member.value: member for member in members}

    def checked(entry: str) -> _Enum:
        if entry not in known:
            raise ManifestError(f"/{key}/*", "enum")
        return known[entry]

    return _entries(table, key, checked, at_least)


_Entry = TypeVar("_Entry")


def _entries(
    table: Mapping[str, object], key: str, checked: Callable[[str], _Entry], at_least: int
) -> tuple[_Entry, ...]:
    value = table.get(key)
    if not isinstance(value, list):
        raise ManifestError(f"/{key}", "required")
    entries: list[_Entry] = []
    for entry in value:
        if not isinstance(entry, str):
            raise ManifestError(f"/{key}/*", "type")
        entries.append(checked(entry))
    if len(entries) < at_least:
        raise ManifestError(f"/{key}", "min_items")
    if len(set(entries)) != len(entries):
        raise ManifestError(f"/{key}", "unique_items")
    return tuple(entries)


def _place(places: Mapping[str, object], key: str) -> str | None:
    if key not in places:
        return None
    value = places[key]
    if not isinstance(value, str) or _PLACE.fullmatch(value) is None:
        raise ManifestError(f"/places/{key}", "pattern")
    return value

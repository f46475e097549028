"""Documents that a profile allows, drawn from its schema: every leaf may be there, every value possible."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias, cast

from checkout import ROOT
from hypothesis import strategies as st

from adapters.sdk.countries import read_countries
from adapters.sdk.languages import read_languages
from schemas.documents import Document, Json

Schema: TypeAlias = "Mapping[str, object]"

PROFILES = {
    f"{path.parent.name}/{path.stem}": cast("Schema", json.loads(path.read_text("utf-8")))
    for path in sorted((ROOT / "schemas" / "profiles").glob("*/*.json"))
    if "examples" not in path.parent.name
}
"""Every profile's schema, by class and purpose."""

_PSEUDONYM = "01ARZ3NDEKTSV4RRFFQ69G5FAV*"
_TEXT = "\\u0000-\\u0008"
_COUNTRIES = sorted(read_countries().by_iso2)
_LANGUAGES = [*sorted(read_languages().by_tag), "ar-SY", "kmr"]
_WORD = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
_DAYS = st.dates().map(lambda day: day.isoformat())
_BY_PATTERN: Mapping[str, st.SearchStrategy[str]] = {
    "^[A-Z]{2}$": st.sampled_from(_COUNTRIES),
    "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": st.sampled_from(_LANGUAGES),
    "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$": _DAYS | st.sampled_from(["1999", "2026-02"]),
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$": _DAYS,
}


def documents(schema: Schema) -> st.SearchStrategy[Document]:
    """Return documents of a profile."""
    return cast("st.SearchStrategy[Document]", _value(schema))


def scalars(value: Json, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield every leaf with its path, the items of a list as `*`, and what it says as text."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from scalars(member, f"{at}/{key}")
    elif isinstance(value, list | tuple):
        for member in value:
            yield from scalars(member, f"{at}/*")
    else:
        yield at, json.dumps(value)


def _value(schema: Schema) -> st.SearchStrategy[Json]:
    if "const" in schema:
        return st.just(cast("Json", schema["const"]))
    if "enum" in schema:
        return st.sampled_from(cast("list[Json]", schema["enum"]))
    match schema["type"]:
        case "object":
            return _object(schema)
        case "array":
            return st.lists(_value(cast("Schema", schema["items"])), min_size=1, max_size=3, unique_by=json.dumps)
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(cast("int", schema["minimum"]), min(cast("int", schema["maximum"]), 50))
        case _:
            return _text(schema)


def _object(schema: Schema) -> st.SearchStrategy[Json]:
    members = cast("Mapping[str, Schema]", schema["properties"])
    required = set(cast("list[str]", schema.get("required", [])))
    made = st.fixed_dictionaries(
        {name: _value(member) for name, member in members.items() if name in required},
        optional={name: _value(member) for name, member in members.items() if name not in required},
    )
    return made.filter(bool)


def _text(schema: Schema) -> st.SearchStrategy[Json]:
    pattern, longest = str(schema["pattern"]), cast("int", schema.get("maxLength", 40))
    if "26}[0-9A-HJKMNP" in pattern:
        return st.just(_PSEUDONYM)
    if pattern in _BY_PATTERN:
        return _BY_PATTERN[pattern]
    if _TEXT in pattern:
        return st.lists(_WORD, min_size=1, max_size=3).map(lambda words: " ".join(words)[:longest].strip() or "x")
    return st.from_regex(pattern.removesuffix("$").removeprefix("^"), fullmatch=True).map(str.strip)

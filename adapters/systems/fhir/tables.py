"""The adapter's data files as typed tables, read once when the adapter is made; nothing is read later."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adapters.sdk import CodeTable
from adapters.sdk.countries import Countries, read_countries
from adapters.sdk.languages import Languages, read_languages


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type: `binding` is the required list its code must be in, or None."""

    type: str
    many: bool
    required: bool
    binding: frozenset[str] | None = None
    binding_name: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A value of our own: its member in the canonical object, its value[x], its codes or None where any form is."""

    member: str
    value: str
    codes: frozenset[str] | None
    country: bool


@dataclass(frozen=True, slots=True)
class Input:
    """One kind of Task.input: where it stands with us (`situation.means`), and how.

    `main.member` is "" where the value itself stands there and not an object.
    """

    path: tuple[str, str]
    many: bool
    main: Member
    extensions: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table of the adapter."""

    elements: Mapping[str, Mapping[str, Element]]
    value_types: frozenset[str]
    crosswalks: Mapping[str, CodeTable[str]]
    business_status: Mapping[str, frozenset[str]]
    inputs: Mapping[str, Input]
    countries: Countries
    languages: Languages

    def of(self, table: str) -> CodeTable[str]:
        """Return a crosswalk by its name in crosswalks.toml."""
        return self.crosswalks[table]


RESOURCES = frozenset({"Patient", "ServiceRequest", "Task", "MessageHeader"})
"""Resources whose inside is checked and read; every other one is dropped whole."""

_IN_A_RESOURCE = {"id": "id", "meta": "object", "implicitRules": "uri", "language": "code"}
_IN_A_DOMAIN_RESOURCE = {
    **_IN_A_RESOURCE,
    "text": "object",
    "contained": "object*",
    "extension": "Extension*",
    "modifierExtension": "Extension*",
}
_IN_A_BACKBONE = {"id": "string", "extension": "Extension*", "modifierExtension": "Extension*"}
_IN_A_TYPE = {"id": "string", "extension": "Extension*"}


@cache
def read_tables() -> Tables:
    """Return the tables, read from the package on first use."""
    bindings = {name: frozenset(_texts(codes)) for name, codes in _read("bindings").items()}
    value_types = bindings.pop("value-types")
    crosswalks = {name: _table(rows) for name, rows in _read("crosswalks").items()}
    business = crosswalks.pop("bser_task")
    return Tables(
        elements={kind: _elements(kind, _table(rows), bindings) for kind, rows in _read("elements").items()},
        value_types=value_types,
        crosswalks={
            name: CodeTable(name.replace("_", "-"), {code: str(ours) for code, ours in rows.items()})
            for name, rows in crosswalks.items()
        },
        business_status={code: frozenset(_texts(statuses)) for code, statuses in business.items()},
        inputs={name: _input(name, _table(row)) for name, row in _read("inputs").items()},
        countries=read_countries(),
        languages=read_languages(),
    )


def _read(name: str) -> Mapping[str, object]:
    text = files("adapters.systems.fhir").joinpath(f"data/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("a table of the adapter's own is no table")
    return value


def _texts(value: object) -> list[str]:
    return [str(text) for text in value] if isinstance(value, list) else []


def _elements(kind: str, rows: Mapping[str, object], bindings: Mapping[str, frozenset[str]]) -> Mapping[str, Element]:
    if kind == "Bundle":
        common = _IN_A_RESOURCE
    elif kind in RESOURCES:
        common = _IN_A_DOMAIN_RESOURCE
    elif "." in kind:
        common = _IN_A_BACKBONE
    else:
        common = _IN_A_TYPE
    return {name: _element(str(written), bindings) for name, written in {**common, **rows}.items()}


def _element(written: str, bindings: Mapping[str, frozenset[str]]) -> Element:
    form, _, binding = written.partition("@")
    kind = form.rstrip("*!")
    return Element(kind, "*" in form, "!" in form, bindings[binding] if binding else None, binding)


def _input(name: str, row: Mapping[str, object]) -> Input:
    section, _, key = name.partition(".")
    rows = row.get("extension", ())
    extensions = [_member(_table(entry)) for entry in rows] if isinstance(rows, list) else []
    return Input((section, key), row["many"] is True, _member(row), tuple(extensions))


def _member(row: Mapping[str, object]) -> Member:
    codes = frozenset(_texts(row["codes"])) if "codes" in row else None
    return Member(str(row.get("member", "")), str(row["value"]), codes, row.get("country") is True)

"""Reads a mapping file, and refuses what is wrong by file, line and rule: unknown is an error, never ignored."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from types import MappingProxyType

from adapters.sdk.manifest import Manifest
from adapters.sdk.mapping.checking import check
from adapters.sdk.mapping.errors import MappingError
from adapters.sdk.mapping.fields import made_field
from adapters.sdk.mapping.heading import made_manifest
from adapters.sdk.mapping.model import Field, FieldMapping, Format, Hook, Path, Scalar
from adapters.sdk.mapping.paths import canonical_leaves, general, may_be_constant
from adapters.sdk.mapping.toml_lines import Lines, Table
from adapters.sdk.mapping.values import fits, wanted
from adapters.sdk.mapping.xml_names import are_namespaces

_KEYS = frozenset({"adapter", "format", "field", "constants", "codes", "exempt"})
_FORMAT_KEYS = frozenset({"kind", "records", "namespace", "namespaces", "separator"})
_LINE = re.compile(r"at line ([0-9]+)")
_ELEMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]{0,31}:)?[A-Za-z_][A-Za-z0-9_.-]{0,63}")
FILE = "mapping.toml"


def read_mapping(package: str, hooks: Mapping[str, Hook] | None = None, filename: str = FILE) -> FieldMapping:
    """Return the mapping shipped inside `package`. Raises MappingError."""
    try:
        text = files(package).joinpath(filename).read_text(encoding="utf-8")
    except (ModuleNotFoundError, OSError, UnicodeDecodeError):
        raise MappingError(0, "unreadable", filename) from None
    return parse_mapping(text, hooks, filename)


def parse_mapping(text: str, hooks: Mapping[str, Hook] | None = None, filename: str = FILE) -> FieldMapping:
    """Return the mapping written in `text` (TOML). Raises MappingError, which names the line in `filename`."""
    lines = Lines(text, filename)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        raise MappingError(int(found[1]) if found else 0, "not_toml", filename) from None
    whole = Table(table, lines, 1)
    whole.refuse_other_keys(_KEYS)
    kind = whole.table("format")
    kind.refuse_other_keys(_FORMAT_KEYS)
    form = Format(kind.word("kind", [each.value for each in Format]))
    records = _records(kind, form)
    tables = _tables(whole)
    fields = tuple(made_field(entry, form, tables, hooks or {}) for entry in whole.entries("field"))
    fields = tuple(_told_apart(fields, records, form))
    mapping = FieldMapping(
        manifest=made_manifest(whole.table("adapter"), whole.entries("exempt", needed=False), form, fields),
        format=form,
        records=records,
        namespaces=_namespaces(kind, form),
        separator=_separator(kind),
        fields=fields,
        constants=_constants(whole),
        tables=tables,
        leaves=canonical_leaves(),
    )
    check(mapping, lines)
    return mapping


def stated(text: str) -> Manifest:
    """Return the manifest of the mapping written in `text`, without any code of its adapter. Raises MappingError."""
    try:
        entries = tomllib.loads(text).get("field", [])
    except tomllib.TOMLDecodeError:
        entries = []
    named = [entry.get("hook") for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    return parse_mapping(text, {str(name): Hook(lambda _: None) for name in named if name is not None}).manifest


def _told_apart(fields: Sequence[Field], records: Path, form: Format) -> Iterator[Field]:
    """Yield the fields with whole pointers, no two of different names alike."""
    above = "".join(f"/{step}" for step in records) + ("/*" if records and form is Format.JSON else "")
    names: dict[str, str] = {}
    for at, each in enumerate(fields, start=1):
        taken = names.setdefault(each.pointer, each.name) != each.name and "*" not in each.pointer
        yield replace(each, pointer=f"/field-{at}" if taken else above + each.pointer)


def _records(kind: Table, form: Format) -> Path:
    """Where the records stand: a list in JSON, elements in XML (the root first), nowhere to say in a CSV."""
    said = kind.text("records", "")
    steps = tuple(said.removeprefix("/").split("/")) if said else ()
    if (form is Format.XML) != bool(steps) and form is not Format.JSON:
        raise kind.error("records", "records")
    if any(_ELEMENT.fullmatch(step) is None for step in steps):
        raise kind.error("records", "pattern")
    return steps


def _namespaces(kind: Table, form: Format) -> Mapping[str, str]:
    """Return the namespaces of XML by prefix; "" for the one of elements without a prefix."""
    own, others = kind.text("namespace", ""), kind.table("namespaces", needed=False).scalars()
    if (own or others) and form is not Format.XML:
        raise kind.error("namespaces" if others else "namespace", "namespace")
    if not are_namespaces(others):
        raise kind.error("namespaces", "namespace")
    prefixed = {prefix: str(uri) for prefix, uri in others.items()}
    return MappingProxyType({"": own, **prefixed} if own else prefixed)


def _separator(kind: Table) -> str:
    separator = kind.text("separator", ",")
    if separator not in {",", ";", "\t", "|"}:
        raise kind.error("separator", "separator")
    return separator


def _tables(whole: Table) -> Mapping[str, Mapping[str, Scalar]]:
    codes = whole.table("codes", needed=False)
    return MappingProxyType({name: codes.table(name).scalars() for name in codes.names()})


def _constants(whole: Table) -> Mapping[Path, Scalar]:
    constants = whole.table("constants", needed=False)
    made: dict[Path, Scalar] = {}
    for name, value in constants.scalars().items():
        path = tuple(name.removeprefix("/").split("/"))
        leaf = canonical_leaves().get(general(path))
        if leaf is None:
            raise constants.error(name, "unknown_path")
        if not may_be_constant(path, value):
            raise constants.error(name, "constant")
        if not fits(value, leaf):
            raise constants.error(name, "unknown_code_of_ours", wanted(leaf))
        made[path] = value
    return MappingProxyType(made)

"""The field names of a sample: its heading, keys or elements. What it says about anybody is not looked at."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from adapters.kit.errors import KitError
from adapters.kit.places import SEPARATORS
from adapters.kit.sample_namespaces import namespaces_of
from adapters.sdk.decoding import decode_json
from adapters.sdk.errors import MalformedError
from adapters.sdk.mapping.json_types import JsonType, type_of
from adapters.sdk.mapping.model import Format
from adapters.sdk.mapping.xml_names import Names
from schemas.documents import Json
from schemas.leaves import ITEM


@dataclass(frozen=True, slots=True)
class Heading:
    """The shape of a format: where its records stand, and their fields in order."""

    format: Format
    fields: tuple[str, ...]
    records: str = ""
    namespaces: Mapping[str, str] = field(default_factory=dict)
    """Those of XML by prefix; "" for the one of elements without a prefix."""
    separator: str = ","
    types: Mapping[str, JsonType] = field(default_factory=dict)
    """What the fields of a JSON document are that are no texts, wherever they stand in the sample."""


def heading_of(body: bytes) -> Heading:
    """Return the shape of a sample: JSON where it begins with a brace, XML with an angle bracket, else CSV.

    Raises KitError.
    """
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    heading = _of_json(body) if start == b"{" else _of_xml(body) if start == b"<" else _of_csv(body)
    if not heading.fields:
        raise KitError("sample_empty", "The sample has no fields.")
    if len(set(map(str.casefold, heading.fields))) != len(heading.fields):
        raise KitError("sample_twice", "Two fields of the sample have the same name.")
    return heading


def _of_csv(body: bytes) -> Heading:
    try:
        line = body.decode("utf-8-sig").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        raise KitError("sample_unreadable", "The sample is not UTF-8; save it as CSV UTF-8.") from None
    if "\x00" in line:
        raise KitError("sample_unreadable", "The sample is no CSV, JSON or XML.")
    separator = max(SEPARATORS, key=line.count)
    names = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    if not all(names):
        raise KitError("sample_heading", "A column of the sample has no heading.")
    return Heading(Format.CSV, tuple(names), separator=separator)


def _of_json(body: bytes) -> Heading:
    try:
        document = decode_json(body.removeprefix(b"\xef\xbb\xbf"), fractions=True)
    except MalformedError as error:
        raise KitError("sample_unreadable", f"The sample is not JSON that a gateway reads ({error.rule}).") from None
    records, record = "", document
    [*members] = document.items()
    if len(members) == 1 and isinstance(members[0][1], list) and members[0][1]:
        first = members[0][1][0]
        if isinstance(first, Mapping):
            records, record = f"/{members[0][0]}", first
    said: dict[str, set[JsonType]] = {}
    for name, value in _leaves(record, ""):
        said.setdefault(name, set()).update(() if value is None else (type_of(value),))
    types = {name: found.pop() for name, found in said.items() if len(found) == 1 and found != {JsonType.STRING}}
    return Heading(Format.JSON, tuple(said), records, types=types)


def _leaves(value: Json, name: str) -> Iterator[tuple[str, Json]]:
    match value:
        case dict():
            for key, member in value.items():
                yield from _leaves(member, f"{name}/{key.replace('~', '~0').replace('/', '~1')}")
        case list():
            for member in value:
                yield from _leaves(member, f"{name}/{ITEM}")
        case _:
            yield name, value


def _of_xml(body: bytes) -> Heading:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise KitError("sample_unreadable", "The sample has a document type, which no gateway reads.")
    try:
        root = ET.fromstring(body)  # noqa: S314 - no document type, hence no entities; the author's own file
    except ET.ParseError:
        raise KitError("sample_unreadable", "The sample is not well-formed XML.") from None
    namespaces = namespaces_of(root, body)
    names = Names.under(namespaces)
    records, record = [names.element(root.tag)], root
    while len({child.tag for child in record}) == 1 and len(record[0]):
        record = record[0]
        records.append(names.element(record.tag))
    repeating = {child.tag for up in record.iter() for child in up if len(up.findall(child.tag)) > 1}
    found = tuple(dict.fromkeys(_elements(record, "", repeating, names)))
    return Heading(Format.XML, found, "/" + "/".join(records), namespaces)


def _elements(element: ET.Element, name: str, repeating: set[str], names: Names) -> Iterator[str]:
    yield from (f"{name}/@{names.attribute(key)}" for key in element.attrib)
    for child in element:
        inner = f"{name}/{names.element(child.tag)}" + (f"/{ITEM}" if child.tag in repeating else "")
        if not len(child):
            yield inner
        yield from _elements(child, inner, repeating, names)


def plain(name: str, form: Format) -> str:
    """Return a field name as synonyms are compared by it: its last step without case, blanks and punctuation.

    Without the prefix of a namespace too: `core:sex` says what `sex` says. A colon in a heading may part her from him.
    """
    last = next((step for step in reversed(name.split("/")) if step not in {ITEM, ""}), name)
    if form is Format.XML:
        last = last.rpartition(":")[2]
    return "".join(char for char in last.casefold() if char.isalnum())


def as_json(text: str) -> str:
    """Return a text as a TOML basic string, which a JSON string is."""
    return json.dumps(text, ensure_ascii=False)

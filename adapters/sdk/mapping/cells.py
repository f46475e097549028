"""A document of any format as records of cells: what stands under which field, and which item of a list it belongs to.

A record keeps unknown fields too, under the names the document has for them: they stay with the sender, and a person at
a terminal may see which they are. No loss report ever repeats such a name; it could be anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from adapters.sdk.cells import guarded, unguarded
from adapters.sdk.csv_reading import read_csv
from adapters.sdk.csv_writing import write_csv
from adapters.sdk.decoding import decode_json
from adapters.sdk.errors import CannotRenderError, MalformedError, UnsupportedError
from adapters.sdk.mapping.model import FieldMapping, Format, Scalar
from adapters.sdk.mapping.xml_cells import read_xml, write_xml
from adapters.sdk.writing import write_json
from schemas.documents import Json
from schemas.leaves import ITEM


@dataclass(frozen=True, slots=True)
class Cell:
    """One text. `item` tells apart the items of a list: cells of one item have the same; "" is no list."""

    text: str
    item: str = ""


Record: TypeAlias = Mapping[str, Sequence[Cell]]
"""The cells of one record by field name; a field without a text is not there."""

Written: TypeAlias = Mapping[str, Sequence[tuple[int, Scalar]]]
"""What is written under each field: its item, counted from 0, and the value."""


def read_records(body: bytes, mapping: FieldMapping) -> list[Record]:
    """Return the records of a document. Raises MalformedError, or UnsupportedError where it has no field of ours."""
    if mapping.format is Format.CSV:
        return _of_csv(body, mapping)
    found = _of_xml(body, mapping) if mapping.format is Format.XML else _of_json(body, mapping)
    known = {field.name for field in mapping.fields}
    if not any(known & record.keys() for record in found):
        raise UnsupportedError("", "kind")
    return found


def _of_csv(body: bytes, mapping: FieldMapping) -> list[Record]:
    """A heading is known whatever its letters' case. Rows that say nothing are left out."""
    rows = read_csv(body, mapping.separator)
    fields = {field.name.casefold(): field for field in mapping.read_fields()}
    names = [heading.strip() for heading in rows[0]] if rows else []
    found = [fields.get(name.casefold()) for name in names]
    known = [field.name for field in found if field is not None]
    if not known:
        raise UnsupportedError("", "kind")
    for field in found:
        if field is not None and known.count(field.name) > 1:
            raise MalformedError(field.pointer, "duplicate_column")
    records: list[Record] = []
    for row in rows[1:]:
        record: dict[str, list[Cell]] = {}
        for name, field, cell in zip(names, found, row, strict=True):
            text = unguarded(cell).strip()
            parts = text.split(field.separator) if field is not None and field.separator else [text]
            cells = [Cell(part.strip(), f"{name}#{at}") for at, part in enumerate(parts) if part.strip()]
            if cells:
                record[name if field is None else field.name] = cells
        if record:
            records.append(record)
    return records


def _entries(document: Json, mapping: FieldMapping) -> Sequence[Json]:
    found: Json = document
    for step in mapping.records:
        found = found.get(step) if isinstance(found, Mapping) else None
    if not mapping.records:
        return [found]
    if not isinstance(found, list):
        raise UnsupportedError("", "kind")
    return found


def _of_xml(body: bytes, mapping: FieldMapping) -> list[Record]:
    return [
        {name: [Cell(text, item) for text, item in cells] for name, cells in record.items()}
        for record in read_xml(body, mapping)
    ]


def _of_json(body: bytes, mapping: FieldMapping) -> list[Record]:
    records: list[Record] = []
    for entry in _entries(decode_json(body, fractions=True), mapping):
        record: dict[str, list[Cell]] = {}
        _flatten(entry, "", "", "", record)
        records.append(record)
    return records


def _flatten(value: Json, name: str, place: str, item: str, record: dict[str, list[Cell]]) -> None:
    match value:
        case dict():
            for key, member in value.items():
                step = key.replace("~", "~0").replace("/", "~1")
                _flatten(member, f"{name}/{step}", f"{place}/{step}", item, record)
        case list():
            for at, member in enumerate(value):
                inner = f"{place}/{at}"
                _flatten(member, f"{name}/{ITEM}", inner, inner, record)
        case None:
            return
        case bool():
            record.setdefault(name, []).append(Cell("true" if value else "false", item))
        case _:
            text = str(value).strip()
            if text:
                record.setdefault(name, []).append(Cell(text, item))


def write_record(written: Written, mapping: FieldMapping) -> bytes:
    """Return one record as a document of the format. Equal input gives equal bytes."""
    match mapping.format:
        case Format.CSV:
            return _csv(written, mapping)
        case Format.JSON:
            return _json(written, mapping)
        case Format.XML:
            return write_xml(written, mapping)


def _csv(written: Written, mapping: FieldMapping) -> bytes:
    """Every column is there, whether it says something or not, so that an import finds what it expects."""
    row: dict[str, str] = {}
    for field in mapping.written_fields():
        texts = [_text(value) for _, value in written.get(field.name, ())]
        if field.separator and any(field.separator in text for text in texts):
            raise CannotRenderError(field.pointer, "separator")
        row[field.name] = guarded(field.separator.join(texts))
    return write_csv({guarded(name): cell for name, cell in row.items()}, mapping.separator)


def _text(value: Scalar) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _json(written: Written, mapping: FieldMapping) -> bytes:
    record: dict[str, Json] = {}
    for field in mapping.written_fields():
        for at, value in written.get(field.name, ()):
            _put(record, field.name.removeprefix("/").split("/"), at, value)
    document: Json = record
    for step in reversed(mapping.records):
        document = {step: [document] if step == mapping.records[-1] and isinstance(document, dict) else document}
    return write_json(document)


def _put(target: dict[str, Json], steps: Sequence[str], at: int, value: Scalar) -> None:
    step, *rest = steps
    key = step.replace("~1", "/").replace("~0", "~")
    if not rest:
        target[key] = value
        return
    if rest[0] != ITEM:
        below = target.setdefault(key, {})
        if isinstance(below, dict):
            _put(below, rest, at, value)
        return
    items = target.setdefault(key, [])
    if not isinstance(items, list):
        return
    if len(rest) == 1:
        items.append(value)
        return
    while len(items) <= at:
        items.append({})
    inner = items[at]
    if isinstance(inner, dict):
        _put(inner, rest[1:], at, value)

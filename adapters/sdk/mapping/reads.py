"""One record as a canonical referral: each field to its place, and a loss for whatever has none.

An object that lacks what must stand in it does not stand at all, and what was read for it is reported as lost. Where
nothing is said about her age it is unknown, so that the rules for children apply (K-01).
"""

from collections.abc import Iterator

from adapters.sdk.contract import ParsedReferral
from adapters.sdk.errors import MalformedError
from adapters.sdk.mapping.cells import Cell, Record
from adapters.sdk.mapping.model import Field, FieldMapping, Path, Scalar
from adapters.sdk.mapping.paths import general, most_items, required_beside, split
from adapters.sdk.tables import Losses
from schemas.documents import Json
from schemas.leaves import ITEM

UNKNOWN = "/*"
"""What stands in a report for every field that the mapping does not name."""

_AGE = frozenset({"birth", "age", "age_band", "minor_status"})


class _Draft:
    """The referral being put together: single leaves, and the items of lists, each with the field that said it."""

    def __init__(self) -> None:
        self.singles: dict[Path, tuple[Scalar, Field]] = {}
        self.items: dict[tuple[Path, str], dict[Path, tuple[Scalar, Field]]] = {}

    def put(self, field: Field, cell: Cell, value: Scalar) -> None:
        """Place one value. An item of a list is told by its number, or by the item of the document it stands in.

        Where two fields of one item, or one that stands there twice, go to one place, each has an item of its own.
        """
        into, which, rest = split(field.to)
        if not which:
            self.singles[field.to] = (value, field)
            return
        key = which if which != ITEM else f"*{cell.item or field.name}"
        members = self.items.setdefault((into, key), {})
        if rest in members:
            members = self.items.setdefault((into, f"{key} {len(self.items)}"), {})
        members[rest] = (value, field)


def read_record(record: Record, mapping: FieldMapping) -> ParsedReferral:
    """Read one record. Raises MalformedError and UnsupportedError at the pointer of a field."""
    losses, draft = Losses(), _Draft()
    known = {field.name for field in mapping.read_fields()}
    if record.keys() - known:
        losses.dropped(UNKNOWN)
    for field in mapping.read_fields():
        for cell in _counted(field, record):
            value = field.codec.read(cell.text, field.pointer) if field.to else None
            if value is None:
                losses.dropped(field.pointer)
                continue
            if field.coarsened:
                losses.coarsened(field.pointer)
            draft.put(field, cell, value)
    document: dict[str, Json] = {"schema": "referral/1.0"}
    for path, value in _singles(draft, losses):
        _place(document, path, value)
    for path, entries in _lists(draft, mapping, losses).items():
        _place(document, path, entries)
    subject = document.setdefault("subject", {})
    if isinstance(subject, dict) and not _AGE & subject.keys():
        subject["minor_status"] = "unknown"
    return ParsedReferral(document, losses.report())


def _counted(field: Field, record: Record) -> list[Cell]:
    """The cells of a field, as many as it may and must have.

    Once in each item is once where each becomes an item of ours; where there is one place, several items are several
    people or several accounts of her, and none of them is the one meant.
    """
    cells = list(record.get(field.name, ()))
    if field.to and field.cardinality.is_needed and not cells:
        raise MalformedError(field.pointer, "required")
    most = len({cell.item for cell in cells}) if ITEM in field.to else 1
    if field.to and not field.cardinality.is_many and len(cells) > max(most, 1):
        raise MalformedError(field.pointer, "more_than_one")
    return cells


def _singles(draft: _Draft, losses: Losses) -> Iterator[tuple[Path, Scalar]]:
    for path, (value, field) in draft.singles.items():
        if required_beside(path) <= draft.singles.keys():
            yield path, value
        else:
            losses.dropped(field.pointer)


def _lists(draft: _Draft, mapping: FieldMapping, losses: Losses) -> dict[Path, Json]:
    lists: dict[Path, list[Json]] = {}
    numbered = sorted(draft.items.items(), key=lambda entry: (entry[0][1].startswith("*"), _number(entry[0][1])))
    for (into, which), members in numbered:
        entries = lists.setdefault(into, [])
        item = _item(into, which, members, mapping)
        if item is None or (item not in entries and len(entries) >= most_items(into)):
            for _, field in members.values():
                losses.dropped(field.pointer)
        elif item not in entries:
            entries.append(item)
    return {path: entries for path, entries in lists.items() if entries}


def _number(which: str) -> int:
    return int(which) if which.isdigit() else 0


def _item(into: Path, which: str, members: dict[Path, tuple[Scalar, Field]], mapping: FieldMapping) -> Json:
    """Return one item with its constants, or None where something that must stand in it is missing."""
    if () in members:
        return members[()][0]
    said = {(*into, ITEM, *rest): value for rest, (value, _) in members.items()}
    step = ITEM if which.startswith("*") else which
    for path, value in mapping.constants.items():
        list_path, own, _ = split(path)
        if list_path == into and own in {ITEM, step}:
            said.setdefault(general(path), value)
    needed = required_beside(next(iter(said)))
    if not needed <= said.keys():
        return None
    return {path[-1]: value for path, value in said.items()}


def _place(document: dict[str, Json], path: Path, value: Json) -> None:
    inner = document
    for step in path[:-1]:
        below = inner.setdefault(step, {})
        if isinstance(below, dict):
            inner = below
    inner[path[-1]] = value

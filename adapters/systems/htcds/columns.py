"""Headings: which column of a file is which field of the standard, whatever of its published spellings the file uses.

The standard writes `prs_FirstName`, its survey form `prs_First_Name`, its Excel template misspells one heading and has
a second heading row of labels, which for some columns says another field than the first: such a column is not read.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adapters.sdk import MalformedError, UnsupportedError
from adapters.systems.htcds.choices import label
from adapters.systems.htcds.xlsx_reading import Unread

UNKNOWN = "*"
"""What stands in pointers for a heading that is none of the standard: it may be anything, also a person's name."""

SEPARATORS = (",", ";", "\t")
_ABOUT_HER = ("prs_", "vic_", "gx_")
RECORD_IDS = ("KEY", "instanceID", "meta-instanceID", "meta/instanceID", "_uuid", "_id")
"""Columns in which survey tools put the number of a submission."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Every known field: by plain spelling, and the fields a label stands for."""

    by_spelling: Mapping[str, str]
    by_label: Mapping[str, frozenset[str]]


def plain(heading: str) -> str:
    """Return a heading as columns are searched by it: underscores and the letters' case do not count."""
    return heading.strip().replace("_", "").casefold()


@cache
def read_columns() -> Columns:
    """Return the table, read from the package on first use."""
    data = tomllib.loads(files("adapters.systems.htcds").joinpath("data/columns.toml").read_text(encoding="utf-8"))
    names = [*data["label"], *data["gateway"]]
    spelt = {plain(other): name for name, others in data["spelt"].items() for other in others}
    labels: dict[str, set[str]] = {}
    for name, text in data["label"].items():
        labels.setdefault(label(text), set()).add(name)
    return Columns(
        {plain(name): name for name in names} | spelt, {text: frozenset(found) for text, found in labels.items()}
    )


def is_table(rows: Sequence[Sequence[str]], columns: Columns) -> bool:
    """Tell whether the first row is a heading of this standard: one field about her suffices."""
    found = (_field(heading, columns) for heading in rows[0]) if rows else iter(())
    return any(name is not None and name.startswith(_ABOUT_HER) for name in found)


def separator_of(body: bytes, columns: Columns) -> str:
    """Return the sign between cells under which the first line is a heading of this standard, by default a comma.

    Spreadsheet programs write the semicolon wherever the comma stands in numbers.
    """
    first = body.partition(b"\n")[0].decode("utf-8-sig", "replace")
    for separator in SEPARATORS:
        if is_table([[heading.strip().strip('"') for heading in first.split(separator)]], columns):
            return separator
    return SEPARATORS[0]


def read_table(rows: Sequence[Sequence[str]], columns: Columns) -> list[dict[str, str]]:
    """Return each record as its cells by field; what stands in columns of no known or no clear field is under `*`.

    Rows that say nothing are left out. Raises UnsupportedError where the heading is not of this standard, and
    MalformedError where two columns are the same field.
    """
    if not is_table(rows, columns):
        raise UnsupportedError("", "kind")
    fields = [_field(heading, columns) for heading in rows[0]]
    known = [name for name in fields if name is not None]
    for name in known:
        if known.count(name) > 1:
            raise MalformedError(f"/{name}", "duplicate_column")
    body = list(rows[1:])
    if body and _is_of_labels(body[0], columns):
        labels = body.pop(0)
        fields = [name if _agrees(name, text, columns) else None for name, text in zip(fields, labels, strict=True)]
    first = len(rows) - len(body)
    return [record for number, row in enumerate(body, start=first) if (record := _record(fields, row, number))]


def _field(heading: str, columns: Columns) -> str | None:
    return heading if heading in RECORD_IDS else columns.by_spelling.get(plain(heading))


def _is_of_labels(row: Sequence[str], columns: Columns) -> bool:
    said = [label(cell) for cell in row if cell.strip()]
    return len(said) > 2 and all(cell in columns.by_label for cell in said)  # noqa: PLR2004 - a name could be a label


def _agrees(name: str | None, text: str, columns: Columns) -> bool:
    return not text.strip() or name in columns.by_label[label(text)]


def _record(fields: Sequence[str | None], row: Sequence[str], number: int) -> dict[str, str]:
    """The cells that say something. A row with nothing under a known heading, such as a row's number, is no record.

    Raises UnsupportedError for a cell under a known heading that is not to be read, such as a formula.
    """
    cells = {name: cell for name, cell in zip(fields, row, strict=True) if name is not None and cell.strip()}
    for cell in cells.values():
        if isinstance(cell, Unread):
            raise UnsupportedError(f"/rows/{number}", cell.rule)
    if cells and any(name is None and cell.strip() for name, cell in zip(fields, row, strict=True)):
        cells[UNKNOWN] = ""
    return cells

"""A workbook's sheets as rows of text. No formula is computed: where its cell is read, the workbook is refused.

Only openpyxl knows the cells, in its reading mode, over a package that `xlsx_package` has passed.
"""

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import Self

from adapters.sdk import MalformedError, UnsupportedError
from adapters.sdk.csv_reading import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, bounded
from adapters.systems.htcds.xlsx_package import checked, left_out

MAX_SHEETS = 20

_EXACT = 2**53
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How the format writes a character that XML cannot carry; openpyxl leaves it to its reader."""


_PLACED = re.compile(rb"<(?:[A-Za-z]+:)?(col|row|c)\b([^>]*)>")
_SPAN = re.compile(rb"""\b(min|max)\s*=\s*["']([0-9]{1,5})["']""")
_NUMBERED = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})([0-9]{1,7})["']""")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")


class Unread(str):
    """A cell of which no record is made: a formula, an error, a time, or one in a row or column that is hidden.

    `rule` says which. Headings may be hidden, as the published template hides one row of its two.
    """

    __slots__ = ("rule",)
    rule: str

    def __new__(cls, text: str, rule: str) -> Self:
        """Make a cell that a record is refused for."""
        made = super().__new__(cls, text)
        made.rule = rule
        return made


def read_xlsx(body: bytes) -> tuple[list[list[list[str]]], tuple[str, ...]]:
    """Return each visible sheet's rows, as long as each other, and the paths of what is lost beside them.

    A sheet that nobody sees who opens the workbook is not hers to send. Raises MalformedError and UnsupportedError.
    """
    package = checked(body)
    lost = left_out(package)
    sheets: list[list[list[str]]] | None = None
    try:
        sheets, hidden = _sheets(package)
        lost += ("/sheets/*",) if hidden else ()
    except (MalformedError, UnsupportedError):
        raise
    except Exception:  # noqa: BLE001, S110 - openpyxl raises whatever its parts raise, with values in it
        pass
    # Raised here and not in the except block, so that nothing of what openpyxl said goes with it.
    if sheets is None:
        raise MalformedError("", "xlsx")
    return sheets, lost


def _sheets(package: io.BytesIO) -> tuple[list[list[list[str]]], bool]:
    """Return the rows of each visible sheet, and whether there are others."""
    from openpyxl import load_workbook  # noqa: PLC0415 - a fifth of a second that most installations never need

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of parts it leaves out, such as lists to choose from
        book = load_workbook(package, read_only=True, data_only=False, keep_links=False)
        if len(book.worksheets) > MAX_SHEETS:
            raise MalformedError("", "too_many_sheets")
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        found = []
        for sheet in visible:
            sheet.reset_dimensions()
            rows, columns = _hidden(package, sheet)
            found.append(_even(list(_rows(sheet.rows, rows, columns))))
        return found, len(visible) < len(book.worksheets)


def _hidden(package: io.BytesIO, sheet: object) -> tuple[frozenset[int], frozenset[int]]:
    """Return the rows of a sheet that are hidden, as by a filter, and the columns, from 0. openpyxl leaves both out.

    Raises MalformedError where rows or cells do not follow each other: it passes over one row, and one of two cells;
    and where more columns are described than are read.
    """
    with zipfile.ZipFile(package) as opened:
        content = opened.read(getattr(sheet, "_worksheet_path"))  # noqa: B009 - it names its part nowhere else
    found: set[int] = set()
    columns: set[int] = set()
    described = 0
    row, column = 0, b""
    for kind, attributes in _PLACED.findall(content):
        if kind == b"col":
            columns |= _span(attributes)
            described += 1
            if described > MAX_COLUMNS:
                raise MalformedError("", "too_many_columns")
            continue
        place = _NUMBERED.search(attributes)
        letters, number = place.groups() if place is not None else (b"", b"")
        if kind == b"row":
            before, row, column = row, int(number) if number else row + 1, b""
            if row <= before:
                raise MalformedError(f"/rows/{row - 1}", "xlsx_order")
            found.update([row - 1] if _HIDDEN.search(attributes) is not None else [])
        elif letters:
            if int(number) != row or (len(letters), letters) <= (len(column), column):
                raise MalformedError(f"/rows/{row - 1}", "xlsx_order")
            column = letters
    return frozenset(found), frozenset(columns)


def _span(attributes: bytes) -> set[int]:
    """Return the columns that one description of columns hides: of those that are read at all."""
    if _HIDDEN.search(attributes) is None:
        return set()
    said = {name: int(number) for name, number in _SPAN.findall(attributes)}
    first, last = said.get(b"min", 1), said.get(b"max", MAX_COLUMNS)
    return set(range(first - 1, min(last, MAX_COLUMNS)))


def _rows(
    rows: Iterable[tuple[object, ...]], hidden: frozenset[int], hidden_columns: frozenset[int]
) -> Iterator[list[str]]:
    cells = 0
    for number, row in enumerate(rows):
        cells += len(row)
        if number >= MAX_ROWS or cells > MAX_CELLS:
            raise MalformedError("/rows", "too_many_rows")
        texts = [bounded(_text(cell, number), number) for cell in row]
        if number in hidden:
            texts = [Unread(text, "hidden_row") if text else text for text in texts]
        elif number and hidden_columns:
            texts = [
                Unread(text, "hidden_column") if text and place in hidden_columns else text
                for place, text in enumerate(texts)
            ]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MAX_COLUMNS:
            raise MalformedError(f"/rows/{number}", "too_many_columns")
        yield texts


def _text(cell: object, row: int) -> str:
    """Return a cell as the same record would have it in a CSV file."""
    kind = getattr(cell, "data_type", "n")
    if kind in {"f", "e"}:
        return Unread("=", "formula" if kind == "f" else "error_cell")
    match getattr(cell, "value", None):
        case None:
            return ""
        case str() as text:
            return _unescaped(text, row)
        case bool() as value:
            return "TRUE" if value else "FALSE"
        case int() as value if abs(value) < _EXACT:
            return str(value).zfill(_shown_digits(cell))
        case float() as value if abs(value) < _EXACT:
            return str(int(value)).zfill(_shown_digits(cell)) if value == int(value) else str(value)
        case dt.datetime() as moment if moment.time() == dt.time():
            return moment.date().isoformat()
        case dt.date() as day:
            return day.isoformat()
        case _:
            return Unread("=", "cell_type")


def _shown_digits(cell: object) -> int:
    """How many digits a cell shows at least: a number formatted `00000` is one with its leading zeros."""
    shown = str(getattr(cell, "number_format", ""))
    return len(shown) if shown and not shown.strip("0") else 1


def _unescaped(text: str, row: int) -> str:
    """Return the characters themselves; one beyond the first 65,536 may be written as its two halves."""
    found = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    try:
        return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:  # Half a character alone is none.
        raise MalformedError(f"/rows/{row}", "utf-8") from None


def _even(rows: list[list[str]]) -> list[list[str]]:
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]

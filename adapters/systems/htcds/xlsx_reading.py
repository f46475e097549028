"""A workbook's sheets as rows of text. No formula is computed: a cell that holds one is refused.

Only openpyxl knows the cells, in its reading mode, over a package that `xlsx_package` has passed.
"""

import datetime as dt
import io
import re
import warnings
from collections.abc import Iterable, Iterator

from adapters.sdk import MalformedError, UnsupportedError
from adapters.sdk.csv_reading import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, bounded
from adapters.systems.htcds.xlsx_package import checked, left_out

MAX_SHEETS = 20

_EXACT = 2**53
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How the format writes a character that XML cannot carry; openpyxl leaves it to its reader."""


def read_xlsx(body: bytes) -> tuple[list[list[list[str]]], tuple[str, ...]]:
    """Return each sheet's rows, as long as each other, and the paths of what stands beside the cells and is lost.

    Raises MalformedError and UnsupportedError.
    """
    package = checked(body)
    lost = left_out(package)
    sheets: list[list[list[str]]] | None = None
    try:
        sheets = _sheets(package)
    except (MalformedError, UnsupportedError):
        raise
    except Exception:  # noqa: BLE001, S110 - openpyxl raises whatever its parts raise, with values in it
        pass
    # Raised here and not in the except block, so that nothing of what openpyxl said goes with it.
    if sheets is None:
        raise MalformedError("", "xlsx")
    return sheets, lost


def _sheets(package: io.BytesIO) -> list[list[list[str]]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - a fifth of a second that most installations never need

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of parts it leaves out, such as lists to choose from
        book = load_workbook(package, read_only=True, data_only=False, keep_links=False)
        if len(book.worksheets) > MAX_SHEETS:
            raise MalformedError("", "too_many_sheets")
        found = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            found.append(_even(list(_rows(sheet.rows))))
        return found


def _rows(rows: Iterable[tuple[object, ...]]) -> Iterator[list[str]]:
    cells = 0
    for number, row in enumerate(rows):
        cells += len(row)
        if number >= MAX_ROWS or cells > MAX_CELLS:
            raise MalformedError("/rows", "too_many_rows")
        texts = [bounded(_text(cell, number), number) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MAX_COLUMNS:
            raise MalformedError(f"/rows/{number}", "too_many_columns")
        yield texts


def _text(cell: object, row: int) -> str:
    """Return a cell as the same record would have it in a CSV file."""
    kind = getattr(cell, "data_type", "n")
    if kind in {"f", "e"}:
        raise UnsupportedError(f"/rows/{row}", "formula" if kind == "f" else "error_cell")
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
            raise UnsupportedError(f"/rows/{row}", "cell_type")


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

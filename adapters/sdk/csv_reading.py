"""Bytes to rows of text: RFC 4180 in UTF-8 and nothing looser, within bounds; it knows no column.

A quotation mark inside an unquoted cell, a row of another length, a control character or a missing line break at the
end is refused: each is how a cut or damaged file looks, and a cut record would be a wrong record.
"""

import re
from functools import cache

from adapters.sdk.errors import MalformedError

MAX_COLUMNS = 400
"""Cells in a row; the standard has 89 fields."""

MAX_ROWS = 2_000
"""Rows in a file, the heading among them; the published template has 1,002."""

MAX_CELLS = 100_000
"""Cells in a file; the published template has 40,080."""

MAX_CELL = 60_000
"""Characters in a cell: as much as the canonical referral takes in its longest text."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_csv(body: bytes, separator: str = ",") -> list[list[str]]:
    """Return the rows, the heading first, all of one length. Raises MalformedError."""
    text = _decoded(body)
    cell = _cell(separator)
    rows: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(text):
        match = cell.match(text, at)
        if match is None:
            raise MalformedError(f"/rows/{len(rows)}", "csv")
        quoted, plain, end = match.groups()
        row.append(bounded(plain if quoted is None else quoted.replace('""', '"'), len(rows)))
        at = match.end()
        if len(row) > MAX_COLUMNS:
            raise MalformedError(f"/rows/{len(rows)}", "too_many_columns")
        if end != separator:
            rows.append(row)
            row = []
            if len(rows) > MAX_ROWS or len(rows) * len(rows[0]) > MAX_CELLS:
                raise MalformedError("/rows", "too_many_rows")
    if row:
        raise MalformedError(f"/rows/{len(rows)}", "csv")
    return _even(rows)


@cache
def _cell(separator: str) -> re.Pattern[str]:
    apart = re.escape(separator)
    return re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"|([^"{apart}\r\n]*))({apart}|\r\n|\n)')


def bounded(cell: str, row: int) -> str:
    """Return the cell. Raises MalformedError at its row when it is too long or holds a control character."""
    if len(cell) > MAX_CELL:
        raise MalformedError(f"/rows/{row}", "too_long")
    if _CONTROL.search(cell) is not None:
        raise MalformedError(f"/rows/{row}", "control_character")
    return cell


def _decoded(body: bytes) -> str:
    """One byte order mark at the beginning is let pass: spreadsheet programs write it."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass  # Raised below: raised here, it would carry the error that holds the body.
    raise MalformedError("", "utf-8")


def _even(rows: list[list[str]]) -> list[list[str]]:
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise MalformedError(f"/rows/{index}", "ragged")
    return rows

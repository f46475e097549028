"""One record as CSV: the heading and one row, every cell in quotation marks, CRLF; equal input gives equal bytes."""

from collections.abc import Iterable, Mapping


def write_csv(record: Mapping[str, str], separator: str = ",") -> bytes:
    """Return the file; its cells come guarded (`cells.guarded`)."""
    return (_row(record, separator) + _row(record.values(), separator)).encode()


def _row(cells: Iterable[str], separator: str) -> str:
    return separator.join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"

"""Files of SQLite's databases, and their URLs: what a folder is called ends no path and names no other."""

from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

SQLITE: Final = "sqlite:///"
"""How a URL of SQLite begins."""


def sqlite_address(file: Path, *, nobody_writes: bool = False) -> str:
    """Return what SQLite itself opens to read a file; one that nobody writes without making any beside it."""
    return f"file:{quote(str(file), errors='surrogateescape')}?mode=ro{'&immutable=1' if nobody_writes else ''}"


def sqlite_url(file: Path) -> str:
    """Return the URL of SQLite's database in a file, whatever its folders are called: a `?` would end its path."""
    return f"{SQLITE}{quote(str(file), errors='surrogateescape')}"


def file_of_sqlite(url: str) -> Path | None:
    """Return the file behind a URL of SQLite; None for another database."""
    if not url.startswith(SQLITE):
        return None
    return Path(unquote(url.removeprefix(SQLITE).partition("?")[0]))

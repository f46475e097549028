"""One consistent copy of a whole database, taken while it is written to; and put where there is none.

SQLite: `VACUUM INTO` writes a clean file under one read transaction, without the slack of pages that were emptied.
PostgreSQL: `pg_dump` reads in one snapshot, and `psql` puts everything back in one transaction. Their words may quote
rows, so they are never shown.
"""

import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile, which

from sqlalchemy.engine import URL, make_url

from gateway.core.errors import GivenError, OperatorError
from gateway.sqlite_files import sqlite_address

SQLITE, POSTGRESQL = "sqlite", "postgresql"

RESTORING = ".restoring"
"""How the name of a database ends that is not in its place yet."""

_PLAYED_BACK = ("-wal", "-journal")
_DUMP = ("pg_dump", "--format=plain", "--no-owner", "--no-privileges")
_LONGEST = 3600
"""Seconds one of PostgreSQL's programs may take."""
_CARRIED = {
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
"""What else of a URL says how to get in, and how its programs are told so."""


def backend(url: str) -> str:
    """Return which kind of database that URL names."""
    return make_url(url).get_backend_name()


def taken(url: str, to: Path) -> None:
    """Write a copy of the database to a new file, private to this user. Raises OperatorError."""
    if backend(url) == SQLITE:
        _vacuumed(_file(url), to)
    else:
        _run((*_DUMP, f"--file={to}"), make_url(url))
        to.chmod(0o600)


def read(url: str) -> bytes:
    """Return a copy of the database as bytes that never were in a file: a kill leaves none. Raises OperatorError."""
    if backend(url) != SQLITE:
        return _run(_DUMP, make_url(url))
    with _reading(_file(url)) as database, closing(sqlite3.connect(":memory:")) as copy:
        database.backup(copy)
        copy.execute("vacuum")
        return copy.serialize()


def put(source: Path | bytes, url: str, mark: str) -> None:
    """Make the database of a copy, with `mark` (one statement) done in the same transaction. Raises OperatorError.

    For SQLite of a file into a file beside its place (`made_beside`); for PostgreSQL into an empty database.
    """
    if isinstance(source, Path) and backend(url) == SQLITE:
        target = _file(url)
        copyfile(source, target)
        target.chmod(0o600)
        with closing(sqlite3.connect(target)) as database, database:
            database.execute(mark)
    else:  # A dump empties the search path for everything after it.
        file, content = (source, b"") if isinstance(source, Path) else ("-", source)
        _run(("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
              f"--file={file}", "--command=set search_path to public", f"--command={mark}"),
             make_url(url), content)  # fmt: skip


def files_of(place: Path) -> list[Path]:
    """Return what is there of a database of SQLite: its file, and those SQLite would play back into any in its place.

    A process that was killed leaves them. Whoever takes the file away and not them has them written over whatever is
    put there next.
    """
    beside = [place.with_name(f"{place.name}{suffix}") for suffix in _PLAYED_BACK]
    return [*filter(Path.exists, [place]), *(file for file in beside if file.exists() and file.stat().st_size)]


@contextmanager
def made_beside(place: Path) -> Iterator[Path]:
    """Give a name to make a database under, and move it to its place at the end.

    Nothing of it is left where that fails; nor at the beginning, of one that was killed.
    """
    beside = place.with_name(f"{place.name}{RESTORING}")
    _cleared(beside)
    try:
        yield beside
        if files_of(beside) != [beside]:  # What did not get into the file would stay behind.
            raise OperatorError("the database could not be made whole: there is no room")
        beside.rename(place)
    finally:
        _cleared(beside)


def _cleared(beside: Path) -> None:
    for left in beside.parent.glob(f"{beside.name}*"):
        left.unlink()


def sound(source: Path) -> bool:
    """Tell whether a copy of SQLite is whole in itself."""
    with closing(sqlite3.connect(sqlite_address(source, nobody_writes=True), uri=True)) as database:
        try:
            return bool(database.execute("pragma integrity_check").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False


def _vacuumed(source: Path, to: Path) -> None:
    with _reading(source) as database:
        database.execute("vacuum into ?", (str(to),))
    to.chmod(0o600)


@contextmanager
def _reading(source: Path) -> Iterator[sqlite3.Connection]:
    if not source.exists():
        raise OperatorError("there is no database")
    try:
        with closing(sqlite3.connect(sqlite_address(source), uri=True, timeout=30)) as database:
            yield database
    except sqlite3.Error:
        raise GivenError("the database could not be copied") from None


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _run(command: tuple[str, ...], url: URL, given: bytes = b"") -> bytes:
    """Run one of PostgreSQL's programs on what it reads; what it wrote. Raises OperatorError."""
    program = which(command[0])
    if program is None:
        raise GivenError(f"{command[0]} is not installed: install PostgreSQL's client, of your server's version")
    try:
        done = subprocess.run(  # noqa: S603 - two programs, named here
            (program, *command[1:]),
            env=_connection(url),
            input=given,
            capture_output=True,
            timeout=_LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise OperatorError(f"{command[0]} did not end well") from None
    if done.returncode:
        raise OperatorError(f"{command[0]} did not end well")
    return done.stdout


def _connection(url: URL) -> Mapping[str, str]:
    """Say where the server is in the environment, and nothing else there: arguments stand in process lists."""
    host = url.query.get("host", url.host)
    said = {"PGHOST": host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
            "PGDATABASE": url.database}  # fmt: skip
    said |= {variable: url.query.get(name) for name, variable in _CARRIED.items()}
    return {name: str(value) for name, value in said.items() if value}

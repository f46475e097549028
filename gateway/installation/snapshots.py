"""One consistent copy of a whole database, taken while it is written to; and put where there is none.

SQLite: `VACUUM INTO` writes a clean file under one read transaction, without the slack of pages that were emptied.
PostgreSQL: `pg_dump` reads in one snapshot, and `psql` puts everything back in one transaction. Their words may quote
rows, so they are never shown.
"""

import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from shutil import copyfile, which

from sqlalchemy.engine import URL, make_url

from gateway.core.errors import GivenError, OperatorError

SQLITE, POSTGRESQL = "sqlite", "postgresql"
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
        command = ("pg_dump", "--format=plain", "--no-owner", "--no-privileges", f"--file={to}")
        _run(command, make_url(url))
        to.chmod(0o600)


def put(source: Path, url: str, mark: str) -> None:
    """Make the database of a copy, with `mark` (one statement) done in the same transaction. Raises OperatorError.

    For SQLite into a file beside its place, which the caller moves there; for PostgreSQL into an empty database.
    """
    if backend(url) == SQLITE:
        target = _file(url)
        target.unlink(missing_ok=True)
        copyfile(source, target)
        target.chmod(0o600)
        with closing(sqlite3.connect(target)) as database, database:
            database.execute(mark)
    else:  # A dump empties the search path for everything after it.
        _run(("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
              f"--file={source}", "--command=set search_path to public", f"--command={mark}"),
             make_url(url))  # fmt: skip


def sound(source: Path) -> bool:
    """Tell whether a copy of SQLite is whole in itself."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as database:
        try:
            return bool(database.execute("pragma integrity_check").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False


def _vacuumed(source: Path, to: Path) -> None:
    if not source.exists():
        raise OperatorError("there is no database")
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as database:
            database.execute("vacuum into ?", (str(to),))
    except sqlite3.Error:
        raise GivenError("the database could not be copied") from None
    to.chmod(0o600)


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _run(command: tuple[str, ...], url: URL) -> None:
    program = which(command[0])
    if program is None:
        raise GivenError(f"{command[0]} is not installed: install PostgreSQL's client, of your server's version")
    try:
        done = subprocess.run(  # noqa: S603 - two programs, named here
            (program, *command[1:]),
            env=_connection(url),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise OperatorError(f"{command[0]} did not end well") from None
    if done.returncode:
        raise OperatorError(f"{command[0]} did not end well")


def _connection(url: URL) -> Mapping[str, str]:
    """Say where the server is in the environment, and nothing else there: arguments stand in process lists."""
    host = url.query.get("host", url.host)
    said = {"PGHOST": host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
            "PGDATABASE": url.database}  # fmt: skip
    said |= {variable: url.query.get(name) for name, variable in _CARRIED.items()}
    return {name: str(value) for name, value in said.items() if value}

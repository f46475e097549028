"""An operator at a machine with one installation, for the tests of the command line, the socket and the server.

Everything is real (key ring, databases, signed agreements) and made by the commands; only the people are invented.
"""

import io
import json
import logging
import os
import select
import shutil
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import stretching
import structlog
from builders import POLICE, SHELTER
from forked import Started, python
from papers import ADVISERS, BORDER, agency, agreement, public_key

from gateway.cli.app import run
from gateway.cli.session import Session, talk
from gateway.logs import _WithoutMessages
from gateway.settings import PREFIX
from schemas.documents import Json

SECRET = "a secret for invented people only"  # noqa: S105 - of nobody
ANSWERS_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Json]:
        """The result, which must be one JSON object and nothing else."""
        document: dict[str, Json] = json.loads(self.out)
        return document

    @property
    def next(self) -> str:
        """The command to type next."""
        line = self.err.strip().splitlines()[-1]
        assert line.startswith("Next: "), self.err
        return line.removeprefix("Next: ")


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who types commands on one installation; the files that commands read lie in `home`."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def secret(self) -> Path:
        return self.home / "secret"

    @property
    def environment(self) -> dict[str, str]:
        """The settings, and nothing of the machine's own."""
        folder = {"GATEWAY_DATA": str(self.data), "GATEWAY_SECRET_FILE": str(self.secret)}
        return {**folder, "GATEWAY_PORT": "0", "GATEWAY_WORKERS": "1"}  # A second process is for the tests about it.

    def types(self, *arguments: str | Path, stdin: bytes = b"", **settings: str) -> Said:
        """Run one command in this process, with exactly these settings."""
        stretching.once()
        out, err, given = io.StringIO(), io.StringIO(), io.TextIOWrapper(io.BytesIO(stdin))
        with _environment({**self.environment, **settings}), _private_files(), quiet_after():
            sys.stdin, before = given, sys.stdin
            try:
                with redirect_stdout(out), redirect_stderr(err):
                    code = run([str(argument) for argument in arguments])
            finally:
                sys.stdin = before
        return Said(int(code), out.getvalue(), err.getvalue())

    def paper(self, name: str, document: object) -> Path:
        """Write a file for a command to read."""
        path = self.home / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    def spawns(self, *arguments: str, anew: bool = False, **settings: str) -> Started:
        """Start a command as a process of its own; `anew` where it is about the start."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        environment = {**kept, **self.environment, **settings}
        return python(("-m", "gateway", *arguments), environment, heard=True, anew=anew)

    def tampers(self, statement: str) -> None:
        """Change the closed database as somebody would who has the machine: the guards against mistakes go first."""
        with closing(sqlite3.connect(self.data / "gateway.db")) as database, database:
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f"DROP TRIGGER {name}")
            database.execute(statement)

    @contextmanager
    def serves(self, *arguments: str, anew: bool = False, **settings: str) -> Iterator["Served"]:
        """Run `serve` beside the test until the block ends."""
        process = self.spawns("serve", *arguments, anew=anew, **settings)
        try:
            yield Served(self, process, _line(process))
        finally:
            process.kill()
            process.communicate()


BEGUN = (
    b"POST /oauth/token HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nab"
)
"""A request that nobody can answer before one more octet is there."""


@dataclass(frozen=True, slots=True)
class Served:
    """A gateway that runs."""

    operator: Operator
    process: Started
    url: str

    def ends(self, number: signal.Signals = signal.SIGTERM) -> Said:
        """Ask it to end, and wait until it has."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=ANSWERS_WITHIN)
        return Said(self.process.returncode, out, err)


def _arrived(home: Path) -> Operator:
    """Somebody with a secret and nothing else."""
    operator = Operator(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    operator.secret.write_text(SECRET)
    operator.secret.chmod(0o600)
    return operator


def installed(home: Path) -> Operator:
    """Install a gateway with four agencies, one agreement and one client."""
    operator = _arrived(home)
    said = operator.types("init")
    assert said.code == 0, said.err
    with _environment(operator.environment), _private_files(), quiet_after():
        talk(_register)
    return operator


async def _register(session: Session) -> None:
    functions = {POLICE: "police", SHELTER: "shelter", ADVISERS: "psychosocial", BORDER: "immigration_enforcement"}
    for name, function in functions.items():
        await session.post("/agencies", agency(name, function))
    await session.post("/agreements", agreement())
    asked = {"client": "police-system", "agency": POLICE, "jwks": {"keys": [public_key()]}}
    await session.post("/clients", {**asked, "scopes": ["referrals:send"]})


@pytest.fixture
def newcomer(tmp_path: Path) -> Operator:
    """Somebody with a secret and nothing else."""
    return _arrived(tmp_path)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """An installation to copy; no test changes it."""
    return installed(tmp_path_factory.mktemp("operator"))


@pytest.fixture(scope="session")
def served(template: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Served"]:
    """A gateway that serves, shared by many tests."""
    with moved(template, tmp_path_factory.mktemp("running") / "o").serves() as shared:
        yield shared


@pytest.fixture(scope="session")
def running(served: "Served") -> Operator:
    """The operator of the shared gateway; each test names its own people and agencies."""
    return served.operator


@pytest.fixture(params=["beside a running gateway", "with none running"])
def either(request: pytest.FixtureRequest) -> Operator:
    """The shared installation, whose gateway runs, and one of the test's own, with none: what is typed is the same."""
    found: Operator = request.getfixturevalue("running" if "beside" in request.param else "operator")
    return found


@pytest.fixture
def operator(template: Operator, tmp_path: Path) -> Operator:
    """An installation of the test's own."""
    return moved(template, tmp_path / "o")


def moved(template: Operator, home: Path) -> Operator:
    """Copy an installation that is closed."""
    shutil.copytree(template.home, home)
    return replace(template, home=home)


def _line(process: Started) -> str:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], ANSWERS_WITHIN)
    line = process.stdout.readline().strip() if ready else ""
    if not line:
        process.kill()
        raise AssertionError(process.communicate()[1])
    return line


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    before = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    for name in before:
        del os.environ[name]
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings:
            os.environ.pop(name, None)
        os.environ.update(before)


@contextmanager
def _private_files() -> Iterator[None]:
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def quiet_after() -> Iterator[None]:
    """Undo what a command does to the logs of its process."""
    hook = threading.excepthook
    try:
        yield
    finally:
        threading.excepthook = hook
        root = logging.getLogger()
        for handler in [one for one in root.handlers if isinstance(one, _WithoutMessages)]:
            root.removeHandler(handler)
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()

"""A whole gateway in this process: real files, real keys, the real application over ASGI, a clock that can be set."""

import asyncio
import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import httpx
import stretching

from gateway.app import create_app
from gateway.clock import SystemClock, SystemEntropy
from gateway.demo.folder import DemoFolder, emptied
from gateway.demo.world import World, peopled, settings_of
from gateway.installation.preparing import prepare
from gateway.settings import Settings
from gateway.wiring import Gateway, build

_SECRET = SystemEntropy().bytes(32).hex()
KEPT_OF_A_DOCUMENT = (
    *("person", "binding", "consent_event", "referral", "parcel", "idempotency"),
    *("strike", "probing_lock", "ledger_leaf", "person_leaf"),
)
"""Every table that could keep something of a request, besides the used proofs."""


@dataclass
class ShiftedClock:
    """The machine's clock, and how far the gateway's is ahead of it."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


class InProcess(httpx.BaseTransport):
    """httpx's ASGI transport for a client that waits; an exception of the application becomes its 500."""

    def __init__(self, app: object) -> None:
        self._loop = asyncio.new_event_loop()
        self._asgi = httpx.ASGITransport(app, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._loop.run_until_complete(self._handle(request))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        body = httpx.ByteStream(b"".join(request.stream))
        again = httpx.Request(request.method, request.url, headers=request.headers, stream=body)
        response = await self._asgi.handle_async_request(again)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())

    def close(self) -> None:
        self._loop.close()


@dataclass
class Line:
    """The world of the demonstration without its server."""

    world: World
    clock: ShiftedClock

    def rows(self) -> dict[str, int]:
        """Count the rows of every table that could keep something."""
        return {table: self._count(table) for table in KEPT_OF_A_DOCUMENT}

    def used_proofs(self) -> int:
        """Count the proofs that were used up."""
        return self._count("used_proof")

    def _count(self, table: str) -> int:
        query = f"select count(*) from {table}"  # noqa: S608 - a name of the list above
        with closing(sqlite3.connect(self.world.gateway.settings.data / "gateway.db")) as database:
            return database.execute(query).fetchone()[0]


@contextmanager
def a_line(root: Path, **settings: object) -> Iterator[Line]:
    """Open one, with everybody registered and signed in; `settings` are those that differ from the demonstration's."""
    stretching.once()
    with emptied(root) as folder:
        given = settings_of(folder).model_copy(update=settings)
        before = None if settings else _peopled()
        if given.database_url or given.person_keys_url:
            _prepare(folder, given)
        else:
            shutil.copytree(before.folder.root if before else _prepared(), root, dirs_exist_ok=True)
        with _standing(folder, given, before) as line:
            yield line


@contextmanager
def _standing(folder: DemoFolder, given: Settings, before: World | None) -> Iterator[Line]:
    """Open the gateway of a folder; `before` is the world it was copied from."""
    clock = ShiftedClock()
    gateway = build(given, clock)
    gateway.start()
    try:
        with httpx.Client(transport=InProcess(create_app(gateway))) as http:
            world = _moved(before, folder, gateway, http) if before else peopled(folder, gateway, http)
            for system in world.systems.values():
                system.clock = clock
            yield Line(world, clock)
    finally:
        gateway.close()


def _moved(before: World, folder: DemoFolder, gateway: Gateway, http: httpx.Client) -> World:
    """Return the same people before a copy of their gateway, signed in."""
    systems = {name: replace(system, http=http) for name, system in before.systems.items()}
    for system in systems.values():
        system.sign_in()
    advocate = replace(before.advocate, door=gateway.people)
    return replace(before, folder=folder, gateway=gateway, http=http, systems=systems, advocate=advocate)


@cache
def _peopled() -> World:
    """Return a closed world to copy: to register everybody takes longer than most tests."""
    root = _kept()
    with emptied(root / "kept") as folder:
        shutil.copytree(_prepared(), folder.root, dirs_exist_ok=True)
        with _standing(folder, settings_of(folder), None) as line:
            world = line.world
        shutil.copytree(folder.root, root / "peopled")
    return replace(world, folder=DemoFolder(root / "peopled"))


@cache
def _prepared() -> Path:
    """Return an empty installation to copy: a key ring and databases take longer to make than most tests."""
    root = _kept()
    with emptied(root / "kept") as folder:
        _prepare(folder)
        shutil.copytree(folder.root, root / "prepared")
    return root / "prepared"


def _prepare(folder: DemoFolder, given: Settings | None = None) -> None:
    folder.secret.write_text(_SECRET)
    prepare(given or settings_of(folder), SystemEntropy(), SystemClock().now().date())


def _kept() -> Path:
    """Return a folder that lies there until the tests end."""
    root = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root

"""A whole gateway in this process: real files, real keys, the real application over ASGI, a clock that can be set."""

import asyncio
import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import httpx
import stretching

from gateway.app import create_app
from gateway.clock import SystemClock, SystemEntropy
from gateway.demo.folder import emptied
from gateway.demo.world import World, peopled, settings_of
from gateway.installation.preparing import prepare
from gateway.wiring import build

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
        with sqlite3.connect(self.world.gateway.settings.data / "gateway.db") as database:
            return database.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608 - a name of the list above


@cache
def _prepared() -> Path:
    """Return an empty installation to copy: a key ring and databases take longer to make than most tests."""
    root = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    with emptied(root / "kept") as folder:
        folder.secret.write_text(_SECRET)
        prepare(settings_of(folder), SystemEntropy(), SystemClock().now().date())
        shutil.copytree(root / "kept", root / "prepared")
    return root / "prepared"


@contextmanager
def a_line(root: Path, **settings: object) -> Iterator[Line]:
    """Open one, with everybody registered and signed in; `settings` are those that differ from the demonstration's."""
    stretching.once()
    clock = ShiftedClock()
    with emptied(root) as folder:
        given = settings_of(folder).model_copy(update=settings)
        if given.database_url or given.person_keys_url:
            folder.secret.write_text(_SECRET)
            prepare(given, SystemEntropy(), SystemClock().now().date())
        else:
            shutil.copytree(_prepared(), root, dirs_exist_ok=True)
        gateway = build(given, clock)
        gateway.start()
        try:
            with httpx.Client(transport=InProcess(create_app(gateway))) as http:
                world = peopled(folder, gateway, http)
                for system in world.systems.values():
                    system.clock = clock
                yield Line(world, clock)
        finally:
            gateway.close()

"""An invented Primero on this machine, and an application with a hook for it, over the fakes of tests/line.py."""

import base64
import json
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace

from builders import POLICE, SHELTER
from fake_hints import FakeHints
from typing_extensions import override
from web_door import Answer, Web, _nothing

from gateway.core.access.client_rights import EVERY_RIGHT
from gateway.core.access.scopes import Scope
from gateway.core.delivery.hooks import Hook, Hooks, Locks
from gateway.courier.destinations import destination
from gateway.courier.primero_hooks import PrimeroCases
from gateway.web.application import application
from gateway.web.door import Door
from gateway.web.hooks import router
from schemas.documents import Json
from schemas.vocabulary import Purpose

SECRET = b"what Primero shows us"
CREDENTIAL = b"gateway:what we show Primero"
RECORD = "0b9a7e7e-4f6d-4a4f-9d5e-6f3f0a6b1c2d"
ANOTHER = "1c9a7e7e-4f6d-4a4f-9d5e-6f3f0a6b1c2d"
CANARY = "Linnet-Canary"
SERVICE = {"service_type": "safehouse_service", "service_referral_notes": "accommodation.emergency"}
PATH = "/hooks/primero/from-primero"
KEY = {"x-api-key": SECRET.decode()}


@dataclass
class FakePrimero:
    """A Primero with one case, which it gives to the gateway's credential, or answers as a test says."""

    case: dict[str, Json] = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    silent: threading.Event | None = None
    busy: int = 0
    """So many times it answers 503 before it answers as it should."""
    asked: list[str] = field(default_factory=list)

    def answered(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.asked.append(handler.path)
        if self.silent is not None:
            self.silent.wait(5)
        shown = handler.headers["Authorization"] == f"Basic {base64.b64encode(CREDENTIAL).decode()}"
        body = self.raw if self.raw is not None else json.dumps({"data": self.case}).encode()
        busy, self.busy = self.busy > 0, max(self.busy - 1, 0)
        handler.send_response((503 if busy else self.status) if shown else 401)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **self.headers,
        }.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


class Handler(BaseHTTPRequestHandler):
    """Asks the Primero that stands behind the server now."""

    def do_GET(self) -> None:
        with suppress(ConnectionError):  # Whoever asked no longer waits.
            self.server.primero.answered(self)

    @override
    def log_message(self, *_: object) -> None:
        return


def her_case() -> dict[str, Json]:
    """Return the case of somebody who needs a place to stay."""
    return {
        "id": RECORD,
        "case_id_display": "case7",
        "name": CANARY,
        "sex": "female",
        "age": 31,
        "date_of_birth": "1999-02-01",
        "services_section": [
            {"service_type": "safehouse_service", "service_referral_notes": "accommodation.emergency"}
        ],
    }


class HookedWeb(Web):
    """An application with one hook, and the client it sends as."""

    port = 0

    def use(self, door: Door) -> None:
        self.client = SimpleNamespace(agency=POLICE, scopes=frozenset(Scope), rights=EVERY_RIGHT, enabled=True)
        place = destination(f"http://127.0.0.1:{self.port}", loopback=True)
        cases = PrimeroCases(place, CREDENTIAL)
        hook = Hook("from-primero", POLICE, f"{POLICE}-client", SHELTER, Purpose.ACCOMMODATION, SECRET, cases)
        clients = SimpleNamespace(client=lambda name: self.client if name == hook.client else None)
        self.hooks = Hooks(
            door.exchange, clients, Locks({hook.id: hook}, b"a key of this process"), FakeHints(self.line.book)
        )
        self.app = application(door, (router(door, self.hooks),), self.is_ready, _nothing, "1.2.3")

    def hint(
        self,
        path: str = PATH,
        body: bytes | dict[str, Json] | None = None,
        query: str = "",
        **headers: str | Sequence[str],
    ) -> Answer:
        """Call as Primero does."""
        own = {"data": {"record_id": RECORD, "record_type": "case", "hostname": CANARY, "age": 1.5}}
        return self.ask("POST", path, own if body is None else body, {**(headers or KEY)}, None, query)

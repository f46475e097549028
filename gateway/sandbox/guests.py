"""An agency's system in the sandbox: does over HTTP, with its own key, what the agency's real one would do."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.jwk import ECKey

from gateway.client.errors import NoAnswerError
from gateway.client.keys import Signer, SigningKey
from gateway.client.line import Line
from gateway.client.modes import SMART
from gateway.client.opening import Opener
from gateway.client.persistence import ONCE
from gateway.client.wanted import Wanted
from gateway.clock import SystemClock, SystemEntropy
from gateway.core.errors import OperatorError
from gateway.demo.client import Answer, System, text
from gateway.sandbox.place import Place, Resident
from gateway.sandbox.town import scopes_of

_PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Received:
    """One message as its recipient has it: opened, in the recipient's own format."""

    message: str
    agency: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Guest:
    """One agency, signed in."""

    place: Place
    resident: Resident
    system: System

    def fetched(self) -> list[Received]:
        """Fetch what waits and open it; acknowledge it, or it comes again when its lease ends."""
        leased = self.system.post("/v1/inbox/lease").objects("messages")
        return [
            Received(message, self.resident.id, text(one, "media_type"), self._opened(message, text(one, "body")))
            for one in leased
            for message in (text(one, "message"),)
        ]

    def acknowledge(self, message: str) -> Answer:
        """Say that it arrived."""
        return self.system.post(f"/v1/inbox/{message}/acknowledgement")

    def keep(self, received: Received) -> None:
        """Remember a message, to be looked at or handed on again."""
        folder = self.place.root / "received"
        folder.mkdir(mode=0o700, exist_ok=True)
        told = {
            "agency": received.agency,
            "media_type": received.media_type,
            "body": b64encode(received.body).decode(),
        }
        (folder / f"{received.message}.json").write_text(json.dumps(told))

    def _opened(self, message: str, body: str) -> bytes:
        written = b64decode(body)
        if not self.resident.sealing:
            return written
        private = X25519PrivateKey.from_private_bytes(bytes.fromhex(self.resident.sealing))
        opener = Opener(self.resident.id, (private,), (bytes.fromhex(self.place.message_key),))
        return opener.opened(written, message)


def smart_token(place: Place, agency: str) -> str:
    """Return a bearer token for an agency's SMART client. Raises OperatorError where it has none, or none answers."""
    resident = place.resident(agency)
    if not resident.smart:
        raise OperatorError("this agency speaks no FHIR, and so has no SMART client")
    signer = Signer(
        resident.smart, SigningKey.from_file(place.key_file(resident.smart)), SystemClock(), SystemEntropy()
    )
    with httpx.Client(trust_env=False, timeout=_PATIENCE) as http:
        try:
            return Line(place.url, signer, SMART, Wanted(), http, ONCE).sign_in()
        except NoAnswerError:
            raise _closed() from None


def _closed() -> OperatorError:
    return OperatorError("the sandbox does not answer; open it again")


@contextmanager
def entered(place: Place, agency: str) -> Iterator[Guest]:
    """Sign an agency's system in. Raises OperatorError when the sandbox does not answer any more."""
    resident = place.resident(agency)
    key = ECKey.import_key(json.loads(place.key_file(resident.client).read_text()))
    # Not by way of a proxy, whatever the environment says: this machine only.
    with httpx.Client(trust_env=False, timeout=_PATIENCE) as http:
        system = System(resident.client, key, scopes_of(agency), place.url, http, SystemClock(), SystemEntropy())
        try:
            system.sign_in()
        except httpx.TransportError:
            raise _closed() from None
        yield Guest(place, resident, system)


def kept(place: Place, message: str) -> Received:
    """Return a message that `listen` or `trigger` received. Raises OperatorError."""
    file = place.root / "received" / f"{message}.json"
    if not message.isalnum() or not file.is_file():
        raise OperatorError("no message of that id was received here")
    told = json.loads(file.read_text())
    return Received(message, told["agency"], told["media_type"], b64decode(told["body"]))


def latest(place: Place, agency: str) -> Received:
    """Return the newest message that agency received. Raises OperatorError."""
    files = sorted((place.root / "received").glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    found = next((one for one in (kept(place, file.stem) for file in files) if one.agency == agency), None)
    if found is None:
        raise OperatorError("this agency received nothing yet; trigger a referral to it, then listen")
    return found

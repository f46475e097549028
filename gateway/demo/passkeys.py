"""A passkey in software, for people who do not exist: as an authenticator and a browser would make and show it.

An authenticator of a real officer keeps its key to itself and asks for a finger or a PIN. This one lives in the
demonstration's own process, says that it asked, and ends with it; no real gateway ever hands out an invitation to it.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

from gateway.core.encoding import base64url, unbase64
from gateway.demo.client import text
from schemas.documents import Document, Json

_PRESENT_AND_VERIFIED: Final = 0x05
_ATTESTED: Final = 0x40
_COORDINATE: Final = 32
_ES256: Final = -7


@dataclass(slots=True)
class SoftwarePasskey:
    """One ES256 passkey at one origin (WebAuthn Level 2, section 6). `id` is 32 random bytes."""

    origin: str
    id: bytes
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False)
    uses: int = 0
    handle: bytes = b""

    def make(self, options: Document) -> Document:
        """Answer navigator.credentials.create() with these options."""
        self.handle = unbase64(text(_inner(options, "user"), "id"))
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(_COORDINATE, "big"), point.y.to_bytes(_COORDINATE, "big")
        public = encode_cbor({1: 2, 3: _ES256, -1: 1, -2: x, -3: y})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(text(_inner(options, "rp"), "id"), _ATTESTED) + attested
        said = self._client("webauthn.create", text(options, "challenge"))
        made = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential({"clientDataJSON": base64url(said), "attestationObject": base64url(made)})

    def show(self, options: Document) -> Document:
        """Answer navigator.credentials.get() with these options."""
        self.uses += 1
        data = self._data(text(options, "rpId"), 0)
        said = self._client("webauthn.get", text(options, "challenge"))
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            {
                "clientDataJSON": base64url(said),
                "authenticatorData": base64url(data),
                "signature": base64url(signature),
                "userHandle": base64url(self.handle),
            }
        )

    def _data(self, name: str, flags: int) -> bytes:
        """Return authenticator data: whose name it is for, what was looked at, how often it was used."""
        flags |= _PRESENT_AND_VERIFIED
        return hashlib.sha256(name.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _credential(self, response: Document) -> Document:
        own = base64url(self.id)
        return {"id": own, "rawId": own, "type": "public-key", "response": response}


def _inner(document: Document, name: str) -> dict[str, Json]:
    member = document[name]
    return member if isinstance(member, dict) else {}

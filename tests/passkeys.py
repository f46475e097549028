"""A small authenticator of our own: it makes and shows ES256 passkeys as a browser would send them.

Every part of what it says can be made wrong on purpose.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from secrets import token_bytes

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read(written: str) -> bytes:
    """Read what `text` wrote."""
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))


@dataclass
class Authenticator:
    """One passkey in one browser at `origin`. `counts` says whether it counts its uses; `verifies`, whether it asks."""

    origin: str = "http://localhost:8470"
    counts: bool = True
    verifies: bool = True
    cross_origin: bool = False
    rp_id: str | None = None
    id: bytes = field(default_factory=lambda: token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    uses: int = 0
    handle: bytes = b""

    def make(self, options: dict, **changes: object) -> dict:
        """Answer navigator.credentials.create() with these options."""
        self.handle = read(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + cose
        data = self._data(options["rp"]["id"], ATTESTED) + attested
        said = self._client("webauthn.create", options["challenge"], changes)
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential({"clientDataJSON": text(said), "attestationObject": text(made)})

    def show(self, options: dict, **changes: object) -> dict:
        """Answer navigator.credentials.get() with these options."""
        self.uses += self.counts
        data = self._data(options["rpId"], 0)
        said = self._client("webauthn.get", options["challenge"], changes)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": text(said),
            "authenticatorData": text(data),
            "signature": text(signature),
            "userHandle": text(self.handle),
        }
        return self._credential(response)

    def _data(self, rp_id: str, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        name = hashlib.sha256((self.rp_id or rp_id).encode()).digest()
        return name + bytes([flags]) + self.uses.to_bytes(4)

    def _client(self, kind: str, challenge: str, changes: dict[str, object]) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(said | changes).encode()

    def _credential(self, response: dict) -> dict:
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response}

"""How roots look on disk: JSON around AES-256-GCM under scrypt of the operator's secret. Pure; `files` writes it.

    {"format":"referral-gateway/keyring","version":1,"since":{ring:day},"kdf":"scrypt n=32768 r=8 p=3","salt":hex,
     "cipher":"AES-256-GCM","nonce":hex,"sealed":hex}

"since" is the day each ring's current epoch began, so that its age can be told without the secret. Everything but
"sealed" is associated data. The cost is fixed by the version and not read from the file, so that an
altered file cannot ask for more memory; 32 MiB and about a quarter of a second, the OWASP setting for small machines.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gateway.core.crypto.keys import Ring
from gateway.core.errors import OperatorError
from gateway.keyring.software import Roots

Entropy = Callable[[int], bytes]
"""Gives so many random bytes; handed in, because only gateway.clock may ask the system for them."""

SHORTEST_SECRET: Final = 16
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_COST_N, _COST_R, _COST_P = 2**15, 8, 3


@dataclass(frozen=True, slots=True)
class Envelope:
    """A key ring file, taken apart. Nothing is proven until `open` returns."""

    salt: bytes
    nonce: bytes
    sealed: bytes
    since: Mapping[Ring, date]

    @classmethod
    def seal(
        cls, roots: Roots, secret: bytes, entropy: Entropy, since: Mapping[Ring, date] | None = None
    ) -> "Envelope":
        """Seal roots under the secret with a fresh salt and nonce."""
        unsealed = cls(entropy(_SALT_BYTES), entropy(_NONCE_BYTES), b"", since or {})
        cipher = AESGCM(stretch(secret, unsealed.salt))
        return replace(unsealed, sealed=cipher.encrypt(unsealed.nonce, _encode(roots), unsealed._header()))

    @classmethod
    def parse(cls, document: bytes) -> "Envelope":
        """Take a file apart. Raises OperatorError unless it is byte for byte what `to_bytes` writes."""
        try:
            members = json.loads(document)
            since = {Ring(ring): date.fromisoformat(day) for ring, day in members["since"].items()}
            salt, nonce, sealed = (bytes.fromhex(members[name]) for name in ("salt", "nonce", "sealed"))
            envelope = cls(salt, nonce, sealed, since)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise _not_ours() from None
        if envelope.to_bytes() != document:
            raise _not_ours()
        return envelope

    def to_bytes(self) -> bytes:
        """Return the file: one line of JSON."""
        return json.dumps(self._members() | {"sealed": self.sealed.hex()}, separators=(",", ":")).encode() + b"\n"

    def open(self, key: bytes) -> Roots:
        """Give back the roots. Raises OperatorError for the wrong (stretched) secret and for altered bytes alike."""
        try:
            return _decode(AESGCM(key).decrypt(self.nonce, self.sealed, self._header()))
        except (InvalidTag, ValueError, LookupError):
            raise OperatorError("the key ring does not open: wrong secret, or altered file") from None

    def _members(self) -> dict[str, object]:
        return {
            "format": "referral-gateway/keyring",
            "version": 1,
            "since": {ring.value: self.since[ring].isoformat() for ring in Ring if ring in self.since},
            "kdf": f"scrypt n={_COST_N} r={_COST_R} p={_COST_P}",
            "salt": self.salt.hex(),
            "cipher": "AES-256-GCM",
            "nonce": self.nonce.hex(),
        }

    def _header(self) -> bytes:
        return json.dumps(self._members(), separators=(",", ":")).encode()


def stretch(secret: bytes, salt: bytes) -> bytes:
    """Derive the file key by scrypt (RFC 7914). A line end is no part of the secret, so a file and a variable agree.

    Raises OperatorError for a secret under 16 bytes.
    """
    return Scrypt(salt, 32, _COST_N, _COST_R, _COST_P).derive(long_enough(secret))


def long_enough(secret: bytes) -> bytes:
    """Return a secret without its line end. Raises OperatorError for one under 16 bytes."""
    secret = secret.rstrip(b"\r\n")
    if len(secret) < SHORTEST_SECRET:
        raise OperatorError("the secret of the key ring is shorter than 16 bytes")
    return secret


def _not_ours() -> OperatorError:
    return OperatorError("not a key ring file of this version, or altered")


def _encode(roots: Roots) -> bytes:
    plain = {ring.value: {str(epoch): root.hex() for epoch, root in roots[ring].items()} for ring in Ring}
    return json.dumps(plain, separators=(",", ":")).encode()


def _decode(plain: bytes) -> Roots:
    rings: dict[str, dict[str, str]] = json.loads(plain)
    return {ring: {int(epoch): bytes.fromhex(root) for epoch, root in rings[ring.value].items()} for ring in Ring}

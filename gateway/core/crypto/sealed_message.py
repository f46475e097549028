r"""What a sealed message is bound to, and how it looks on the wire; `gateway.core.crypto.sealing` makes and opens it.

    info      = "referral-gateway/sealed/1" LF recipient LF key id LF message id LF schema        (ASCII, no LF inside)
    box       = enc || ciphertext and tag                       plaintext = document, 0x80, zeros (`padding`)
                enc is 32 bytes for `hpke-x25519` and 1120 for `hpke-mlkem768-x25519`
                for `jwe-p256` the box is a JWE in compact form, whose apv is the SHA-256 of info (gateway.core.boxes)
    signature = Ed25519 over info LF box
    wire      = {"v":1,"to":key id,"id":message id,"schema":…,"by":signer's key id,"box":base64url,"sig":base64url}

The wire form is compact ASCII JSON with the members in this order. It does not name the recipient: who opens it puts
its own agency id into `info`, so a message meant for somebody else does not open. With `cryptography` alone:

    m = json.loads(wire)
    box, sig = (urlsafe_b64decode(m[part] + "==") for part in ("box", "sig"))
    info = "\n".join(("referral-gateway/sealed/1", MY_AGENCY_ID, m["to"], m["id"], m["schema"])).encode()
    Ed25519PublicKey.from_public_bytes(PINNED_GATEWAY_KEY).verify(sig, info + b"\n" + box)
    padded = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM).decrypt(box, MY_PRIVATE_KEY, info)
    document = padded.rstrip(b"\0")[:-1]

Nothing here may carry a value from the document: whatever stands on the wire is readable to whoever stores it.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final, Literal

from gateway.core.errors import Defect, RecipientError

_LABEL: Final = "referral-gateway/sealed/1"
_NOTICE: Final = b"referral-gateway/notice/1"
_VERSION: Final = 1
# printable, without space, quote and backslash: nothing that LF framing or JSON would have to escape
_NAME: Final = re.compile(r"[!#-\[\]-~]{1,200}")


@dataclass(frozen=True, slots=True)
class SealContext:
    """What a sealed message is bound to; opening with any of the four changed fails."""

    recipient: str
    """Agency id of the recipient; not on the wire."""
    key_id: str
    """Which of the recipient's registered keys."""
    message_id: str
    """Random and recipient-scoped (`gateway.core.crypto.pseudonyms.message_id`)."""
    schema: str
    """Name and version of the schema or format that the document follows."""

    def info(self) -> bytes:
        """HPKE info. Raises Defect when a part is empty, too long, or not plain printable ASCII."""
        parts = (self.recipient, self.key_id, self.message_id, self.schema)
        if not all(_NAME.fullmatch(part) for part in parts):
            raise Defect("every part of a seal context is 1 to 200 printable ASCII characters")
        return "\n".join((_LABEL, *parts)).encode()


@dataclass(frozen=True, slots=True)
class SealedMessage:
    """What leaves the gateway for one recipient; the module says how it looks on the wire."""

    key_id: str
    message_id: str
    schema: str
    signer: str
    """Key id (RFC 7638) of the gateway key that signed."""
    box: bytes
    """HPKE encapsulated key, ciphertext and tag."""
    signature: bytes

    def context(self, recipient: str) -> SealContext:
        """Return the context this message claims, if it was meant for `recipient`."""
        return SealContext(recipient, self.key_id, self.message_id, self.schema)

    def to_bytes(self) -> bytes:
        """Wire form. Its length depends on the size class and the ids, not on the document."""
        names = {"v": _VERSION, "to": self.key_id, "id": self.message_id, "schema": self.schema, "by": self.signer}
        opening = json.dumps(names, separators=(",", ":"))[:-1]
        # base64url needs no escaping: joined by hand, because json.dumps would look at every character of the box
        return f'{opening},"box":"{_base64url(self.box)}","sig":"{_base64url(self.signature)}"}}'.encode()

    @classmethod
    def from_bytes(cls, wire: bytes) -> "SealedMessage":
        """Read the wire form. Raises RecipientError unless these are exactly the bytes that `to_bytes` writes."""
        try:
            members: dict[str, str] = json.loads(wire)
            message = cls(
                key_id=_name(members["to"]),
                message_id=_name(members["id"]),
                schema=_name(members["schema"]),
                signer=_name(members["by"]),
                box=urlsafe_b64decode(members["box"] + "=="),
                signature=urlsafe_b64decode(members["sig"] + "=="),
            )
        except (ValueError, LookupError, TypeError, RecursionError):
            raise _not_ours() from None
        # one spelling only: no second wire form of the same message, no unknown member, no other version
        if message.to_bytes() != wire:
            raise _not_ours()
        return message


def notice_bytes(recipient: str, notice: str, body: bytes) -> bytes:
    """Return what the signature of an unsealed notice is over: a label, the recipient's and the notice's id, the body.

    Joined with LF.
    """
    return b"\n".join((_NOTICE, recipient.encode(), notice.encode(), body))


@lru_cache(maxsize=64)
def key_id(curve: Literal["Ed25519", "X25519"], public_key: bytes) -> str:
    """JWK thumbprint (RFC 7638, RFC 8037 2) of a public key: 43 characters, which people also compare by telephone."""
    jwk = f'{{"crv":"{curve}","kty":"OKP","x":"{_base64url(public_key)}"}}'
    return _base64url(sha256(jwk.encode()).digest())


def _name(member: str) -> str:
    # TypeError for what JSON made something else than text of
    if not _NAME.fullmatch(member):
        raise ValueError
    return member


def _not_ours() -> RecipientError:
    return RecipientError("not a sealed message of this version")


def _base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()

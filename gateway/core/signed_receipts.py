"""A recipient's own signature under "I have it": checked against its registration, and kept as evidence.

A receipt is a compact JWS (RFC 7515) with `EdDSA` and a key of the agency's registration, type `gx-receipt+jws`, over
`{"message": ..., "recipient": ...}`: that this agency has this message, and nothing of what stands in it. The log says
which key signed and commits to the bytes; the bytes themselves lie under her data key and go when she is erased.
"""

import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adapters.sdk.errors import UnsupportedError
from gateway.core.crypto.commitments import Committed
from gateway.core.crypto.sealing import NONCE_BYTES, Place, seal_at_rest
from gateway.core.encoding import unbase64
from gateway.core.known import Whose
from gateway.core.log.leaves import PersonSecret, sealed_leaf
from gateway.core.ports import Clock, Entropy, PersonKeys
from gateway.core.records.receipt_rows import SignedReceiptRow
from gateway.core.stages import SealedLeaf
from schemas.documents import Json

LONGEST: Final = 2048
TYPE: Final = "gx-receipt+jws"
_ALGORITHMS: Final = frozenset({"EdDSA", "Ed25519"})  # RFC 8037, and its successor RFC 9864.
_PARTS: Final = 3


class ReceiptBook(Protocol):
    """What a receipt is held against."""

    def whose(self, message: str) -> Whose | None:
        """Return whom a message is about."""
        ...

    def signing_keys(self, agency: str) -> Mapping[str, bytes]:
        """Return an agency's registered Ed25519 keys, raw, by their ids."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that holds: the leaf that says so, and the row that keeps it."""

    leaf: SealedLeaf
    row: SignedReceiptRow


@dataclass(frozen=True, slots=True)
class Receipts:
    """Checks receipts."""

    book: ReceiptBook
    person_keys: PersonKeys
    clock: Clock
    entropy: Entropy

    def checked(self, agency: str, message: str, receipt: str) -> Receipt | None:
        """Return what is written down about it; None where there is no such message.

        Raises UnsupportedError for a receipt that is not this agency's about this message.
        """
        key = verified(receipt, agency, message, self.book.signing_keys(agency))
        whose = self.book.whose(message)
        if whose is None:
            return None
        secret, written = PersonSecret(whose.person, self.person_keys.of(whose.person)), receipt.encode()
        leaf = sealed_leaf(
            self.entropy,
            "disclosure.delivered",
            self.clock.now(),
            {"recipient": agency, "signed_by": key},
            {"receipt": (Committed.RECEIPT, written)},
            secret,
        )
        place = Place("signed_receipt", "sealed", message.encode(), 1)
        sealed = seal_at_rest(secret.data_key, place, written, self.entropy.bytes(NONCE_BYTES))
        return Receipt(leaf, SignedReceiptRow(message, whose.person, leaf.event, sealed))


def verified(receipt: str, agency: str, message: str, keys: Mapping[str, bytes]) -> str:
    """Return the id of the key that signed. Raises UnsupportedError: every fault alike names only the rule."""
    parts = receipt.split(".")
    if len(parts) != _PARTS or len(receipt) > LONGEST:
        raise UnsupportedError("/receipt", "jws")
    header, payload = (_members(part) for part in parts[:2])
    algorithm, named = header.get("alg"), header.keys() == {"alg", "kid", "typ"}
    if not (named and isinstance(algorithm, str) and algorithm in _ALGORITHMS and header["typ"] == TYPE):
        raise UnsupportedError("/receipt", "header")
    key = header["kid"]
    public = keys.get(key) if isinstance(key, str) else None
    if public is None or not isinstance(key, str):
        raise UnsupportedError("/receipt", "key")
    try:
        signed = f"{parts[0]}.{parts[1]}".encode("ascii")
        Ed25519PublicKey.from_public_bytes(public).verify(unbase64(parts[2]), signed)
    except (InvalidSignature, ValueError):
        raise UnsupportedError("/receipt", "signature") from None
    if payload != {"message": message, "recipient": agency}:
        raise UnsupportedError("/receipt", "about_another")
    return key


def _members(part: str) -> Mapping[str, Json]:
    try:
        value = json.loads(unbase64(part))
    except (ValueError, binascii.Error, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UnsupportedError("/receipt", "jws")
    return value

"""Commitments in ledger leaves: they prove which bytes a leaf speaks of, and say nothing once the leaf key is gone.

Every leaf has its own random key, kept in a deletable table under the person's data key. Never hash personal content
without a key: names and places are few enough to be tried. An auditor given a leaf key needs only Python's `hmac`:
HMAC-SHA-256(leaf key, "referral-gateway/commitment/1" NUL label NUL message).
"""

import hmac
from enum import StrEnum, unique

from gateway.core.crypto.keys import KEY_BYTES
from gateway.core.errors import Defect

_FRAME = b"referral-gateway/commitment/1\0"


@unique
class Committed(StrEnum):
    """What a commitment speaks of; the label keeps equal bytes in two roles apart."""

    INBOUND = "inbound"
    """The bytes exactly as an agency sent them, before parsing: a re-serialised document has others."""
    OUTBOUND = "outbound"
    """The bytes rendered for the recipient, before padding and sealing."""
    RECORD = "record"
    """The canonical bytes of a consent, override, notice or other recorded event."""
    RECEIPT = "receipt"
    """The bytes of a recipient's signed receipt or answer."""


def commitment(leaf_key: bytes, label: Committed, message: bytes) -> bytes:
    """HMAC-SHA-256, 32 bytes. Raises Defect unless the leaf key is 32 bytes."""
    if len(leaf_key) != KEY_BYTES:
        raise Defect("a leaf key is 32 random bytes")
    return hmac.digest(leaf_key, _FRAME + label.encode() + b"\0" + message, "sha256")

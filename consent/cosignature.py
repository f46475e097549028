"""What a witness says of a checkpoint: C2SP tlog-cosignature, `cosignature/v1` with Ed25519 keys of type 0x04.

A witness remembers the newest tree it has seen and signs only what continues it, so no two parties can be shown two
logs while one honest witness stands between. Like `consent.checkpoint` this holds no private key: signing is a function
that the caller brings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from consent import ed25519
from consent.checkpoint import Checkpoint, NoteKey, NoteSignature, own_signatures, parse_note
from consent.errors import Fault, SignatureError

__all__ = ["WitnessKey", "cosignature", "cosigned_at", "witnessed"]

_TIMESTAMP_BYTES = 8
_LATEST = 253_402_300_799  # The last second that a calendar of four digits has.


@dataclass(frozen=True, slots=True)
class WitnessKey(NoteKey):
    """The key of a witness: it signs a moment and the body, never a body alone."""

    type: ClassVar[bytes] = b"\x04"


def cosignature(checkpoint: Checkpoint, key: WitnessKey, at: int, sign: Callable[[bytes], bytes]) -> NoteSignature:
    """Make the signature line of a witness for the moment `at`, in whole seconds since 1970.

    The caller must have seen that the checkpoint continues the newest one it cosigned, and have kept it before.
    """
    signature = sign(_message(checkpoint.body, at))
    if len(signature) != ed25519.SIGNATURE_BYTES:
        raise SignatureError(Fault.SIGNATURE_LENGTH)
    return NoteSignature(key.name, key.key_id, at.to_bytes(_TIMESTAMP_BYTES, "big") + signature)


def cosigned_at(text: str, key: WitnessKey) -> datetime:
    """Return the newest moment at which this witness vouched for a checkpoint.

    Raises `SignatureError` where it did not sign, or signed wrongly even once; `UnreadableRecordError` for the form.
    """
    note = parse_note(text)
    return max(_tried(note.body, one.signature, key) for one in own_signatures(note, key))


def witnessed(text: str, keys: Sequence[WitnessKey], quorum: int) -> None:
    """Check that at least `quorum` of these witnesses vouch for a checkpoint; raise `SignatureError` for fewer.

    One key is one witness, under however many names it is given.
    """
    vouching: set[bytes] = set()
    for key in keys:
        try:
            cosigned_at(text, key)
        except SignatureError:
            continue  # One who is away is what a quorum is for; a wrong signature counts for as much as none.
        vouching.add(key.public_key)
    if len(vouching) < quorum:
        raise SignatureError(Fault.WITNESSES_MISSING)


def _tried(body: str, signature: bytes, key: WitnessKey) -> datetime:
    if len(signature) != _TIMESTAMP_BYTES + ed25519.SIGNATURE_BYTES:
        raise SignatureError(Fault.SIGNATURE_LENGTH)
    at = int.from_bytes(signature[:_TIMESTAMP_BYTES], "big")
    ed25519.verify(key.public_key, _message(body, at), signature[_TIMESTAMP_BYTES:])
    if at > _LATEST:
        raise SignatureError(Fault.COSIGNED_NEVER)
    return datetime.fromtimestamp(at, UTC)


def _message(body: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{body}".encode()

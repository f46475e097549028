"""The KeyRing port: what the gateway does with long-lived keys, and never the keys themselves.

Each operation is one that PKCS#11 or a cloud KMS can do inside (HMAC, wrap, sign), so that nothing outside the ring
ever holds a long-lived key. The one exception is the access-token signing key, which joserfc must hold in the process.

Every ring derives alike, or pseudonyms would change when an installation moves from a file to a device:
key(use, context, epoch) = HKDF-Expand-SHA-256 (RFC 5869 2.3) of root(use.ring, epoch) with `derivation_info`, 32 bytes.
A root is 256 uniform bits, so the extract step is left out (RFC 5869 3.3); expand for 32 bytes is then one HMAC, which
every device offers.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum, unique
from typing import Protocol, Self

from gateway.core.errors import OperatorError

_LABEL = b"referral-gateway/key/1"
KEY_BYTES = 32
PERSON_ID_BYTES = 16


@unique
class Ring(StrEnum):
    """Roots that share no secret: each is made, rotated and lost on its own."""

    PERSON = "person"
    """Whatever names people or finds them, and what must open years later: its epoch stays (ADR 0061)."""
    DATA = "data"
    """What wraps people's data keys and does nothing else, so that it can be rotated and nobody gets another name."""
    LEDGER = "ledger"
    """What the gateway vouches for to outsiders: checkpoints and sealed messages."""
    TOKENS = "tokens"
    """What lives for minutes: access tokens, nonces, cursors, sessions. Rotating it hurts nobody."""


@unique
class Operation(StrEnum):
    """What a key may be asked to do; a key made for one operation is never used for another."""

    MAC = "mac"
    """HMAC-SHA-256 (RFC 2104)."""
    WRAP = "wrap"
    """AES key wrap (RFC 3394) of another key."""
    SIGN = "sign"
    """Ed25519 signature (RFC 8032)."""
    EXPORT = "export"
    """Handed out to be used in the process; the access-token key only."""


@unique
class KeyUse(StrEnum):
    """Every use of a long-lived key, with the ring it hangs on, the operation it allows and a sentence for people."""

    ring: Ring
    operation: Operation
    sentence: str

    PSEUDONYM = "pseudonym", Ring.PERSON, Operation.MAC, "Names a person to one recipient in one epoch."
    BLIND_INDEX = "blind_index", Ring.PERSON, Operation.MAC, "Finds a sealed value by equality; context: table.column."
    CODE = "code", Ring.PERSON, Operation.MAC, "Recognises a receipt or introduction code without keeping it."
    IDEMPOTENCY = "idempotency", Ring.PERSON, Operation.MAC, "Tells whether a repeated request carries the same bytes."
    PREVIEW = "preview", Ring.PERSON, Operation.MAC, "Tells whether what is sent is what was previewed."
    ETAG = "etag", Ring.PERSON, Operation.MAC, "Tells a client whether a resource changed; context: both."
    DATA_KEY = "data_key", Ring.DATA, Operation.WRAP, "Wraps the data key of one person; context: person id."
    CHECKPOINT = "checkpoint", Ring.LEDGER, Operation.SIGN, "Signs the state of the ledger for witnesses."
    MESSAGE = "message", Ring.LEDGER, Operation.SIGN, "Proves to a recipient that this gateway sealed a message."
    CREDENTIAL = "credential", Ring.PERSON, Operation.MAC, "Seals what opens an agency's own system; context: agency."
    ACCESS_TOKEN = "access_token", Ring.TOKENS, Operation.EXPORT, "Signs access tokens (ES256)."
    DPOP_NONCE = "dpop_nonce", Ring.TOKENS, Operation.MAC, "Proves that a DPoP nonce is ours (RFC 9449 8)."
    CURSOR = "cursor", Ring.TOKENS, Operation.MAC, "Proves that a page cursor is ours; context: client, collection."
    SESSION = "session", Ring.TOKENS, Operation.MAC, "Proves that a console session and its form tokens are ours."
    WEBHOOK = "webhook", Ring.TOKENS, Operation.MAC, "Gives each recipient its own webhook secret; context: recipient."

    def __new__(cls, value: str, ring: Ring, operation: Operation, sentence: str) -> Self:
        """Keep ring, operation and sentence beside the value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.ring = ring
        member.operation = operation
        member.sentence = sentence
        return member


def derivation_info(use: KeyUse, context: bytes) -> bytes:
    """HKDF info of one derived key: a use holds no NUL and the context comes last, so no two inputs meet."""
    return b"\0".join((_LABEL, use.ring.encode(), use.encode(), context))


_WRAP_VERSION = b"\x01"
_EPOCH_BYTES = 4
WRAPPED_BYTES = 1 + _EPOCH_BYTES + KEY_BYTES + 8
"""Length of a wrapped data key: version, epoch, RFC 3394."""


def wrapped_prefix(epoch: int) -> bytes:
    """Return how every data key begins that this epoch wrapped; later epochs begin with what is greater."""
    return _WRAP_VERSION + epoch.to_bytes(_EPOCH_BYTES)


def wrapped_epoch(wrapped: bytes) -> int:
    """Return the epoch that wrapped a data key. Raises OperatorError for what is none of this version."""
    if len(wrapped) != WRAPPED_BYTES or wrapped[:1] != _WRAP_VERSION:
        raise OperatorError("not a wrapped data key of this version")
    return int.from_bytes(wrapped[1 : 1 + _EPOCH_BYTES])


class MacKeys(Protocol):
    """Keyed digests; the part of the ring that pseudonyms, indexes and nonces need."""

    def mac(self, use: KeyUse, context: bytes, message: bytes, epoch: int | None = None) -> bytes:
        """HMAC-SHA-256, 32 bytes, under the key of (use, context) in `epoch`; default: the current one of `use.ring`.

        Raises Defect for a use that is not a MAC, OperatorError for an epoch the ring does not hold.
        """
        ...


class MessageSigner(Protocol):
    """Signs what recipients receive; the part of the ring that sealing needs."""

    def sign_message(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes, under the current message key."""
        ...

    def message_public_key(self, epoch: int | None = None) -> bytes:
        """Ed25519 public key, 32 raw bytes; recipients pin it from the signed agreement."""
        ...


class DataKeys(Protocol):
    """Wraps the data keys of people: readable only for moments in memory, wrapped in the store."""

    def wrap_data_key(self, person_id: bytes, key: bytes) -> bytes:
        """Wrap a 32-byte data key for this person only; equal inputs give equal bytes within one epoch."""
        ...

    def unwrap_data_key(self, person_id: bytes, wrapped: bytes) -> bytes:
        """Give back the data key.

        Raises OperatorError when the bytes were altered, belong to another person, or their epoch is gone.
        """
        ...

    def rewrap_data_key(self, person_id: bytes, wrapped: bytes) -> bytes:
        """Wrap under the current epoch what an older one wrapped.

        What is current already is returned as it is, so that an interrupted run can start again from the beginning.
        """
        ...


class LedgerKeys(Protocol):
    """Signs the ledger."""

    def sign_checkpoint(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes, under the current checkpoint key."""
        ...

    def checkpoint_public_key(self, epoch: int | None = None) -> bytes:
        """Ed25519 public key, 32 raw bytes, of the current or a named ledger epoch."""
        ...


class TokenKeys(Protocol):
    """The only private key that leaves a ring, for gateway/oauth alone."""

    def token_signing_key(self, epoch: int | None = None, number: int = 0) -> bytes:
        """P-256 private key for ES256 as PKCS#8 PEM, of that number (`gateway.core.rotation.signing_keys`)."""
        ...


class KeyRing(MacKeys, MessageSigner, DataKeys, LedgerKeys, TokenKeys, Protocol):
    """All of the above; doors should ask for the part they need."""

    def epoch(self, ring: Ring = Ring.PERSON) -> int:
        """Return the current epoch of a ring: the highest one. Counts from 1."""
        ...

    def epochs(self, ring: Ring = Ring.PERSON) -> tuple[int, ...]:
        """Return every epoch the ring still holds, ascending; the last is current."""
        ...


class KeptRing(KeyRing, Protocol):
    """A key ring as whoever runs the gateway keeps it: epochs begin and end."""

    def rotate(self, ring: Ring, on: date) -> int:
        """Begin a new epoch, durably, and return its number; older ones open and verify until retired.

        Raises OperatorError when it could not be kept.
        """
        ...

    def retire(self, ring: Ring, epoch: int) -> None:
        """Destroy an older epoch for good. Raises OperatorError for the current one and for one that is not held."""
        ...

    def since(self) -> Mapping[Ring, date]:
        """Return the day each ring's current epoch began, where that is known."""
        ...

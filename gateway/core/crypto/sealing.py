"""Authenticated encryption: at rest under a person's data key, and to a recipient under the recipient's public key.

At rest: AES-256-GCM with the place of the value as associated data, so that a value copied to another person, column or
version does not open. To a recipient: HPKE base mode, single shot (RFC 9180: DHKEM X25519, HKDF-SHA-256, AES-256-GCM),
or what else its registered key says (`gateway.core.boxes`). The library takes no associated data there, so the context
is bound through `info`; base mode does not authenticate the sender, so the gateway signs outside (Ed25519).
`gateway.core.crypto.sealed_message` gives the bytes and how to open them.

Never seal to a recipient without padding, and never open before the signature is verified.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.core.boxes import PrivateKey, Sealing, boxed, unboxed
from gateway.core.crypto.keys import KEY_BYTES, MessageSigner
from gateway.core.crypto.padding import fill, pad, unfill, unpad
from gateway.core.crypto.sealed_message import SealContext, SealedMessage, key_id
from gateway.core.errors import Defect, OperatorError, RecipientError

NONCE_BYTES = 12
_LENGTH_SHOWS: Final = b"\x01"
_FILLED: Final = b"\x02"
_AT_REST_LABELS: Final = {_LENGTH_SHOWS: "referral-gateway/at-rest/1", _FILLED: "referral-gateway/at-rest/2"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies at rest; it opens there and nowhere else."""

    table: str
    column: str
    subject: bytes
    """The id of the row or person the value is about."""
    version: int
    """The version of the value: an older one put back into a newer row does not open."""

    def associated_data(self, label: str) -> bytes:
        """Bytes that no other place has: names hold no NUL, the subject comes last. Raises Defect for other names."""
        if not (self.table.isidentifier() and self.column.isidentifier()):
            raise Defect("a table and a column are named by identifiers")
        return "\0".join((label, self.table, self.column, str(self.version), "")).encode() + self.subject


def seal_at_rest(data_key: bytes, place: Place, plaintext: bytes, nonce: bytes, *, length_shows: bool = False) -> bytes:
    """Seal under a 32-byte data key: version byte, nonce, ciphertext, tag; 29 bytes longer than what is sealed.

    That is filled up (`padding.fill`), for the length of a name or of a reason says something about it, unless
    `length_shows`: for values of a length that everybody knows. `nonce` is 12 fresh random bytes: the same nonce twice
    under one data key gives the plaintext away. Raises Defect for a key or nonce of another length.
    """
    if len(nonce) != NONCE_BYTES:
        raise Defect("a nonce at rest is 12 random bytes")
    version, value = (_LENGTH_SHOWS, plaintext) if length_shows else (_FILLED, fill(plaintext))
    where = place.associated_data(_AT_REST_LABELS[version])
    return version + nonce + _cipher(data_key).encrypt(nonce, value, where)


def open_at_rest(data_key: bytes, place: Place, sealed: bytes) -> bytes:
    """Give back the plaintext.

    Raises OperatorError when the bytes were altered, come from another place, or were sealed under another key.
    """
    version, nonce, ciphertext = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    label = _AT_REST_LABELS.get(version)
    if label is None:
        raise OperatorError("not a sealed value of this version")
    cipher, where = _cipher(data_key), place.associated_data(label)
    try:
        value = cipher.decrypt(nonce, ciphertext, where)
        return unfill(value) if version == _FILLED else value
    except (InvalidTag, ValueError):
        raise OperatorError("a sealed value does not open at its place") from None


def _cipher(data_key: bytes) -> AESGCM:
    if len(data_key) != KEY_BYTES:
        raise Defect("a data key is 32 random bytes")
    return AESGCM(data_key)


def seal_to(
    public_key: bytes, context: SealContext, document: bytes, signer: MessageSigner, how: Sealing = Sealing.HPKE
) -> SealedMessage:
    """Pad, seal to a recipient's public key in the way it is registered for, and sign.

    Raises RecipientError for a key that cannot be sealed to, Defect for a malformed context.
    """
    info = context.info()
    box = boxed(how, public_key, pad(document), info)
    return SealedMessage(
        key_id=context.key_id,
        message_id=context.message_id,
        schema=context.schema,
        signer=key_id("Ed25519", signer.message_public_key()),
        box=box,
        signature=signer.sign_message(info + b"\n" + box),
    )


def open_from(private_key: PrivateKey, gateway_public_key: bytes, recipient: str, message: SealedMessage) -> bytes:
    """Verify, open and unpad, as a recipient does: for tests, the demo and client software. The gateway opens none.

    `gateway_public_key` is the pinned one, 32 bytes, never one that travelled with the message.
    Raises RecipientError for every fault alike: an opener must not tell an attacker how far he came.
    """
    try:
        info = message.context(recipient).info()
        _verify(gateway_public_key, message, info)
        return unpad(unboxed(private_key, message.box, info))
    except (Defect, RecipientError, InvalidSignature, ValueError):
        raise RecipientError(
            "the sealed message does not open: not for this recipient, not from this gateway, or altered"
        ) from None


def _verify(gateway_public_key: bytes, message: SealedMessage, info: bytes) -> None:
    # the signer's id is not under the signature: it only says which key to look for, so it must name the one used
    if message.signer != key_id("Ed25519", gateway_public_key):
        raise InvalidSignature
    Ed25519PublicKey.from_public_bytes(gateway_public_key).verify(message.signature, info + b"\n" + message.box)

"""Opens what was sealed to this agency, and checks what the gateway signed; with keys that were pinned beforehand."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.client.attachments import Attachment, require_named
from gateway.client.errors import UnprovenError
from gateway.core.boxes import PrivateKey
from gateway.core.crypto.sealed_file import open_file
from gateway.core.crypto.sealed_message import SealedMessage, key_id, notice_bytes
from gateway.core.crypto.sealed_narrative import opened_accounts
from gateway.core.crypto.sealing import open_from
from gateway.core.errors import RecipientError


@dataclass(frozen=True, slots=True)
class Opener:
    """What a recipient holds: its own agency id and private keys, and the gateway's public message keys.

    The gateway's keys come from the operator, over another way than the messages; several while one replaces another.
    """

    agency: str
    keys: tuple[PrivateKey, ...] = field(repr=False)
    gateway_keys: tuple[bytes, ...]

    def opened(self, wire: bytes, message_id: str) -> bytes:
        """Return the document of the message of that id. Raises UnprovenError for every fault alike.

        Each private key is tried: an agency names its keys as it likes, so the id need not tell which one it is.
        """
        try:
            message = SealedMessage.from_bytes(wire)
            signer = self._by_id()[message.signer]
        except (RecipientError, KeyError):
            raise _closed() from None
        if message.message_id != message_id:
            raise _closed()
        for key in self.keys:
            with suppress(RecipientError):
                return open_from(key, signer, self.agency, message)
        raise _closed()

    def accounts(self, document: bytes) -> tuple[str, ...]:
        """Return what senders' clients sealed to this agency inside a document, in any format (M-09).

        Raises UnprovenError where something sealed does not open: it was meant for somebody else, or altered.
        """
        for key in self.keys:
            with suppress(RecipientError, ValueError):
                return opened_accounts(document.decode(), self.agency, key)
        raise _closed()

    def file(self, attachment: Attachment, sealed: BinaryIO, into: BinaryIO) -> None:
        """Open a file that a message names, once it is seen to be that one, and write it, a piece at a time (M-09).

        Raises UnprovenError for another one, and for one that was not sealed to this agency: keep nothing then.
        """
        require_named(attachment, sealed)
        for key in self.keys:
            sealed.seek(0)
            with suppress(RecipientError):
                open_file(sealed, into.write, self.agency, key)
                return
        raise _closed()

    def require_signed(self, message_id: str, body: bytes, by: str, signature: bytes) -> None:
        """Raise UnprovenError unless a pinned key of the gateway signed this notice for this agency."""
        try:
            key = Ed25519PublicKey.from_public_bytes(self._by_id()[by])
            key.verify(signature, notice_bytes(self.agency, message_id, body))
        except (InvalidSignature, KeyError):
            raise UnprovenError("a notice is not signed by the gateway") from None

    def _by_id(self) -> Mapping[str, bytes]:
        return {key_id("Ed25519", key): key for key in self.gateway_keys}


def _closed() -> UnprovenError:
    return UnprovenError("a sealed message does not open")

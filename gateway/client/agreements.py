"""A recipient's sealing key as both sides signed it into their agreement, and what is sealed to it here.

Never the key the gateway answers with: whoever runs it could put one of his own in its place. The agreement and both
agencies' signing keys are what the two sides hold since they agreed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.client.answers import objects, text
from gateway.client.attachments import Attachment
from gateway.client.errors import ClientError, NotUnderstoodError, UnprovenError
from gateway.core.boxes import Sealing
from gateway.core.crypto.sealed_file import seal_file
from gateway.core.crypto.sealed_narrative import sealed_account
from gateway.core.encoding import unbase64
from gateway.core.errors import RecipientError, SenderError
from schemas.attachment_codes import AttachmentKind
from schemas.canonical import canonical
from schemas.documents import Document

_READ = 0
"""No HTTP status: these documents came from a file."""


class NotSealedError(ClientError):
    """An account or a file was not sealed: it is too long, or the key cannot be sealed to."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    """One recipient's public key, and the way it wants to be sealed to. Made by `sealing_key`."""

    agency: str
    how: Sealing
    public_key: bytes

    def supplement(self, person_ref: str, *accounts: str, attachments: tuple[Attachment, ...] = ()) -> Document:
        """Return a supplement that brings her account to this recipient, readable to nobody between, and names files.

        Each account is at most 32 KiB. Whether it goes is decided like all prose: profile and consent must both name
        `narrative`, for files `attachment` (M-09). Raises NotSealedError.
        """
        try:
            sealed = [sealed_account(one, self.agency, self.how, self.public_key) for one in accounts]
        except (SenderError, RecipientError) as error:
            raise NotSealedError(str(error)) from None
        told = [{"section": "account", "text": one} for one in sealed]
        return {
            "schema": "supplement/1.0",
            "subject": {"person_ref": person_ref},
            **({"situation": {"narrative": told}} if told else {}),
            **({"attachments": [one.entry() for one in attachments]} if attachments else {}),
        }

    def attachment(self, number: int, kind: AttachmentKind, source: BinaryIO, sealed: BinaryIO) -> Attachment:
        """Seal what is left of a seekable file to this recipient, a piece at a time; what a referral says of it.

        At most 128 MiB, and as much as the installation takes. Keep `sealed` until it is brought. Raises
        NotSealedError.
        """
        try:
            made = seal_file(source, sealed.write, (self.agency, self.how, self.public_key))
        except (SenderError, RecipientError) as error:
            raise NotSealedError(str(error)) from None
        return Attachment(number, kind, made.length, made.sha256)


def sealing_key(filed: Document, signing_keys: Mapping[str, bytes], on: date) -> SealingKey:
    """Return the key an agreement pins for its recipient, once both signatures hold and it is in force on that day.

    `filed` is the agreement with its signatures (schema agreement/1.0); `signing_keys` are the public Ed25519 keys of
    both, by agency, pinned beforehand. Raises UnprovenError, NotUnderstoodError.
    """
    terms = _object(filed, "agreement")
    parties = {text(_READ, terms, "sender"), text(_READ, terms, "recipient")}
    signed = {text(_READ, one, "agency"): one for one in objects(_READ, filed, "signatures")}
    if signed.keys() != parties:
        raise UnprovenError("an agreement is signed by both sides")
    for party, signature in signed.items():
        _require_signed(signing_keys.get(party), terms, text(_READ, signature, "signature"))
    span = _object(terms, "in_force")
    if not text(_READ, span, "from") <= on.isoformat() <= text(_READ, span, "to"):
        raise UnprovenError("the agreement is not in force")
    if "recipient_keys" not in terms:
        raise UnprovenError("the agreement pins no key")
    key = objects(_READ, terms, "recipient_keys")[0]
    return SealingKey(
        text(_READ, terms, "recipient"),
        Sealing(text(_READ, key, "use")),
        unbase64(text(_READ, key, "public_key")),
    )


def _require_signed(key: bytes | None, terms: Document, signature: str) -> None:
    if key is None:
        raise UnprovenError("a side's signing key is not pinned")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(unbase64(signature), canonical(terms))
    except (InvalidSignature, ValueError):
        raise UnprovenError("a signature of the agreement does not hold") from None


def _object(document: Document, name: str) -> Document:
    member = document.get(name)
    if not isinstance(member, Mapping):
        raise NotUnderstoodError(_READ, name)
    return member

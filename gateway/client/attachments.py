"""Files that a referral names: sealed here before they leave, opened here after they came, a piece at a time.

The gateway sees sealed bytes, their length and digest. What a message names was signed by it; what a file says was
sealed by its sender to this agency alone (gateway.core.crypto.sealed_file).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Final

from gateway.client.answers import count, objects, text
from gateway.client.errors import NotUnderstoodError, UnprovenError
from gateway.client.line import Asked, Line
from schemas.attachment_codes import AttachmentKind
from schemas.documents import Document, Json

_READ: Final = 0
"""No HTTP status: it stood in a message."""
_OCTETS: Final = "application/octet-stream"
_CHUNK: Final = 65_536
_AT_ONCE: Final = 4_194_304
"""Bytes that are asked for, and held, at once."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A sealed file as a referral names it: its number there, its kind, length and SHA-256 (in hex), sealed."""

    number: int
    kind: AttachmentKind
    length: int
    sha256: str

    def entry(self) -> Document:
        """Return what stands of it in a document or supplement, under `attachments`."""
        return {"number": self.number, "kind": self.kind.value, "bytes": self.length, "sha256": self.sha256}


def attachments_of(body: bytes) -> tuple[Attachment, ...]:
    """Return the files that a message in the canonical format names. Raises NotUnderstoodError.

    Only that format has a place for them: an agency with another one fetches none.
    """
    try:
        told: Json = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    document = told.get("document") if isinstance(told, Mapping) else None
    if not isinstance(document, Mapping):
        raise NotUnderstoodError(_READ, "document")
    named = objects(_READ, document, "attachments") if "attachments" in document else ()
    return tuple(_attachment(one) for one in named)


def bring(line: Line, referral: str, attachment: Attachment, sealed: BinaryIO) -> None:
    """Bring a sealed file from its beginning, as often as it takes; again is no harm. Raises ProblemError."""
    headers = {"Content-Type": _OCTETS, "Content-Length": str(attachment.length)}
    path = f"/v1/referrals/{referral}/attachments/{attachment.number}"

    def again() -> Iterator[bytes]:
        sealed.seek(0)
        return iter(lambda: sealed.read(_CHUNK), b"")

    line.ask(Asked("PUT", path, headers=headers, stream=again)).require()


def fetch(line: Line, message: str, attachment: Attachment, into: BinaryIO) -> None:
    """Fetch a sealed file into one that can be read again. Raises ProblemError, UnprovenError for another one."""
    path, digest, first = f"/v1/inbox/{message}/attachments/{attachment.number}", sha256(), 0
    while first < attachment.length:
        last = min(first + _AT_ONCE, attachment.length) - 1
        answer = line.ask(Asked("GET", path, headers={"Range": f"bytes={first}-{last}"}))
        answer.require()
        if len(answer.content) != last - first + 1:
            raise NotUnderstoodError(answer.status, "Content-Range")
        digest.update(answer.content)
        into.write(answer.content)
        first = last + 1
    if digest.hexdigest() != attachment.sha256:
        raise UnprovenError("a file is not the one that the message names")


def require_named(attachment: Attachment, sealed: BinaryIO) -> None:
    """Look through a sealed file, and go back to its beginning. Raises UnprovenError unless it is the one named."""
    digest, length = sha256(), 0
    sealed.seek(0)
    for chunk in iter(lambda: sealed.read(_CHUNK), b""):
        digest.update(chunk)
        length += len(chunk)
    sealed.seek(0)
    if (length, digest.hexdigest()) != (attachment.length, attachment.sha256):
        raise UnprovenError("a file is not the one that the message names")


def _attachment(one: Document) -> Attachment:
    try:
        kind = AttachmentKind(text(_READ, one, "kind"))
    except ValueError:
        raise NotUnderstoodError(_READ, "kind") from None
    return Attachment(count(_READ, one, "number"), kind, count(_READ, one, "bytes"), text(_READ, one, "sha256"))

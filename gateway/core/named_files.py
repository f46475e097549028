"""The files a document names, and what is kept of each beside its parcel (M-09).

A file is known by what the document that left says of it. One that was minimised away, or never named, has no row, so
nothing of it can be brought or fetched: there is no second decision about files that could differ from the first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway.core.crypto.padding import size_class
from gateway.core.crypto.pseudonyms import message_id
from gateway.core.crypto.sealing import NONCE_BYTES, Place, open_at_rest, seal_at_rest
from gateway.core.heads import Head
from gateway.core.log.leaves import PersonSecret
from gateway.core.ports import Entropy
from gateway.core.records.attachment_rows import AttachmentRow
from gateway.core.stages import Parcel
from schemas.documents import Document, Json
from schemas.errors import Fault, SchemaViolationError

BROUGHT_WITHIN: Final = timedelta(hours=24)
"""How long a sender has to bring what its referral names."""

PIECE: Final = 262_144
"""Bytes of a stored piece, but for the last; nothing larger is ever held."""

_LENGTH_BYTES: Final = 8
_ATTACHMENTS: Final = "attachments"


@dataclass(frozen=True, slots=True)
class Named:
    """A sealed file as a document names it: its number there, and the length and SHA-256 of its sealed bytes."""

    number: int
    length: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Shelved:
    """An attachment as it stands, with the disclosure that names it; `complete` once all of it was brought."""

    id: str
    number: int
    size_class: int
    sealed: bytes
    complete: bool
    parcel: Parcel

    def named(self, data_key: bytes) -> Named:
        """Return what the document said of it."""
        told = open_at_rest(data_key, _place(self.id), self.sealed)
        return Named(self.number, int.from_bytes(told[:_LENGTH_BYTES]), told[_LENGTH_BYTES:])


class Shelf(Protocol):
    """Finds attachments. What has ended in any way is not found (M-03)."""

    def of_sender(self, agency: str, referral: str, number: int) -> Shelved | None:
        """Return one that this agency's own referral names, and that it may bring or has brought."""
        ...

    def of_recipient(self, agency: str, message: str, number: int, now: datetime) -> Shelved | None:
        """Return one of a message this agency holds: under a lease, or acknowledged and not over."""
        ...

    async def piece(self, attachment: str, number: int, heads: Sequence[Head]) -> bytes | None:
        """Return a piece as it was kept, beside the event loop.

        None where it is not there any more, or where one of these heads has moved: then it is decided again first.
        """
        ...


def named_in(document: Document) -> tuple[Named, ...]:
    """Return the files a valid document names, in its order."""
    return tuple(
        Named(_whole(entry["number"]), _whole(entry["bytes"]), bytes.fromhex(str(entry["sha256"])))
        for entry in _entries(document)
    )


def require_told_apart(document: Document, schema: str) -> None:
    """Raise SchemaViolationError where a valid document names two files by one number."""
    numbers: set[Json] = set()
    for place, entry in enumerate(_entries(document)):
        if entry["number"] in numbers:
            raise SchemaViolationError(schema, (Fault(f"/{_ATTACHMENTS}/{place}/number", "conflict"),))
        numbers.add(entry["number"])


def rows_of(
    document: Document, parcel: Parcel, secret: PersonSecret, entropy: Entropy, at: datetime
) -> Iterator[AttachmentRow]:
    """Yield a row for each file that the document which leaves names."""
    for named in named_in(document):
        attachment = message_id(entropy.bytes(16))
        told = named.length.to_bytes(_LENGTH_BYTES) + named.digest
        yield AttachmentRow(
            attachment,
            parcel.id,
            parcel.referral,
            named.number,
            secret.person,
            size_class(named.length),
            seal_at_rest(secret.data_key, _place(attachment), told, entropy.bytes(NONCE_BYTES)),
            at + BROUGHT_WITHIN,
        )


def place_of_piece(attachment: str, number: int) -> Place:
    """Return where a piece lies: it opens as this piece of this file and as no other."""
    return Place("attachment_piece", "sealed", attachment.encode(), number)


def _entries(document: Document) -> tuple[Document, ...]:
    entries = document.get(_ATTACHMENTS)
    return tuple(entry for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()


def _whole(value: Json) -> int:
    return int(str(value))


def _place(attachment: str) -> Place:
    return Place("attachment", "sealed", attachment.encode(), 1)

"""What a recipient fetches: messages under a lease, opened if they were sealed, acknowledged one by one."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from gateway.client.answers import Answer, objects, text
from gateway.client.errors import NotUnderstoodError
from gateway.client.opening import Opener
from schemas.documents import Document

_UNTIL: Final = "%Y-%m-%dT%H:%M:%SZ"
_ID: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


@dataclass(frozen=True, slots=True)
class Message:
    """One message, in the format of this agency's own system.

    It comes again after `lease_until` unless it was acknowledged, under the same id: whoever has kept that id already
    must not take it in twice.
    """

    id: str
    media_type: str
    body: bytes = field(repr=False)
    lease_until: datetime


def messages_of(answer: Answer, opener: Opener | None) -> tuple[Message, ...]:
    """Read what was leased. Raises ProblemError, NotUnderstoodError, UnprovenError.

    With an opener every message must be sealed to this agency, or be signed for it; without one nothing is checked.
    """
    return tuple(_message(answer.status, one, opener) for one in objects(answer.status, answer.accepted(), "messages"))


def named(message: Message | str) -> str:
    """Return a message's id as it may stand in a path. Raises NotUnderstoodError for what is no id."""
    known = message.id if isinstance(message, Message) else message
    if _ID.fullmatch(known) is None:
        raise NotUnderstoodError(0, "message")
    return known


def _message(status: int, one: Document, opener: Opener | None) -> Message:
    message, wire = text(status, one, "message"), _bytes(status, text(status, one, "body"))
    try:
        until = datetime.strptime(text(status, one, "lease_until"), _UNTIL).replace(tzinfo=UTC)
    except ValueError:
        raise NotUnderstoodError(status, "lease_until") from None
    body = wire if opener is None else _proven(status, one, opener, message, wire)
    return Message(message, text(status, one, "media_type"), body, until)


def _proven(status: int, one: Document, opener: Opener, message: str, wire: bytes) -> bytes:
    signature = one.get("signature")
    if isinstance(signature, Mapping):
        signed = _bytes(status, text(status, signature, "signature"))
        opener.require_signed(message, wire, text(status, signature, "by"), signed)
        return wire
    if not opener.keys:
        return wire
    return opener.opened(wire, message)


def _bytes(status: int, written: str) -> bytes:
    try:
        return b64decode(written, validate=True)
    except (Base64Error, ValueError):
        raise NotUnderstoodError(status, "body") from None

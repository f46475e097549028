r"""Her account, sealed by the sender's own client to the recipient: the gateway carries it and cannot read it.

It stands as one word in a document's prose, so that every format with a place for prose carries it unchanged:

    word      = "gx-sealed-1." base64url(box)
    box       = sealed in the way the recipient's key is registered for (gateway.core.boxes)
    info      = "referral-gateway/narrative/1" LF recipient
    plaintext = UTF-8 text, 0x80, zeros                                              (gateway.core.crypto.padding)

It passes where profile and consent both name `narrative` (M-09), like prose that can be read; the log marks it as
opaque. Who sealed it is not proven by it: the message around it is signed by the gateway, which could have left it
out and could not have read it.
"""

import re
from collections.abc import Mapping
from typing import Final

from gateway.core.boxes import PrivateKey, Sealing, boxed, unboxed
from gateway.core.crypto.padding import pad, unpad
from gateway.core.encoding import base64url, unbase64
from gateway.core.errors import SenderError
from schemas.documents import Document

LONGEST: Final = 32_768
"""Bytes of one account: what fits a prose entry of a referral once it is padded, sealed and written."""

_MARK: Final = "gx-sealed-1."
_WORD: Final = re.compile(re.escape(_MARK) + "([A-Za-z0-9_-]{1400,60000})")
_LABEL: Final = "referral-gateway/narrative/1"


class AccountTooLongError(SenderError):
    """An account is longer than can be sealed in one piece; send it in several."""


def sealed_account(text: str, recipient: str, how: Sealing, public_key: bytes) -> str:
    """Return the word that only this recipient opens. Raises AccountTooLongError, RecipientError for the key."""
    plaintext = text.encode()
    if len(plaintext) > LONGEST:
        raise AccountTooLongError("an account is longer than can be sealed in one piece")
    return _MARK + base64url(boxed(how, public_key, pad(plaintext), _info(recipient)))


def opened_accounts(document: str, recipient: str, key: PrivateKey) -> tuple[str, ...]:
    """Return what each word in a document says, in their order, whatever the format. Raises RecipientError."""
    boxes = (unbase64(found[1]) for found in _WORD.finditer(document))
    return tuple(unpad(unboxed(key, box, _info(recipient))).decode() for box in boxes)


def is_opaque(document: Document) -> bool:
    """Say whether an account in a canonical document is sealed."""
    situation = document.get("situation")
    entries = situation.get("narrative") if isinstance(situation, Mapping) else None
    texts = [entry.get("text") for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    return any(isinstance(text, str) and is_sealed(text) for text in texts)


def is_sealed(text: str) -> bool:
    """Say whether a text is what `sealed_account` makes: nobody here can read it."""
    return _WORD.fullmatch(text) is not None


def _info(recipient: str) -> bytes:
    return f"{_LABEL}\n{recipient}".encode()

"""Checks that a notification came from the gateway (Standard Webhooks 1.0.0) before anything in it is believed.

A notification is thin: it says that something waits, and of what kind. What waits is fetched with the client's own
token, so a forged one could at most make this agency look into its inbox.
"""

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.client.errors import MisconfiguredError, UnprovenError
from gateway.client.ports import Clock
from gateway.clock import SystemClock

_TOLERANCE: Final = 300
_PUBLIC, _SECRET = "whpk_", "whsec_"
_LONGEST: Final = 200
_LONGEST_MOMENT: Final = 15
"""Digits of a time in seconds: a number of thousands of them is more than Python reads."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """The keys notifications are checked with, as the standard writes them: `whpk_...` (Ed25519) or `whsec_...` (HMAC).

    Several while one replaces another. One of an asymmetric kind is better: it can check and cannot forge.
    """

    keys: tuple[str, ...] = field(repr=False)
    clock: Clock = field(default_factory=SystemClock)

    def verified(self, headers: Mapping[str, str], body: bytes) -> str:
        """Return the notification's id, the same each time it is sent: whoever has seen it need not look again.

        `body` is exactly what came. Raises UnprovenError when no key signed it, or not within five minutes of now.
        """
        told = {name.lower(): value for name, value in headers.items()}
        message, moment = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
        readable = moment.isascii() and moment.isdecimal() and len(moment) <= _LONGEST_MOMENT
        if not message or len(message) > _LONGEST or not readable:
            raise UnprovenError("not a notification of Standard Webhooks")
        if abs(self.clock.now().timestamp() - int(moment)) > _TOLERANCE:
            raise UnprovenError("the notification is old, or a clock is wrong")
        signed = b".".join((message.encode(), moment.encode(), body))
        given = [one.partition(",") for one in told.get("webhook-signature", "").split(" ")]
        if not any(_holds(key, version, _raw(written), signed) for key in self.keys for version, _, written in given):
            raise UnprovenError("no known key signed the notification")
        return message


def _holds(key: str, version: str, signature: bytes, signed: bytes) -> bool:
    if version == "v1a" and key.startswith(_PUBLIC):
        try:
            Ed25519PublicKey.from_public_bytes(_key(key, _PUBLIC)).verify(signature, signed)
        except InvalidSignature:
            return False
        return True
    if version == "v1" and key.startswith(_SECRET):
        return hmac.compare_digest(hmac.digest(_key(key, _SECRET), signed, sha256), signature)
    return False


def _key(written: str, prefix: str) -> bytes:
    raw = _raw(written.removeprefix(prefix))
    if not raw:
        raise MisconfiguredError("not a key of Standard Webhooks")
    return raw


def _raw(written: str) -> bytes:
    try:
        return b64decode(written, validate=True)
    except (Base64Error, ValueError):
        return b""

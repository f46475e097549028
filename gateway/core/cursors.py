"""Where a page of a list ends, sealed for one client and one list: opaque to whoever holds it, and made by nobody else.

A cursor says nothing that the page did not say, and lives as long as the token keys: rotating them ends it.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from gateway.core.callers import Caller
from gateway.core.crypto.keys import KeyUse, MacKeys

LONGEST = 200
"""Characters of a cursor that is looked at."""

_TAG_BYTES = 16


def cursor_of(keys: MacKeys, caller: Caller, collection: str, place: str) -> str:
    """Seal the place of a page's last item. `place` is what the client was shown: ids and codes."""
    written = place.encode()
    return urlsafe_b64encode(_tag(keys, caller, collection, written) + written).rstrip(b"=").decode()


def place_of(keys: MacKeys, caller: Caller, collection: str, cursor: str) -> str | None:
    """Return the place that was sealed for this client and list; None for anything else."""
    if len(cursor) > LONGEST or not cursor.isascii():
        return None
    try:
        opened = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        return None
    tag, written = opened[:_TAG_BYTES], opened[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(keys, caller, collection, written)):
        return None
    return written.decode()


def _tag(keys: MacKeys, caller: Caller, collection: str, written: bytes) -> bytes:
    return keys.mac(KeyUse.CURSOR, f"{caller.client_id}|{collection}".encode(), written)[:_TAG_BYTES]

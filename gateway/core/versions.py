"""What names a version of a resource to one client (RFC 9110 section 8.8.3), and the demand that it be the newest.

A tag is keyed by client and resource, so that two clients cannot compare what they see (DESIGN section 6), and it is
made of the content, so that it changes with it and with nothing else.
"""

from dataclasses import dataclass

from gateway.core.callers import Caller
from gateway.core.crypto.keys import KeyUse, MacKeys
from gateway.core.errors import SenderError
from schemas.canonical import canonical
from schemas.documents import Document

_TAG_BYTES = 16


class VersionRefusedError(SenderError):
    """A change was made on an older version (412), or does not say on which though it has to (`missing`, 428)."""

    def __init__(self, *, missing: bool) -> None:
        super().__init__("required" if missing else "version")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Demand:
    """What a change says about the version it was made on: one of these tags, any at all, or nothing (None)."""

    tags: frozenset[str] | None

    def check(self, tag: str, *, needed: bool) -> None:
        """Raise VersionRefusedError for an older version, and where nothing is said and it is `needed`."""
        if self.tags is None:
            if needed:
                raise VersionRefusedError(missing=True)
        elif not self.tags & {tag, "*"}:
            raise VersionRefusedError(missing=False)


def tag_of(keys: MacKeys, caller: Caller, resource: str, content: Document) -> str:
    """Name this content of a resource to this client."""
    said = keys.mac(KeyUse.ETAG, f"{caller.client_id}|{resource}".encode(), canonical(content))
    return said[:_TAG_BYTES].hex()

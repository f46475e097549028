"""Looking for a secret in bytes, in every form it could have taken on its way: as it is, encoded, or as a hash.

A search that finds nothing proves nothing by itself: `test_leaks.py` plants every form and shows that it is found.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

SHORTEST = 6
"""Bytes below which a needle would be found by chance."""


def forms(secret: str) -> dict[str, bytes]:
    """Return every form of a text, by name."""
    raw = secret.encode()
    found = {
        "raw": raw,
        "upper": secret.upper().encode(),
        "lower": secret.lower().encode(),
        "reversed": raw[::-1],
        "utf-16-le": secret.encode("utf-16-le"),
        "utf-16-be": secret.encode("utf-16-be"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "url": quote(secret, safe="").encode(),
        "json": json.dumps(secret)[1:-1].encode(),
    }
    for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
        for shift in range(3):
            found[f"{name}, alignment {shift}"] = _inside(encode(b"\0" * shift + raw), shift)
    return found


def digests(content: bytes) -> dict[str, bytes]:
    """Return every hash of some bytes that nobody may keep, by name: unkeyed, so it could be tried out."""
    found: dict[str, bytes] = {}
    for name in ("md5", "sha1", "sha256"):
        digest = hashlib.new(name, content, usedforsecurity=False).digest()
        found |= {
            f"{name}": digest,
            f"{name}, hex": digest.hex().encode(),
            f"{name}, HEX": digest.hex().upper().encode(),
            f"{name}, base64": base64.b64encode(digest).rstrip(b"="),
            f"{name}, base64url": base64.urlsafe_b64encode(digest).rstrip(b"="),
        }
    return found


@dataclass(frozen=True)
class Found:
    """Which secret was found, in which form, and where: names only."""

    name: str
    form: str
    where: str


def found(evidence: Mapping[str, bytes], texts: Mapping[str, str], documents: Mapping[str, bytes]) -> list[Found]:
    """Return what was found where: secret texts in any form or as a hash, documents as a hash."""
    needles = [(name, form, needle) for name, text in texts.items() for form, needle in _needles(text)]
    needles += [(name, form, one) for name, content in documents.items() for form, one in digests(content).items()]
    return [
        Found(name, form, where)
        for where, content in evidence.items()
        for name, form, needle in needles
        if needle in content
    ]


def _needles(text: str) -> Iterator[tuple[str, bytes]]:
    for form, needle in {**forms(text), **digests(text.encode())}.items():
        if len(needle) >= SHORTEST:
            yield form, needle


def _inside(encoded: bytes, shift: int) -> bytes:
    """Cut off the characters that depend on what stands before and after."""
    unpadded = encoded.rstrip(b"=")
    begin = {0: 0, 1: 2, 2: 3}[shift]
    end = len(unpadded) if len(encoded) == len(unpadded) else len(unpadded) - 1
    return unpadded[begin:end]

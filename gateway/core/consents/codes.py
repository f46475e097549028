"""One-time codes that people carry from one agency to another, or home on a receipt.

Twelve Crockford digits (60 bits) and a check character, written in groups. A code is never stored: the database holds a
keyed digest, and the code itself is made again from the ring for a request that is repeated. Never log one.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from gateway.core.crypto import crockford
from gateway.core.crypto.keys import KeyRing, KeyUse, MacKeys, Ring
from gateway.core.heads import Head
from gateway.core.records.code_rows import CodeKind, CodeRow, CodeUseRow

LASTS = timedelta(days=7)
"""How long an introduction code may be used."""

WINDOW = timedelta(hours=1)
"""How long a wrong code is counted against the client that tried it."""

TRIES = {CodeKind.INTRODUCTION: 5, CodeKind.RECEIPT: 20}
"""After so many wrong codes within WINDOW a client may try no more. Withdrawing only stops, and is guarded less."""

_LENGTH, _BITS, _GROUP = 12, 60, 4
_WELL_FORMED = re.compile(r"[0-9A-HJKMNP-TV-Z]{12}[0-9A-HJKMNP-TV-Z*~$=U]")
_LONGEST_SPELLING = 32


@dataclass(frozen=True, slots=True)
class KnownCode:
    """A code that was once given out, whether or not it may still be used; `head` moves with every use."""

    row: CodeRow
    head: Head
    uses: tuple[CodeUseRow, ...]


@dataclass(frozen=True, slots=True)
class Tries:
    """How many wrong codes of one kind a client tried lately."""

    head: Head
    count: int


class Codes(Protocol):
    """Codes that were given out, and wrong ones that were tried. Read from the database each time, never remembered."""

    def code(self, kind: CodeKind, digests: tuple[bytes, ...]) -> KnownCode | None:
        """Return the code that has one of these digests."""
        ...

    def tries(self, client: str, kind: CodeKind, now: datetime) -> Tries:
        """Return how many wrong codes still count against that client."""
        ...


def code_head(digest: bytes) -> str:
    """Name the head that every use of a code moves, so that two who race for it do not both have it."""
    return f"code:{digest.hex()}"


def tries_head(client: str, kind: CodeKind) -> str:
    """Name the head that every wrong code of a client moves."""
    return f"tries:{kind}:{client}"


def made(keys: MacKeys, kind: CodeKind, seed: bytes) -> str:
    """Spell the code of that seed: the same seed gives the same code, and without the ring nobody can say which."""
    number = int.from_bytes(keys.mac(KeyUse.CODE, f"{kind}.made".encode(), seed)[:8]) & (1 << _BITS) - 1
    return crockford.digits(number, _LENGTH) + crockford.check(number)


def written(code: str) -> str:
    """Write a code for people, in groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def read(claimed: str) -> str | None:
    """Return a code as it is spelled here, or None for what cannot be one: a typing error is found before it counts."""
    spelled = crockford.spelled(claimed, _LONGEST_SPELLING, "- ")
    if not _WELL_FORMED.fullmatch(spelled):
        return None
    return spelled if crockford.check(crockford.number(spelled[:-1])) == spelled[-1] else None


def digest(keys: MacKeys, kind: CodeKind, code: str, epoch: int | None = None) -> bytes:
    """Return the keyed digest a code is recognised by."""
    return keys.mac(KeyUse.CODE, f"{kind}.digest".encode(), code.encode(), epoch)


def digests(keys: KeyRing, kind: CodeKind, code: str) -> tuple[bytes, ...]:
    """Return its digest under every epoch the ring still holds: a receipt outlives a rotation of keys."""
    return tuple(digest(keys, kind, code, epoch) for epoch in keys.epochs(Ring.PERSON))

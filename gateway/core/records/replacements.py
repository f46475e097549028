"""Corrections as records: what is known of a referral that is to be replaced, and what is written down (A-03)."""

from dataclasses import dataclass
from typing import Protocol

from gateway.core.in_flight import InFlight
from schemas.vocabulary import Purpose


@dataclass(frozen=True, slots=True)
class Earlier:
    """A referral that may be replaced, and which version it is; the first is 1."""

    referral: str
    recipient: str
    purpose: Purpose
    person: bytes
    version: int


@dataclass(frozen=True, slots=True)
class ReplacementRow:
    """A referral that replaced another, and which version it is."""

    referral: str
    replaces: str
    version: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """The referrals of one sender under one of its own numbers (a blind index), to one recipient for one purpose."""

    sender: str
    number: bytes
    recipient: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Newest:
    """Which of them was found to be the newest that is open, if any: what is prepared on it holds while it is so."""

    of: Numbered
    found: Earlier | None


class Replaceable(Protocol):
    """Reads which referral may be replaced."""

    def earlier(self, sender: str, referral: str) -> Earlier | None:
        """Return a referral this agency sent that is neither refused, revoked, failed nor replaced already."""
        ...

    def newest(self, of: Numbered) -> Earlier | None:
        """Return the newest of them that is still open and not replaced."""
        ...


class ReplacementSteps(Replaceable, Protocol):
    """What happens to a referral that is replaced, inside the writer's transaction."""

    def stop(self, earlier: Earlier) -> InFlight:
        """Stop what is in flight of it: what waits never leaves, what was handed out is not handed out again."""
        ...

"""Corrections as records: what is known of a referral that is to be replaced, and what is written down (A-03)."""

from dataclasses import dataclass
from typing import Protocol

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


class ReplacementSteps(Protocol):
    """What happens to a referral that is replaced, inside the writer's transaction."""

    def earlier(self, sender: str, referral: str) -> Earlier | None:
        """Return a referral this agency sent that is neither refused, revoked, failed nor replaced already."""
        ...

    def stop(self, earlier: Earlier) -> None:
        """Stop what is in flight of it: what waits never leaves, what was handed out is not handed out again."""
        ...

"""When a no is told: on the next beat after its request began, never as soon as it is known.

Reasons read from her record look alike in shape (`consent.reasons`); they do not cost the same work. A consent that was
taken back has one event more to read, and a no that only the recipient's adapter brings about comes after rendering. So
every no waits for a beat that is longer than any of them takes, and its time says nothing (DESIGN section 5).
"""

from typing import Protocol

from gateway.core.answers import Recorded, Repeated


class Beat(Protocol):
    """A steady beat, kept for each request by itself."""

    def begun(self) -> float:
        """Return the moment at which a request begins, on a clock that only goes forward."""
        ...

    async def next(self, begun: float) -> None:
        """Return at the next beat of a request that began then."""
        ...


class AtOnce:
    """No beat: for tests, and where nobody measures."""

    def begun(self) -> float:
        """Return any moment."""
        return 0.0

    async def next(self, begun: float) -> None:
        """Return."""


AT_ONCE = AtOnce()


def says_no(outcome: object) -> bool:
    """Say whether this outcome tells a sender no, for the first time or again."""
    return isinstance(outcome, Recorded | Repeated) and outcome.answer.get("outcome") == "refused"

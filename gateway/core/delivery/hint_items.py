"""What is done with hints inside the writer's transaction: taken in hand, settled, dropped."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from gateway.core.hints import FIRST, GIVEN_UP, HELD_FOR, LONGEST, MOST, Hint, Waiting
from gateway.core.ports import Needs, Transaction


class Held(Enum):
    """Why a hint is not taken up."""

    ELSEWHERE = auto()
    """Another has it in hand, and takes it up once more if it came again meanwhile."""
    NOWHERE = auto()
    """Nothing waits of it, and nothing may: it is settled, or its hook has too many."""


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Take a hint in hand; answers how often it came so far. With `comes` it is a new one, else one that waited."""

    hint: Hint
    token: bytes
    comes: bool

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> int | Held:
        """Write it down, and whose it is."""
        hints, now = transaction.hints, transaction.now
        known = hints.known(self.hint.name)
        if known is None:
            if not self.comes or hints.of_hook(self.hint.hook) >= MOST:
                return Held.NOWHERE
            known = Waiting(self.hint, now, now)
        elif self.comes:
            known = replace(known, since=now, count=known.count + 1)
        if known.is_held(now):
            hints.put(known)
            return Held.ELSEWHERE
        wait = min(FIRST * 2 ** min(known.tries, 10), LONGEST)
        hints.put(replace(known, due=now + wait, tries=known.tries + 1, token=self.token, held_until=now + HELD_FOR))
        return known.count


@dataclass(frozen=True, slots=True)
class Settle:
    """Let a hint go that was taken up when it had come `count` times."""

    name: bytes
    token: bytes
    count: int
    decided: bool

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> bool:
        """Forget it, or leave it for later; True where it is given up. One that is another's by now is left alone."""
        hints, now = transaction.hints, transaction.now
        known = hints.known(self.name)
        if known is None or known.token != self.token:
            return False
        came_again = known.count != self.count
        given_up = not self.decided and not came_again and now - known.since >= GIVEN_UP
        if given_up or (self.decided and not came_again):
            hints.drop(self.name)
            return given_up
        free = replace(known, token=b"", held_until=None)
        hints.put(replace(free, due=now, tries=0) if self.decided else free)
        return False


@dataclass(frozen=True, slots=True)
class Drop:
    """Forget a hint whose hook is not registered any more."""

    name: bytes

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> None:
        """Forget it."""
        transaction.hints.drop(self.name)

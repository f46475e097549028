"""What the writer's transaction does for an erasure (`gateway.core.erasure.items`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Aside:
    """An erasure that is asked for and not carried out yet: its random number, and which agency asked.

    `ordered` says that a court order stands. `review` is a number for nobody: what of a broken glass is still to be
    judged stands under it from now on. `seal` makes a record's rows readable to nobody but whoever has her data key.
    """

    id: str
    agency: str
    ordered: bool
    review: bytes
    seal: Callable[[bytes, bytes], bytes]


class ErasureSteps(Protocol):
    """The part of a transaction that forgets."""

    def erase(self, people: Sequence[bytes], pairs: Sequence[bytes]) -> None:
        """Delete every row about these records of one person and the refusals counted under these pairs (A-04).

        Their heads go too, so whatever was prepared about her is stale. What stays says that their keys are still to be
        destroyed, and her notices, which name her no more.
        """
        ...

    def end_erasures(self, people: Sequence[bytes]) -> None:
        """Forget that the keys of these records were still to be destroyed."""
        ...

    def forget_tries(self, pairs: Sequence[bytes]) -> bool:
        """Forget what was tried under these counts, and lift the locks on them; False where none was locked."""
        ...

    def end_exchanges(self, over: Sequence[tuple[bytes, str]]) -> None:
        """Of these exchanges (person, referral), forget what only one under way needs (A-04)."""
        ...

    def forget_expired(self, limit: int) -> bool:
        """Delete up to `limit` rows of each kind that has run out; True when more of one may be waiting."""
        ...

    def put_aside(self, people: Sequence[bytes], pairs: Sequence[bytes], aside: Aside) -> None:
        """Do as `erase` does, and keep each record's rows as one sealed value, and its key, until `end_aside`.

        Overrides of hers move to the number for nobody, so that officers may judge them (E-01) and nothing leads to
        her from there.
        """
        ...

    def release_aside(self, request: str) -> bool:
        """Let that erasure wait for no court order any more; False where none waits for one."""
        ...

    def end_aside(self, request: str) -> Sequence[bytes]:
        """Delete what that erasure kept. Returns the numbers whose keys are to be destroyed now; none if it is over."""
        ...

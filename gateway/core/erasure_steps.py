"""What the writer's transaction does for an erasure (`gateway.core.erasure_items`)."""

from collections.abc import Sequence
from typing import Protocol


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

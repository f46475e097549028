"""Entropy for what a transaction cannot count beforehand: drawn from a seed, since none is drawn inside it.

A seed is 32 fresh random bytes, kept nowhere: what is drawn from it is as good as random.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

SEED_BYTES: Final = 32


@dataclass(slots=True)
class Drawn:
    """A stream of bytes for one purpose and one row: whoever makes it puts both into the seed."""

    seed: bytes
    drawn: int = 0

    def bytes(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        self.drawn += 1
        return hashlib.shake_256(self.seed + self.drawn.to_bytes(4)).digest(count)

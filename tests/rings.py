"""Key rings for tests: everything in memory, everything the same on every run."""

from collections.abc import Callable
from hashlib import sha256

from gateway.core.crypto.keys import Ring
from gateway.keyring.software import SoftwareKeyRing


def bytes_from(label: str, length: int = 32) -> bytes:
    """Bytes that look random and never change: SHA-256 of the label and a counter."""
    blocks = (sha256(f"{label}|{block}".encode()).digest() for block in range(length // 32 + 1))
    return b"".join(blocks)[:length]


def an_entropy(seed: str = "entropy") -> Callable[[int], bytes]:
    """Return a source of bytes that never repeats within a test and is the same on every run."""
    drawn = 0

    def draw(length: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return bytes_from(f"{seed}|{drawn}", length)

    return draw


def a_key_ring(seed: str = "ring", epochs: int = 1) -> SoftwareKeyRing:
    """Return a ring with roots of its own; the same seed gives the same roots, and more epochs leave the older ones."""
    numbers = range(1, epochs + 1)
    return SoftwareKeyRing({ring: {n: bytes_from(f"{seed}|{ring}|{n}") for n in numbers} for ring in Ring})

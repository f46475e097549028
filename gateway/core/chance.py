"""A share of something, drawn: how long a delivery is held back, how long is waited before another try."""

from gateway.core.ports import Entropy


def drawn_share(entropy: Entropy) -> float:
    """Return a number from 0 up to 1, never 1 itself, every one of 2**32 equally likely."""
    return int.from_bytes(entropy.bytes(4)) / 2**32

"""scrypt of one secret and one salt always gives the same key, and takes a quarter of a second to do so, as it should.

Tests open copies of one key ring again and again. In their process each is stretched once; a process they start does it
as ever.
"""

from functools import cache

from gateway.keyring import envelope, local


def once() -> None:
    """Remember in this process what scrypt gave."""
    if local.stretch is envelope.stretch is _SLOW:
        envelope.stretch = local.stretch = cache(_SLOW)


_SLOW = envelope.stretch

"""A proof for what one request does beside what its own proof was used up for.

The transaction of each step uses up its own, and so looks at the kill switch again.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from gateway.core.callers import Caller, UsedProof
from gateway.core.ports import Clock, Entropy

_ONCE_BYTES: Final = 32
_ONCE: Final = timedelta(minutes=5)


def once_more(caller: Caller, clock: Clock, entropy: Entropy) -> Caller:
    """Return the caller with a proof drawn for the next step."""
    expires = int((clock.now() + _ONCE).timestamp())
    return replace(caller, proof=UsedProof(entropy.bytes(_ONCE_BYTES), expires))

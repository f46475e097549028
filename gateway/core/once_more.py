"""A proof for each further transaction of one request: the proof it came with is used up in the first.

Using one up is where a transaction looks at the kill switch, so each looks again.
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

"""Server nonces for DPoP (RFC 9449 section 8) without any state: each is a keyed digest of the minute.

A nonce is handed to anybody who asks, so it is no secret; it proves that a proof was made after the nonce was given
out, whatever the client's clock says. One set of nonces serves the token endpoint and the API, because a client that
keeps one nonce per origin would otherwise be sent to and fro.
"""

from typing import Final

from gateway.core.crypto.keys import KeyUse, MacKeys
from gateway.core.ports import Clock
from gateway.oauth.compact import encode

STEP_SECONDS: Final = 60
STEPS_KEPT: Final = 3
_BYTES: Final = 16


class Nonces:
    """Gives out the nonce of this minute and accepts those of this minute and the two before it.

    Nodes need the same key and nothing else. Where their clocks differ by more than a step, a client is asked to try
    again.
    """

    def __init__(self, macs: MacKeys, clock: Clock) -> None:
        self._macs = macs
        self._clock = clock
        # One tuple, replaced whole: pool threads and the event loop read it without a lock.
        self._window: tuple[int, tuple[str, ...]] = (-1, ())

    def fresh(self) -> str:
        """Return the newest nonce, for the DPoP-Nonce header."""
        return self._accepted()[0]

    def accepts(self, nonce: object) -> bool:
        """Tell whether this is a nonce of ours that is still young enough."""
        return isinstance(nonce, str) and nonce in self._accepted()

    def _accepted(self) -> tuple[str, ...]:
        step = int(self._clock.now().timestamp()) // STEP_SECONDS
        known, nonces = self._window
        if known != step:
            nonces = tuple(self._nonce(step - age) for age in range(STEPS_KEPT))
            self._window = (step, nonces)
        return nonces

    def _nonce(self, step: int) -> str:
        return encode(self._macs.mac(KeyUse.DPOP_NONCE, b"", step.to_bytes(8))[:_BYTES])

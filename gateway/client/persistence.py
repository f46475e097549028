"""Asks again where asking again may help and harms nothing: a cut connection, a busy gateway.

Every request that changes something carries an Idempotency-Key, so the same request again is the same request.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httpx

from gateway.client.answers import Answer
from gateway.client.errors import NoAnswerError
from gateway.client.ports import Entropy

_BUSY: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True)
class Persistence:
    """How long to go on: so many tries, and no single wait longer than `longest` seconds.

    Waits double from `first`, each shortened at random by up to half, so that many clients do not come back at once.
    """

    tries: int = 6
    first: float = 0.2
    longest: float = 60.0
    pause: Callable[[float], None] = time.sleep

    def until_told(self, send: Callable[[], Answer], entropy: Entropy, key: str | None) -> Answer:
        """Send until there is an answer that is worth having; a busy gateway's last answer is one.

        Obeys Retry-After, and gives the answer up to the caller where that is longer than `longest`. Raises
        NoAnswerError.
        """
        wait = self.first
        for left in range(self.tries - 1, -1, -1):
            answer = self._once(send)
            asked_to_wait = answer.retry_after if answer else None
            if answer is not None and (answer.status not in _BUSY or (asked_to_wait or 0.0) > self.longest):
                return answer
            if left == 0:
                if answer is not None:
                    return answer
                break
            self.pause(wait * _between_half_and_one(entropy) if asked_to_wait is None else asked_to_wait)
            wait = min(wait * 2, self.longest)
        raise NoAnswerError(key)

    def _once(self, send: Callable[[], Answer]) -> Answer | None:
        try:
            return send()
        except httpx.TransportError:
            return None


ONCE: Final = Persistence(tries=1)
"""For a caller who wants to see every answer."""


def _between_half_and_one(entropy: Entropy) -> float:
    return 0.5 + int.from_bytes(entropy.bytes(4)) / 2**33

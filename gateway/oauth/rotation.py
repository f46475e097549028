"""The keys that sign access tokens, as they change: next, current and previous, the same on every node.

Only the current key is held with its private half: what is in the memory of a process can be stolen from it, and the
next key must survive that. Each key is made once. `refresh` asks which ones count; between two calls nothing is asked,
because a request must not wait for it. A node that is late still verifies what the others sign: their key was published
here as the next one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from joserfc.jwk import ECKey

from gateway.core.rotation.signing_keys import SigningState
from gateway.oauth.keys import SigningKeys, signing_key


class KeyMaker(Protocol):
    """Derives the signing keys (`gateway.core.crypto.keys.TokenKeys`)."""

    def token_signing_key(self, epoch: int | None = None, number: int = 0) -> bytes:
        """Return the P-256 private key of that number as PKCS#8 PEM."""
        ...


@dataclass(frozen=True, slots=True)
class _Published:
    """One state of the world; replaced whole, so that no request sees half of a change."""

    counted: tuple[int, int | None]
    keys: SigningKeys


class RotatingKeys:
    """`gateway.oauth.ports.TokenKeys` over the ring and what is written down. Safe between threads."""

    def __init__(self, maker: KeyMaker, state: Callable[[], SigningState]) -> None:
        self._maker = maker
        self._state = state
        self._public: dict[int, ECKey] = {}
        self._now = self._made(state())

    def active(self) -> ECKey:
        """Return the one key that signs; it has a kid."""
        return self._now.keys.current

    def published(self) -> Sequence[ECKey]:
        """Return current, next and previous key; a token holds under any of them."""
        return self._now.keys.published()

    def refresh(self) -> None:
        """Take up a change that any node made. Asks the database; not for the event loop."""
        state = self._state()
        if (state.number, state.previous) != self._now.counted:
            self._now = self._made(state)

    def kid(self, number: int) -> str:
        """Return the id of the key of that number."""
        return str(self._public_half(number).kid)

    def _made(self, state: SigningState) -> _Published:
        others = [state.following] if state.previous is None else [state.following, state.previous]
        current = signing_key(self._maker.token_signing_key(number=state.number))
        keys = SigningKeys(current, tuple(map(self._public_half, others)))
        return _Published((state.number, state.previous), keys)

    def _public_half(self, number: int) -> ECKey:
        if number not in self._public:
            whole = signing_key(self._maker.token_signing_key(number=number))
            self._public[number] = ECKey.import_key(whole.as_dict(private=False))
        return self._public[number]

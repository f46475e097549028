"""Which key signs access tokens, and how one follows another: the next one is known to everybody before it signs.

Keys are numbered from 0 and derived from the ring, so that every node has every one of them; what is written down is
the number that signs. The next one is published all the while it waits, the previous one as long as it may be needed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway.core.answers import ROUNDS, Stale
from gateway.core.errors import OperatorError, RegistrationRefusedError
from gateway.core.heads import SIGNING_KEY, Head
from gateway.core.log.leaves import sealed_leaf
from gateway.core.ports import Clock, Entropy, Recorder
from gateway.core.records.signing_key_rows import SigningKeyRow
from gateway.core.rotation.key_items import ChangeKeys

PUBLISHED_BEFORE: Final = timedelta(hours=24)
"""How long a key is published before it signs: whoever keeps a copy of the keys has it by then."""

LASTS: Final = timedelta(days=90)
"""After how long a signing key is old enough to be mentioned to the operator."""


@dataclass(frozen=True, slots=True)
class SigningState:
    """Which keys count now. `since` is None for the key an installation begins with."""

    number: int
    since: datetime | None
    keeps_previous: bool
    head: Head

    @property
    def previous(self) -> int | None:
        """The key that signed before, where its tokens still hold."""
        return self.number - 1 if self.number > 0 and self.keeps_previous else None

    @property
    def following(self) -> int:
        """The key that signs next."""
        return self.number + 1


class SigningBook(Protocol):
    """What is written down about signing keys, read afresh."""

    def state(self) -> SigningState:
        """Return it."""
        ...


@dataclass(frozen=True, slots=True)
class SigningKeyDesk:
    """Where a person changes the key."""

    book: SigningBook
    clock: Clock
    entropy: Entropy
    recorder: Recorder

    async def rotate(self, *, leaked: bool) -> SigningState:
        """Let the next key sign from now on, and publish the one after it. Tokens of the old one hold until they end.

        Where the old one `leaked` none of its tokens holds any more, and nobody waits. Raises RegistrationRefusedError
        where the next one was not published for a day yet.
        """
        for _ in range(ROUNDS):
            state, now = self.book.state(), self.clock.now()
            if not leaked and state.since is not None and now < state.since + PUBLISHED_BEFORE:
                raise RegistrationRefusedError("next_key_too_young")
            row = SigningKeyRow(state.following, now, keeps_previous=not leaked)
            action = "token.key_leaked" if leaked else "token.key_rotated"
            leaf = sealed_leaf(self.entropy, "key.changed", now, {"action": action, "by": "operator"})
            if not isinstance(await self.recorder.record(ChangeKeys(row, (state.head,), leaf), urgent=True), Stale):
                return SigningState(row.number, now, row.keeps_previous, Head(SIGNING_KEY, state.head.version + 1))
        raise OperatorError("the signing key keeps changing")

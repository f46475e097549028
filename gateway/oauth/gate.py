"""Single use of proofs and the kill switch, over whatever records (`gateway.oauth.ports`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.core.callers import UsedProof
from gateway.core.log.leaves import sealed_leaf
from gateway.core.parties.registry_items import RevokeToken, UseOnce
from gateway.core.ports import Clock, Entropy, Recorder
from gateway.oauth.ports import UseOutcome


class Taken(Protocol):
    """What was taken back, as the database has it."""

    def is_revoked(self, client_id: str, token_jti: str) -> bool:
        """Say whether the client is unknown or switched off, or the token revoked."""
        ...


@dataclass(frozen=True, slots=True)
class Gate:
    """Single use and the kill switch, over the writer.

    `is_revoked` is a quick look at what this process knows; the transaction that uses up a request's proof looks again,
    in the database, so that what another node revoked is refused too.
    """

    writer: Recorder
    clock: Clock
    entropy: Entropy
    revoked: set[str]
    register: Taken

    async def use(self, *, proofs: Sequence[UsedProof], client_id: str, token_jti: str | None) -> UseOutcome:
        """Use up all of these, or none."""
        not_fresh = await self.writer.record(UseOnce(client_id, token_jti, tuple(proofs)))
        if not_fresh is None:
            return UseOutcome.FRESH
        return UseOutcome.REVOKED if not_fresh.revoked else UseOutcome.REPLAYED

    async def revoke_token(self, jti: str, expires_at: int) -> None:
        """Refuse that token from now on; nobody would accept it after `expires_at` (seconds since 1970)."""
        leaf = sealed_leaf(self.entropy, "token.revoked", self.clock.now(), {})
        self.revoked.add(f"token:{jti}")
        await self.writer.record(RevokeToken(jti, expires_at, leaf), urgent=True)

    def is_revoked(self, client_id: str, token_jti: str) -> bool:
        """Say whether this process knows that one of them was taken back."""
        return f"client:{client_id}" in self.revoked or f"token:{token_jti}" in self.revoked

    def was_taken_back(self, client_id: str, token_jti: str) -> bool:
        """Say whether any node has committed that one of them was taken back."""
        return self.is_revoked(client_id, token_jti) or self.register.is_revoked(client_id, token_jti)

"""The ports of the OAuth door in memory, and bendable: a clock that can be set, a store that can be looked into."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from rings import bytes_from

from gateway.core.callers import UsedProof
from gateway.oauth.ports import RegisteredClient, UseOutcome

NOON = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)


class SetClock:
    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    @property
    def seconds(self) -> int:
        return int(self.moment.timestamp())


class CountedEntropy:
    def __init__(self) -> None:
        self.drawn = 0

    def bytes(self, count: int) -> bytes:
        self.drawn += 1
        return bytes_from(f"oauth|{self.drawn}", count)


class FakeClients:
    def __init__(self) -> None:
        self.registered: dict[str, RegisteredClient] = {}

    def client(self, client_id: str) -> RegisteredClient | None:
        return self.registered.get(client_id)


class FakeOnceStore:
    """Inserts all or none, like a unique key in a transaction; outlives any number of servers."""

    def __init__(self) -> None:
        self.used: dict[bytes, int] = {}
        self.revoked: set[str] = set()
        self.calls = 0

    async def use(self, *, proofs: Sequence[UsedProof], client_id: str, token_jti: str | None) -> UseOutcome:
        self.calls += 1
        if client_id in self.revoked or token_jti in self.revoked:
            return UseOutcome.REVOKED
        if any(proof.id in self.used for proof in proofs):
            return UseOutcome.REPLAYED
        self.used.update({proof.id: proof.expires_at for proof in proofs})
        return UseOutcome.FRESH


class FakeRevocations:
    def __init__(self) -> None:
        self.tokens: dict[str, int] = {}
        self.clients: set[str] = set()

    async def revoke_token(self, jti: str, expires_at: int) -> None:
        self.tokens[jti] = expires_at

    def was_taken_back(self, client_id: str, token_jti: str) -> bool:
        return self.is_revoked(client_id, token_jti)

    def is_revoked(self, client_id: str, token_jti: str) -> bool:
        return client_id in self.clients or token_jti in self.tokens

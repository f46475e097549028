"""What bringing and fetching an attachment does inside the writer's transaction."""

from dataclasses import dataclass
from datetime import datetime

from gateway.core.answers import Stale
from gateway.core.heads import Head
from gateway.core.ports import Needs, Transaction
from gateway.core.stages import SealedLeaf


@dataclass(frozen=True, slots=True)
class Standing:
    """What a disclosure was decided to rest on, once more and as of now, until when that holds, and its leaf."""

    heads: tuple[Head, ...]
    holds_until: datetime
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """Every head it rests on."""
        return Needs(tuple(head.id for head in self.heads))

    def moved(self, transaction: Transaction) -> Stale | None:
        """Return what moved since, if anything did; or that its time ran out."""
        moved = transaction.moved(self.heads)
        return Stale(moved) if moved or transaction.now >= self.holds_until else None


@dataclass(frozen=True, slots=True)
class BeginAttachment:
    """Begin to bring one; what an earlier attempt left is forgotten."""

    attachment: str
    upload: bytes

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> bool:
        """Say whether it may be brought."""
        return transaction.attachments.begin(self.attachment, self.upload)


@dataclass(frozen=True, slots=True)
class KeepPiece:
    """Keep one sealed piece. Nobody is told of it, so no decision stands before it and no leaf beside it."""

    attachment: str
    upload: bytes
    number: int
    sealed: bytes

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> bool:
        """Say whether it was kept."""
        return transaction.attachments.keep(self.attachment, self.upload, self.number, self.sealed)


@dataclass(frozen=True, slots=True)
class EmptyAttachment:
    """Forget what was brought of one."""

    attachment: str
    upload: bytes

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> None:
        """Forget it."""
        transaction.attachments.empty(self.attachment, self.upload)


@dataclass(frozen=True, slots=True)
class ReceiveAttachment:
    """Say that all of one is there, if what it rests on stands still: from then on it may be fetched."""

    attachment: str
    upload: bytes
    standing: Standing

    @property
    def needs(self) -> Needs:
        """Every head it rests on."""
        return self.standing.needs

    def apply(self, transaction: Transaction) -> bool | Stale:
        """Say whether it is there now."""
        if stale := self.standing.moved(transaction):
            return stale
        received = transaction.attachments.complete(self.attachment, self.upload)
        if received:
            transaction.append(self.standing.leaf)
        return received


@dataclass(frozen=True, slots=True)
class HandOut:
    """Let a recipient have one, if what it rests on stands still. Not a byte leaves before this is committed."""

    attachment: str
    recipient: str
    standing: Standing

    @property
    def needs(self) -> Needs:
        """Every head it rests on."""
        return self.standing.needs

    def apply(self, transaction: Transaction) -> bool | Stale:
        """Say whether it may leave."""
        if stale := self.standing.moved(transaction):
            return stale
        may_leave = transaction.attachments.may_be_fetched(self.attachment, self.recipient)
        if may_leave:
            transaction.append(self.standing.leaf)
        return may_leave

"""What a change of keys does inside the writer's transaction: a client's, the gateway's own."""

from dataclasses import dataclass

from gateway.core.answers import Stale
from gateway.core.heads import Head
from gateway.core.ports import Needs, Transaction
from gateway.core.records.signing_key_rows import SigningKeyRow
from gateway.core.rows import ClientRow
from gateway.core.stages import SealedLeaf


@dataclass(frozen=True, slots=True)
class ChangeKeys:
    """Write down whose keys count now, if nothing of what they were checked against changed since; each is a leaf."""

    row: ClientRow | SigningKeyRow
    heads: tuple[Head, ...]
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The head of whoever has the keys, and that of the register where it is another's business too."""
        return Needs(tuple(head.id for head in self.heads))

    def apply(self, transaction: Transaction) -> Stale | None:
        """Replace a client's keys, or let the next signing key follow."""
        if moved := transaction.moved(self.heads):
            return Stale(moved)
        match self.row:
            case ClientRow():
                transaction.register(self.row)
            case SigningKeyRow():
                transaction.add(self.row)
        for head in self.heads:
            transaction.bump(head.id)
        transaction.append(self.leaf)
        return None


@dataclass(frozen=True, slots=True)
class NoteRotation:
    """Say in the log that a key ring was rotated once more, unless somebody has said so."""

    head: Head
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The head that counts the rotations the log knows."""
        return Needs((self.head.id,))

    def apply(self, transaction: Transaction) -> None:
        """Append it, and count it."""
        if not transaction.moved((self.head,)):
            transaction.bump(self.head.id)
            transaction.append(self.leaf)


@dataclass(frozen=True, slots=True)
class NoteKeyAct:
    """Say in the log what an operator does to the key ring with the gateway stopped."""

    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> None:
        """Append it."""
        transaction.append(self.leaf)

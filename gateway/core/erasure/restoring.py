"""A database that was restored from a backup: nobody is served from it, and nothing leaves, until a person says so.

A backup knows nothing of what came after it: erasures, withdrawals, revoked clients, messages already delivered. The
erasures are done again by themselves (`gateway.core.erasure.erasing`); the rest only a person can look through. What
the log said since, as exported, is taken up entry by entry, so that the log goes on where witnesses last saw it.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.core.heads import RESTORED, RESTORING, Head
from gateway.core.log.leaves import sealed_leaf
from gateway.core.ports import Entropy, Needs, Transaction
from gateway.core.stages import SealedLeaf


def waits(version: int) -> bool:
    """Tell from the version of `RESTORED` whether a restored database waits for a person."""
    return version % 2 == 1


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Entries the log had after the backup, byte for byte; they lead to nobody in this database."""

    leaves: tuple[SealedLeaf, ...]

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> None:
        """Append them in order."""
        for leaf in self.leaves:
            transaction.append(leaf)


@dataclass(frozen=True, slots=True)
class MarkRestored:
    """Say in the log and in the database that this is a restored one, and whole. Waits already: then that stays so."""

    head: Head
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The head that says so."""
        return Needs((RESTORED, RESTORING))

    def apply(self, transaction: Transaction) -> None:
        """Write both."""
        if not waits(self.head.version):
            transaction.bump(RESTORED)
        transaction.bump(RESTORING)
        transaction.append(self.leaf)


@dataclass(frozen=True, slots=True)
class Release:
    """A person has looked, and lets it serve."""

    head: Head
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The head that says it waits."""
        return Needs((RESTORED,))

    def apply(self, transaction: Transaction) -> bool:
        """Release it once; False when somebody has."""
        if transaction.moved((self.head,)) or not waits(self.head.version):
            return False
        transaction.bump(RESTORED)
        transaction.append(self.leaf)
        return True


def marked(entropy: Entropy, head: Head, backup: str, at: datetime) -> MarkRestored:
    """Make the mark of a restore from the backup whose manifest has this SHA-256, in hex."""
    return MarkRestored(head, sealed_leaf(entropy, "restore.begun", at, {"content": backup}))


def released(entropy: Entropy, head: Head, at: datetime) -> Release:
    """Make the release, by whoever has the operator's socket."""
    return Release(head, sealed_leaf(entropy, "restore.released", at, {"by": "operator"}))

"""A person's whole history: who received what, when, on what ground, what was refused, who acknowledged what.

Found by the one table that knows which leaves are about her, read with an inclusion proof for each under one
checkpoint, so that whoever holds it can check it with Python alone (`python -m consent verify-history`). To look is
itself a leaf about her, and stands in what is read (A-01, A-02). For the data-protection officer and the operator.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from consent.merkle import TreeHead
from gateway.core.afresh import afresh
from gateway.core.answers import LeafSlot
from gateway.core.blind import blind_person_ref
from gateway.core.keys import MacKeys
from gateway.core.known import KnownPerson
from gateway.core.leaves import heads_of, sealed_leaf, still_hers
from gateway.core.ports import Clock, Entropy, Needs, People, Recorder, Transaction
from gateway.core.stages import SealedLeaf
from gateway.core.tracking import Tracking
from schemas.documents import Document, Json


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf about her, where it stands, and its proof; `referral` is the referral of hers it is about, if any."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    referral: str | None


class PersonLeaves(Protocol):
    """Finds the leaves that are about people."""

    def about(self, people: Sequence[bytes]) -> tuple[TreeHead, tuple[Entry, ...]]:
        """Return every leaf about any of them, in the order of the log, each proven in the tree of one head."""
        ...


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody is known under that reference, or no consent has that id. That somebody looked is a leaf all the same."""


@dataclass(frozen=True, slots=True)
class RecordLook:
    """Record that somebody looked."""

    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The person it is about."""
        return Needs(heads_of(self.leaf))

    def apply(self, transaction: Transaction) -> LeafSlot:
        """Append the leaf."""
        return transaction.append(still_hers(self.leaf, transaction))


@dataclass(frozen=True, slots=True)
class Histories:
    """Reads histories, and records that they were read (A-02)."""

    people: People
    leaves: PersonLeaves
    tracking: Tracking
    keys: MacKeys
    clock: Clock
    entropy: Entropy
    recorder: Recorder

    async def of_reference(self, agency: str, person_ref: str) -> Document | Nobody:
        """Return the history of the person whom that agency names so."""
        return await self._of(partial(self.people.known, blind_person_ref(self.keys, agency, person_ref)))

    async def of_consent(self, consent: str) -> Document | Nobody:
        """Return the history of the person that consent is about."""
        return await self._of(partial(self.people.of_consent, consent))

    async def _of(self, find: Callable[[], KnownPerson | None]) -> Document | Nobody:
        person = afresh(self.people, find)
        everyone = () if person is None else person.everyone
        await self.recorder.record(RecordLook(self._leaf(everyone)))
        if person is None:
            return Nobody()
        head, entries = self.leaves.about(everyone)
        return {
            "vkey": self.tracking.verifier_key(),
            "checkpoint": self.tracking.checkpoint(head),
            "entries": [_entry(entry) for entry in entries],
        }

    def _leaf(self, everyone: tuple[bytes, ...]) -> SealedLeaf:
        leaf = sealed_leaf(self.entropy, "history.read", self.clock.now(), {})
        return replace(leaf, person=everyone[0], others=everyone[1:]) if everyone else leaf


def _entry(entry: Entry) -> Json:
    """Write one entry; with the checkpoint beside it, it is a receipt of its own."""
    return {
        "leaf": entry.leaf.decode(),
        "index": entry.index,
        "proof": [base64.b64encode(step).decode() for step in entry.path],
        **({"referral": entry.referral} if entry.referral else {}),
    }

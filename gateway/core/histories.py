"""A person's whole history: who received what, when, on what ground, what was refused, who acknowledged what.

Found by the one table that knows which leaves are about her, read with an inclusion proof for each under one
checkpoint, so that whoever holds it can check it with Python alone (`python -m consent verify-history`). To look is
itself a leaf about her, and stands in what is read (A-01, A-02). For the operator, and for data-protection officers of
no agency: it tells which agencies care for her, and so nearly where she is.
"""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hmac import compare_digest
from typing import Final, Protocol

from consent.merkle import TreeHead
from gateway.core.afresh import afresh
from gateway.core.answers import LeafSlot
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.crypto.keys import KeyUse, MacKeys
from gateway.core.encoding import base64url
from gateway.core.heads import Head
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import BY_OPERATOR, heads_of, sealed_leaf, still_hers
from gateway.core.officers import Action, Approval, Officer, OfficerRefusedError, Role, still_holds
from gateway.core.ports import Clock, Entropy, Needs, People, Recorder, Transaction
from gateway.core.stages import SealedLeaf
from gateway.core.tracking import Tracking
from schemas.documents import Document, Json

READS: Final = frozenset({Role.DPO})
"""Who reads histories, of those who sign in."""
LOOK_LIVES: Final = timedelta(minutes=30)
"""How long after the passkey its other pages, and the file, are still one look."""
_LOOK: Final = b"look"
_A_LOOK: Final = re.compile(r"([0-9a-f]{64})\.([0-9]{1,15})\.([0-9]{1,11})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf about her, where it stands, and its proof; `referral` is the referral of hers it is about, if any."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    referral: str | None


class PersonLeaves(Protocol):
    """Finds the leaves that are about people."""

    async def about(self, people: Sequence[bytes]) -> tuple[TreeHead, tuple[Entry, ...]]:
        """Return every leaf about any of them, in the order of the log, each proven in the tree of one head.

        Holds nobody else up meanwhile: there may be thousands.
        """
        ...


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody is known under that reference, or no consent has that id. That somebody looked is a leaf all the same."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a look shows; `look` is what its holder reads the rest of it with (`Histories.again`)."""

    document: Document
    look: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a look: a session's digest, and what the officer was granted. Changed, it is another holder."""

    session: bytes
    head: Head


@dataclass(frozen=True, slots=True)
class RecordLook:
    """Record that somebody looked; `approval` is None at the gateway's own socket only."""

    leaf: SealedLeaf
    approval: Approval | None = None

    @property
    def needs(self) -> Needs:
        """The person it is about, and who looks."""
        mine = (self.approval.head.id,) if self.approval else ()
        return Needs((*heads_of(self.leaf), *mine))

    def apply(self, transaction: Transaction) -> LeafSlot:
        """Append the leaf. Raises OfficerRefusedError when the approval holds no longer."""
        if self.approval is not None and not still_holds(self.approval, transaction):
            raise OfficerRefusedError("approval_lapsed")
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

    def subject(self, officer: Officer, agency: str, person_ref: str) -> str:
        """Return what an officer shows a passkey for: her blind index, not the reference (P-02).

        Raises OfficerRefusedError unless it is a data-protection officer of no agency. Whether anybody is known under
        that reference is not looked up.
        """
        officer.require_apart(READS)
        return blind_person_ref(self.keys, agency, person_ref).hex()

    async def shown(self, approval: Approval, agency: str, person_ref: str, session: bytes) -> Shown | Nobody:
        """Return the history of that person to an officer who showed a passkey for exactly her (A-02).

        Raises OfficerRefusedError.
        """
        subject = self.subject(approval.officer, agency, person_ref)
        approval.require(Action.READ_HISTORY, subject)
        everyone = self._everyone(bytes.fromhex(subject))
        await self._looked(everyone, approval)
        if not everyone:
            return Nobody()
        head, entries = await self.leaves.about(everyone)
        over = f"{subject}.{head.size}.{int((self.clock.now() + LOOK_LIVES).timestamp())}"
        look = f"{over}.{self._mac(Holder(session, approval.head), everyone, over)}"
        return Shown(self._told(head, entries), look)

    async def again(self, officer: Officer, holder: Holder, look: str) -> Document:
        """Return what was shown once more, to its holder: no entry that is newer, and none of anybody joined since.

        It is the same look, and so no other entry of the log. Raises OfficerRefusedError.
        """
        officer.require_apart(READS)
        subject, size, until, mac = _parts(look)
        everyone = self._everyone(bytes.fromhex(subject))
        if not compare_digest(mac, self._mac(holder, everyone, f"{subject}.{size}.{until}")):
            raise OfficerRefusedError("approval_lapsed")
        if not everyone or self.clock.now() >= datetime.fromtimestamp(int(until), UTC):
            raise OfficerRefusedError("approval_lapsed")
        head, entries = await self.leaves.about(everyone)
        return self._told(head, [entry for entry in entries if entry.index < int(size)])

    async def of_reference(self, agency: str, person_ref: str) -> Document | Nobody:
        """Return the history of the person whom that agency names so."""
        return await self._of(partial(self.people.known, blind_person_ref(self.keys, agency, person_ref)))

    async def of_consent(self, consent: str) -> Document | Nobody:
        """Return the history of the person that consent is about."""
        return await self._of(partial(self.people.of_consent, consent))

    async def _of(self, find: Callable[[], KnownPerson | None]) -> Document | Nobody:
        everyone = self._found(find)
        await self._looked(everyone, None)
        return self._told(*await self.leaves.about(everyone)) if everyone else Nobody()

    def _everyone(self, blind: bytes) -> tuple[bytes, ...]:
        return self._found(partial(self.people.known, blind))

    def _found(self, find: Callable[[], KnownPerson | None]) -> tuple[bytes, ...]:
        person = afresh(self.people, find)
        return () if person is None else person.everyone

    async def _looked(self, everyone: tuple[bytes, ...], approval: Approval | None) -> None:
        await self.recorder.record(RecordLook(self._leaf(everyone, approval), approval))

    def _told(self, head: TreeHead, entries: Sequence[Entry]) -> Document:
        return {
            "vkey": self.tracking.verifier_key(),
            "checkpoint": self.tracking.checkpoint(head),
            "entries": [_entry(entry) for entry in entries],
        }

    def _mac(self, holder: Holder, everyone: tuple[bytes, ...], over: str) -> str:
        """Vouch that this holder was shown these people's entries, so many of the log's and until then."""
        granted = f"{holder.head.id}:{holder.head.version}".encode()
        parts = (holder.session, granted, over.encode(), *sorted(everyone))
        words = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return base64url(self.keys.mac(KeyUse.SESSION, _LOOK, words))

    def _leaf(self, everyone: tuple[bytes, ...], approval: Approval | None) -> SealedLeaf:
        by: dict[str, Json] = {"officer": approval.officer.id} if approval else BY_OPERATOR
        leaf = sealed_leaf(self.entropy, "history.read", self.clock.now(), by)
        return replace(leaf, person=everyone[0], others=everyone[1:]) if everyone else leaf


def _parts(look: str) -> tuple[str, str, str, str]:
    """Take a look apart. Raises OfficerRefusedError for what none of ours can be."""
    found = _A_LOOK.fullmatch(look)
    if found is None:
        raise OfficerRefusedError("approval_lapsed")
    subject, size, until, mac = found.groups()
    return subject, size, until, mac


def _entry(entry: Entry) -> Json:
    """Write one entry; with the checkpoint beside it, it is a receipt of its own."""
    return {
        "leaf": entry.leaf.decode(),
        "index": entry.index,
        "proof": [base64.b64encode(step).decode() for step in entry.path],
        **({"referral": entry.referral} if entry.referral else {}),
    }

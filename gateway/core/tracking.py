"""What a sender may look up later: state, answer and proof of what it sent itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from adapters.sdk.contract import StatusUpdate
from consent.checkpoint import Checkpoint, VerifierKey, signed, unproven
from consent.merkle import TreeHead
from consent.tlog_proof import tlog_proof
from gateway.core.answers import Proof
from gateway.core.crypto.keys import LedgerKeys
from gateway.core.crypto.sealing import Place, open_at_rest
from gateway.core.log.anchors import NOBODY, AnchorBook
from gateway.core.ports import PersonKeys
from schemas.answer_codes import AnswerCode, ServiceOutcome
from schemas.documents import Document
from schemas.vocabulary import ReferralState


@dataclass(frozen=True, slots=True)
class StoredReferral:
    """A referral as it stands."""

    id: str
    sender: str
    state: ReferralState
    leaf_index: int
    person: bytes | None
    answer: Document
    sealed_reference: bytes | None
    reason: AnswerCode | None = None
    answered: datetime | None = None


class Referrals(Protocol):
    """Reads referrals by id."""

    def referral(self, referral: str, sender: str | None = None) -> StoredReferral | None:
        """Return the referral of that id; where a sender is named, only if that agency sent it."""
        ...


class Log(Protocol):
    """Reads the ledger."""

    def head(self) -> TreeHead:
        """Return size and root as committed now."""
        ...

    def leaf(self, index: int) -> bytes:
        """Return the exact bytes of one leaf."""
        ...

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Prove a leaf in the tree of that size."""
        ...

    def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return neighbouring nodes of one level; fewer where there are no more."""
        ...


class Leaves(Protocol):
    """Reads the log whole, for whoever takes it away."""

    def head(self) -> TreeHead:
        """Return size and root as committed now."""
        ...

    def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return neighbouring nodes of one level; fewer where there are no more."""
        ...

    def leaves(self, until: int, since: int = 0) -> Iterator[bytes]:
        """Yield the exact bytes of the leaves from `since` until before `until`, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Tracked:
    """What the sender is told, with its proof under a signed checkpoint."""

    answer: Document
    proof: Proof
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Tracking:
    """Answers senders, and signs checkpoints of the log called `origin`."""

    referrals: Referrals
    log: Log
    keys: LedgerKeys
    person_keys: PersonKeys
    origin: str
    anchors: AnchorBook = NOBODY
    _newest: list[tuple[TreeHead, str]] = field(default_factory=list, repr=False)

    def of_sender(self, agency: str, referral: str) -> Tracked | None:
        """Return a permitted referral of that agency; None for another's, a refused and an invented one alike."""
        found = self._permitted(agency, referral)
        if found is None:
            return None
        head = self.log.head()
        proof = Proof(
            self.log.leaf(found.leaf_index), found.leaf_index, head, self.log.inclusion(found.leaf_index, head.size)
        )
        reason = _coded(found.reason)
        told = {**found.answer, "state": found.state, **reason, **self._own_reference(found)}
        return Tracked(told, proof, self.checkpoint(head))

    def status(self, agency: str, referral: str, today: str) -> StatusUpdate | None:
        """Return what became of a referral of that agency, for its own system's format (M-06).

        Codes and a day; under its own number where it gave one. None for another's, a refused and an invented one.
        """
        found = self._permitted(agency, referral)
        if found is None:
            return None
        on = found.answered.date().isoformat() if found.answered else today
        own = self._own_reference(found).get("reference")
        return StatusUpdate(str(own or found.id), found.state, found.reason, on)

    def proof_for_sender(self, agency: str, referral: str) -> str | None:
        """Return the proof of a permitted referral of that agency as C2SP tlog-proof; None as for `of_sender`.

        Under the newest checkpoint that witnesses cosigned, where it reaches that far: the proof then stands alone.
        """
        found = self._permitted(agency, referral)
        if found is None:
            return None
        index, cosigned = found.leaf_index, self.anchors.cosigned()
        if cosigned is None or unproven(cosigned).size <= index:
            cosigned = self.checkpoint(self.log.head())
        path = self.log.inclusion(index, unproven(cosigned).size)
        return tlog_proof(self.log.leaf(index), index, path, cosigned)

    def checkpoint(self, head: TreeHead) -> str:
        """Sign a head that was committed (C2SP tlog-checkpoint). All the answers of one batch share its note."""
        for known, note in self._newest:
            if known == head:
                return note
        key = VerifierKey(self.origin, self.keys.checkpoint_public_key())
        note = signed(Checkpoint(self.origin, head.size, head.root), key, self.keys.sign_checkpoint)
        self._newest[:] = [(head, note)]
        return note

    def verifier_key(self, epoch: int | None = None) -> str:
        """Return the public key auditors pin, in vkey form: the current one, or that of a ledger epoch."""
        return VerifierKey(self.origin, self.keys.checkpoint_public_key(epoch)).text

    def _permitted(self, agency: str, referral: str) -> StoredReferral | None:
        """Look it up; None as `of_sender` says."""
        found = self.referrals.referral(referral, agency)
        if found is None or found.sender != agency or found.answer["outcome"] != "permitted":
            return None
        return found

    def _own_reference(self, found: StoredReferral) -> Document:
        """The sender's own number, so that the answer speaks its language."""
        own = opened_reference(self.person_keys, found.id, found.person, found.sealed_reference)
        return {} if own is None else {"reference": own}


def _coded(code: AnswerCode | None) -> Document:
    if code is None:
        return {}
    return {"service_outcome" if isinstance(code, ServiceOutcome) else "reason": code}


def opened_reference(person_keys: PersonKeys, referral: str, person: bytes | None, sealed: bytes | None) -> str | None:
    """Open the number under which its sender knows a referral; None where it gave none."""
    if sealed is None or person is None:
        return None
    place = Place("referral", "sender_reference", referral.encode(), 1)
    return open_at_rest(person_keys.of(person), place, sealed).decode()

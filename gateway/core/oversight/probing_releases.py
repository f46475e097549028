"""A lock on probing is lifted by a data-protection officer, with a passkey, for a reason from a closed list (ADR 0141).

What was tried is counted for an agency's systems under a reference, and under all records of hers (`probing`). Lifting
forgets both: counts that stayed would lock again at the next no. It opens nothing: whether anything may be sent is
decided as before, and a reference that leads to nobody is lifted alike. Who belongs to an agency lifts no lock, its own
or another's: what was tried is not for agencies to know, and nobody judges what he or she did.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway.core.afresh import afresh
from gateway.core.answers import ROUNDS, Stale
from gateway.core.consents.desk import Desk
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.decision_leaves import released_leaf
from gateway.core.errors import OperatorError
from gateway.core.heads import Head, binding_head, pair_head
from gateway.core.histories import RecordLook
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import BY_OPERATOR, sealed_leaf
from gateway.core.officers import Action, Approval, Officer, OfficerRefusedError, Role, still_holds
from gateway.core.ports import Needs, Transaction
from gateway.core.previewing import of_operator
from gateway.core.probing import Tries, counted_by, tries_of
from gateway.core.stages import SealedLeaf
from schemas.vocabulary import Coded

DECIDES: Final = frozenset({Role.DPO})


class ReleaseReason(Coded):
    """Why a lock on probing is lifted."""

    CONSENT_CAME_LATE = "consent_came_late", "She had agreed, and it was written down only after the tries."
    WRONG_REFERENCE = "wrong_reference", "A wrong reference was used; the tries were about somebody else."
    SEVERAL_PEOPLE = "several_people", "One reference was used for several people, and is not any more."
    FAULT_OF_A_SYSTEM = "fault_of_a_system", "A system sent by itself what nobody had asked it to; it is mended."
    LOOKED_INTO = "looked_into", "Somebody asked who tried and why, and it was honest work for her."


class Systems(Protocol):
    """Reads which systems an agency has."""

    def clients(self, agency: str) -> Sequence[str]:
        """Return the ids of an agency's clients."""
        ...


@dataclass(frozen=True, slots=True)
class Lock:
    """That an agency's system was locked, and when. Under which reference is the agency's to say."""

    agency: str
    at: datetime


class LockBook(Protocol):
    """Reads locks on probing."""

    def locked_between(self, since: datetime, until: datetime) -> tuple[int, datetime]:
        """Return how often something was locked after one moment until another, and when last.

        Lifted locks do not count; after `until` there are some only where a clock was wrong.
        """
        ...

    def newest(self, since: datetime, until: datetime, limit: int) -> Sequence[Lock]:
        """Return what `locked_between` counts, the newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What one agency's systems tried under one reference, and under the records of whom it leads to."""

    tries: tuple[Tries, ...]
    heads: tuple[Head, ...]
    person: bytes | None
    by_operator: bool
    recipients: frozenset[str]

    @property
    def locked(self) -> bool:
        """Whether it is locked in the open, under the reference."""
        return any(one.reference.locked for one in self.tries)

    @property
    def locked_under_her(self) -> bool:
        """Whether it is locked unseen, under a record of hers (ADR 0131)."""
        return any(count.locked for one in self.tries for count in one.records)

    @property
    def pairs(self) -> tuple[bytes, ...]:
        """Under what all of it is counted."""
        return tuple(pair for one in self.tries for pair in (one.counted.reference, *one.counted.records))


@dataclass(frozen=True, slots=True)
class Release:
    """Forget what was tried, with a leaf. All counts move: whatever was refused on them is decided again."""

    approval: Approval
    heads: tuple[Head, ...]
    pairs: tuple[bytes, ...]
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """Every head it rests on, the officer's too."""
        return Needs(tuple(head.id for head in (*self.heads, self.approval.head)))

    def apply(self, transaction: Transaction) -> Stale | None:
        """Do it, or say that something moved. Raises OfficerRefusedError when the approval holds no longer."""
        if not still_holds(self.approval, transaction):
            raise OfficerRefusedError("approval_lapsed")
        if moved := transaction.moved(self.heads):
            return Stale(moved)
        transaction.forget_tries(self.pairs)
        for pair in self.pairs:
            transaction.bump(pair_head(pair))
        transaction.append(self.leaf)
        return None


@dataclass(frozen=True, slots=True)
class ProbingReleases:
    """Where locks are looked at and lifted."""

    desk: Desk
    systems: Systems

    def examined(self, officer: Officer, agency: str, person_ref: str) -> Found:
        """Return what an agency tried under a reference, for somebody who may lift the lock.

        Raises OfficerRefusedError for anybody else, and where there is no lock: also a reference that nobody ever used
        is answered so.
        """
        officer.require_apart(DECIDES)
        found = self._found(agency, person_ref)
        if not (found.locked or found.locked_under_her):
            raise OfficerRefusedError("not_locked")
        if found.by_operator and officer.has(frozenset({Role.OPERATOR})):
            raise OfficerRefusedError("second_person_needed")
        return found

    async def looked(self, agency: str, person_ref: str) -> Found:
        """Return what an agency tried under a reference, for the operator, who lifts nothing; the look is an entry."""
        found, desk = self._found(agency, person_ref), self.desk
        leaf = sealed_leaf(desk.entropy, "history.read", desk.clock.now(), BY_OPERATOR)
        await desk.recorder.record(RecordLook(replace(leaf, person=found.person)))
        return found

    def subject(self, agency: str, person_ref: str, reason: ReleaseReason) -> str:
        """Return what a passkey is shown for: her blind index, not the reference (P-02), and the reason."""
        return f"{blind_person_ref(self.desk.keys, agency, person_ref).hex()}/{reason.value}"

    async def release(self, approval: Approval, agency: str, person_ref: str, reason: ReleaseReason) -> None:
        """Lift the lock. Raises OfficerRefusedError."""
        approval.require(Action.RELEASE_PROBING, self.subject(agency, person_ref, reason))
        desk = self.desk
        for _ in range(ROUNDS):
            found, now = self.examined(approval.officer, agency, person_ref), desk.clock.now()
            leaf = released_leaf(desk.entropy, agency, approval.officer.id, reason.value, now, found.person)
            outcome = await desk.recorder.record(Release(approval, found.heads, found.pairs, leaf))
            desk.people.forget([head.id for head in found.heads])
            if outcome is None:
                return
        raise OperatorError("what is tried keeps changing")

    def _found(self, agency: str, person_ref: str) -> Found:
        """Read it from the database: what this process remembers may be another's to have changed."""
        desk = self.desk
        blind = blind_person_ref(desk.keys, agency, person_ref)
        person = afresh(desk.people, lambda: desk.people.known(blind))
        clients = (*self.systems.clients(agency), of_operator(agency).client_id)
        counted = [counted_by(desk.keys, client, person_ref, person, blind) for client in clients]
        desk.people.forget([pair_head(pair) for one in counted for pair in (one.reference, *one.records)])
        tries = tuple(tries_of(desk.people, one) for one in counted)
        return Found(
            tries,
            (*(head for one in tries for head in one.heads), *_hers(person, blind)),
            person.id if person else None,
            any(count.locked for count in (tries[-1].reference, *tries[-1].records)),
            self._recipients(tries),
        )

    def _recipients(self, tries: Sequence[Tries]) -> frozenset[str]:
        """Return which recipients were tried and refused within the window."""
        since = self.desk.clock.now() - timedelta(hours=self.desk.policy.probing_window_hours)
        counts = (count for one in tries for count in (one.reference, *one.records))
        return frozenset(recipient for count in counts for recipient, at in count.strikes if at > since)


def _hers(person: KnownPerson | None, blind: bytes) -> tuple[Head, ...]:
    return person.heads if person else (Head(binding_head(blind), 0),)

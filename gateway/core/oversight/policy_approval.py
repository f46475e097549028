"""A country profile counts once two people approved it, each with a passkey shown for exactly its digest.

It is proposed at the gateway's own socket, with what a replay of the past under it would have changed; two officers,
of whom neither let in the other, approve its digest; then the gateway may be started with it, which uses the approvals
up. The profile that ships, which protects most, begins by itself where no approved one ever counted; so does any other
while nobody was ever enrolled, since there is nobody to ask. What a profile may say is
`gateway.core.oversight.national`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol

from consent.policy import Policy
from gateway.core.answers import ROUNDS, Stale
from gateway.core.errors import OperatorError
from gateway.core.heads import POLICIES, Head
from gateway.core.log.leaves import sealed_leaf
from gateway.core.officer.ports import OfficerBook
from gateway.core.officers import Action, Approval, Officer, OfficerRefusedError, Role, still_holds, two_people
from gateway.core.ports import Clock, Entropy, Needs, Recorder, Transaction
from gateway.core.records.policy_rows import PolicyStep, PolicyStepRow
from gateway.core.stages import SealedLeaf
from schemas.documents import Document

APPROVES: Final = frozenset({Role.DPO, Role.SECOND_APPROVER})
"""The roles that approve a profile. An advocate speaks for one person, and this is about all of them."""

PEOPLE_NEEDED: Final = 2


class PolicyBook(Protocol):
    """What the store knows about profiles."""

    def steps(self) -> tuple[Sequence[PolicyStepRow], Head]:
        """Return every step, the oldest first, and the version they were read at or an older one."""
        ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile that was proposed and is not in force since. `approved_by` are officers' ids, in order."""

    digest: str
    at: datetime
    profile: Document
    replay: Document
    approved_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What all steps add up to. `by_two` says whether any approved profile ever came into force."""

    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    in_force: str | None = None
    approved: bool = False
    by_two: bool = False


def standing(steps: Sequence[PolicyStepRow]) -> Standing:
    """Add the steps up, in order.

    When another profile comes into force, what waits is proposed and approved anew: people approved what it changed
    against the one before, and what a replay under that one found.
    """
    open_, now = dict[str, Proposal](), Standing()
    for one in steps:
        match one.step:
            case PolicyStep.PROPOSED:
                open_[one.digest] = Proposal(one.digest, one.at, one.profile or {}, one.replay or {})
            case PolicyStep.APPROVED if one.digest in open_ and one.officer is not None:
                found = open_[one.digest]
                open_[one.digest] = replace(found, approved_by=(*found.approved_by, one.officer))
            case PolicyStep.IN_FORCE:
                used = open_.pop(one.digest, None)
                approved = used is not None and len(used.approved_by) >= PEOPLE_NEEDED
                if one.digest != now.in_force:
                    open_.clear()
                now = replace(now, in_force=one.digest, approved=approved, by_two=now.by_two or approved)
            case _:
                pass
    return replace(now, proposals=open_)


@dataclass(frozen=True, slots=True)
class WriteStep:
    """Write one step down with its leaf. `heads` are what it rests on; all steps move one head."""

    heads: tuple[Head, ...]
    row: PolicyStepRow
    leaf: SealedLeaf
    approval: Approval | None = None

    @property
    def needs(self) -> Needs:
        """Every head it rests on, the officer's too."""
        approving = (self.approval.head.id,) if self.approval else ()
        return Needs((*(head.id for head in self.heads), *approving))

    def apply(self, transaction: Transaction) -> Stale | None:
        """Write it. Raises OfficerRefusedError when the approval holds no longer."""
        if self.approval is not None and not still_holds(self.approval, transaction):
            raise OfficerRefusedError("approval_lapsed")
        if moved := transaction.moved(self.heads):
            return Stale(moved)
        transaction.add(self.row)
        transaction.bump(POLICIES)
        transaction.append(self.leaf)
        return None


@dataclass(frozen=True, slots=True)
class PolicyApprovals:
    """Where profiles are proposed and approved, and where one comes into force. `policy` is the one in use."""

    policy: Policy
    book: PolicyBook
    officers: OfficerBook
    clock: Clock
    entropy: Entropy
    recorder: Recorder

    def standing(self) -> Standing:
        """Return what is proposed, by whom approved, and what is in force."""
        return standing(self.book.steps()[0])

    def examined(self, officer: Officer, digest: str) -> Proposal:
        """Return a proposal to an officer who may approve it now. Raises OfficerRefusedError."""
        officer.require(APPROVES)
        found = self.standing().proposals.get(digest)
        if found is None:
            raise OfficerRefusedError("unknown")
        self._beside(found, officer)
        return found

    async def propose(self, proposed: Policy, profile: Document, replay: Document) -> Proposal:
        """Let officers approve this profile. One that waits already is not proposed again, and keeps its approvals."""
        for _ in range(ROUNDS):
            steps, head = self.book.steps()
            if (waiting := standing(steps).proposals.get(proposed.digest)) is not None:
                return waiting
            now = self.clock.now()
            row = PolicyStepRow(proposed.digest, PolicyStep.PROPOSED, now, profile=profile, replay=replay)
            leaf = sealed_leaf(self.entropy, "policy.proposed", now, {"policy": proposed.digest})
            if await self.recorder.record(WriteStep((head,), row, leaf)) is None:
                return Proposal(proposed.digest, now, profile, replay)
        raise OperatorError("what is proposed keeps changing")

    async def approve(self, approval: Approval) -> Proposal:
        """Approve a digest; the proposal as it stands then. Raises OfficerRefusedError."""
        digest = approval.subject
        approval.require(Action.APPROVE_POLICY, digest)
        for _ in range(ROUNDS):
            _, head = self.book.steps()
            found, now = self.examined(approval.officer, digest), self.clock.now()
            heads = (head, *self._beside(found, approval.officer))
            row = PolicyStepRow(digest, PolicyStep.APPROVED, now, officer=approval.officer.id)
            said = {"policy": digest, "officer": approval.officer.id}
            leaf = sealed_leaf(self.entropy, "policy.approved", now, {**said})
            if await self.recorder.record(WriteStep(heads, row, leaf, approval)) is None:
                return replace(found, approved_by=(*found.approved_by, approval.officer.id))
        raise OperatorError("what is proposed keeps changing")

    async def begin(self, *, shipped: bool) -> None:
        """Bring the policy into force, if it may be and is not: for every start, before anybody is answered.

        `shipped` says that it is the profile that ships. Raises OperatorError where it may not count.
        """
        for _ in range(ROUNDS):
            steps, head = self.book.steps()
            known = standing(steps)
            self._require(known, shipped=shipped)
            if known.in_force == self.policy.digest and self.policy.digest not in _complete(known, self.officers):
                return
            now = self.clock.now()
            row = PolicyStepRow(self.policy.digest, PolicyStep.IN_FORCE, now)
            leaf = sealed_leaf(self.entropy, "policy.loaded", now, {"policy": self.policy.digest})
            if await self.recorder.record(WriteStep((head,), row, leaf)) is None:
                return
        raise OperatorError("what is proposed keeps changing")

    def _require(self, known: Standing, *, shipped: bool) -> None:
        if not may_begin(known, self.policy, self.officers, shipped=shipped):
            raise OperatorError(
                "two officers have not approved the country profile; start with the one before, propose this one "
                "(`referral-gateway policy propose FILE`), and let two of them approve it"
            )

    def _beside(self, found: Proposal, officer: Officer) -> tuple[Head, ...]:
        """Return the heads of who approved before. Raises OfficerRefusedError unless this is another person."""
        before = _approvers(found, self.officers)
        if any(other.id == officer.id for other, _ in before):
            raise OfficerRefusedError("policy_approved_already")
        if not all(two_people(officer, other) for other, _ in before):
            raise OfficerRefusedError("second_person_needed")
        return tuple(head for _, head in before)


def may_begin(known: Standing, policy: Policy, officers: OfficerBook, *, shipped: bool) -> bool:
    """Say whether a gateway may be started with this policy; `shipped` says that it is the profile that ships."""
    goes_on = known.in_force == policy.digest and known.approved
    begins = (shipped and not known.by_two) or not officers.officers()
    return goes_on or begins or policy.digest in _complete(known, officers)


def _complete(known: Standing, officers: OfficerBook) -> frozenset[str]:
    """Return the digests that enough people approved who are officers still."""
    still = {one: _approvers(proposal, officers) for one, proposal in known.proposals.items()}
    return frozenset(digest for digest, approvers in still.items() if len(approvers) >= PEOPLE_NEEDED)


def _approvers(found: Proposal, officers: OfficerBook) -> list[tuple[Officer, Head]]:
    """Return who approved it and may approve still; who was revoked, or has another role now, counts no more."""
    known = (officers.officer(officer) for officer in found.approved_by)
    return [(one.officer, one.head) for one in known if one is not None and one.officer.has(APPROVES)]

"""What signing in does inside the writer's transaction. Each item is done whole, or refused and nothing of it remains.

A link, a challenge and a passkey's count are looked at and used up in one statement here, never before: two requests
that race with one of them find it once.
"""

from dataclasses import dataclass

from gateway.core.heads import Head
from gateway.core.officers import Approval, OfficerRefusedError, officer_head, still_holds
from gateway.core.ports import Needs, Transaction
from gateway.core.records.officer_records import (
    ChallengeRow,
    CountUse,
    CredentialRow,
    EndOfficer,
    EndSession,
    InvitationRow,
    OfficerRow,
    RemoveCredential,
    SeeSession,
    SessionRow,
    SetRoles,
    TakeChallenge,
    TakeInvitation,
)
from gateway.core.stages import SealedLeaf


@dataclass(frozen=True, slots=True)
class Ask:
    """Remember a challenge."""

    row: ChallengeRow

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> None:
        """Write it."""
        transaction.add(self.row)


@dataclass(frozen=True, slots=True)
class Enrol:
    """An invitation and a challenge become an officer with a passkey."""

    invitation: TakeInvitation
    challenge: TakeChallenge
    officer: OfficerRow
    credential: CredentialRow
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The head the officer will have."""
        return Needs((officer_head(self.officer.id),))

    def apply(self, transaction: Transaction) -> None:
        """Write officer and passkey. Raises OfficerRefusedError for a link or challenge that was used or is late."""
        _must(held=transaction.change(self.invitation), code="link_unknown")
        _must(held=transaction.change(self.challenge), code="passkey_refused")
        transaction.add(self.officer)
        transaction.add(self.credential)
        transaction.bump(officer_head(self.officer.id))
        transaction.append(self.leaf)


@dataclass(frozen=True, slots=True)
class AddPasskey:
    """A link an officer wrote for himself or herself, and a challenge, become another passkey."""

    invitation: TakeInvitation
    challenge: TakeChallenge
    head: Head
    credential: CredentialRow
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The officer's head."""
        return Needs((self.head.id,))

    def apply(self, transaction: Transaction) -> None:
        """Write the passkey. Raises OfficerRefusedError for a used link, or an officer who changed meanwhile."""
        _must(held=not transaction.moved((self.head,)), code="link_unknown")
        _must(held=transaction.change(self.invitation), code="link_unknown")
        _must(held=transaction.change(self.challenge), code="passkey_refused")
        transaction.add(self.credential)
        transaction.append(self.leaf)


@dataclass(frozen=True, slots=True)
class RemovePasskey:
    """An officer's passkey goes, and what rests on who he or she was holds no longer."""

    change: RemoveCredential
    approval: Approval
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The officer's head."""
        return Needs((self.approval.head.id,))

    def apply(self, transaction: Transaction) -> None:
        """Remove it. Raises OfficerRefusedError for the last one: nobody could sign in to make another."""
        _must_hold(self.approval, transaction)
        _must(held=transaction.change(self.change), code="last_passkey")
        transaction.bump(self.approval.head.id)
        transaction.append(self.leaf)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A passkey that was shown becomes a session; the one the browser held before is over."""

    challenge: TakeChallenge
    use: CountUse
    head: Head
    session: SessionRow
    before: EndSession | None

    @property
    def needs(self) -> Needs:
        """The officer's head."""
        return Needs((self.head.id,))

    def apply(self, transaction: Transaction) -> None:
        """Write the session. Raises OfficerRefusedError for a replay, a copied passkey, or an officer who changed."""
        _shown(transaction, self.head, self.challenge, self.use)
        if self.before is not None:
            transaction.change(self.before)
        transaction.add(self.session)


@dataclass(frozen=True, slots=True)
class StepUp:
    """A passkey was shown for one action on one subject; each is a leaf, whatever becomes of the act."""

    challenge: TakeChallenge
    use: CountUse
    head: Head
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The officer's head."""
        return Needs((self.head.id,))

    def apply(self, transaction: Transaction) -> None:
        """Use the challenge up. Raises OfficerRefusedError like `SignIn`."""
        _shown(transaction, self.head, self.challenge, self.use)
        transaction.append(self.leaf)


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation somebody who may invite wrote; `approval` is None at the gateway's own socket only."""

    row: InvitationRow
    approval: Approval | None
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """The head of who invites."""
        return Needs((self.approval.head.id,) if self.approval else ())

    def apply(self, transaction: Transaction) -> None:
        """Write it. Raises OfficerRefusedError when the approval holds no longer."""
        _must_hold(self.approval, transaction)
        transaction.add(self.row)
        transaction.append(self.leaf)


@dataclass(frozen=True, slots=True)
class ChangeOfficer:
    """Another officer's roles change, or another officer is revoked."""

    change: SetRoles | EndOfficer
    approval: Approval | None
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """Both heads."""
        mine = (self.approval.head.id,) if self.approval else ()
        return Needs((officer_head(self.change.officer), *mine))

    def apply(self, transaction: Transaction) -> None:
        """Write it, and move the head: what rests on the officer as he or she was holds no longer."""
        _must_hold(self.approval, transaction)
        _must(held=transaction.change(self.change), code="officer_unknown")
        transaction.bump(officer_head(self.change.officer))
        transaction.append(self.leaf)


@dataclass(frozen=True, slots=True)
class Touch:
    """Somebody who is signed in is here, or has signed out."""

    change: SeeSession | EndSession

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> bool:
        """Write it; False when there is no such session any more."""
        return transaction.change(self.change)


@dataclass(frozen=True, slots=True)
class Note:
    """Something happened that changes nothing and must stand in the log: a look-up, a burst of failed sign-ins."""

    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """Nothing."""
        return Needs()

    def apply(self, transaction: Transaction) -> None:
        """Append it."""
        transaction.append(self.leaf)


def _shown(transaction: Transaction, head: Head, challenge: TakeChallenge, use: CountUse) -> None:
    """Use up what a passkey was shown for: once, by a passkey that was not copied, of an officer who is as read."""
    _must(held=not transaction.moved((head,)), code="passkey_refused")
    _must(held=transaction.change(challenge), code="passkey_refused")
    _must(held=transaction.change(use), code="passkey_refused")


def _must(*, held: bool, code: str) -> None:
    if not held:
        raise OfficerRefusedError(code)


def _must_hold(approval: Approval | None, transaction: Transaction) -> None:
    _must(held=approval is None or still_holds(approval, transaction), code="approval_lapsed")

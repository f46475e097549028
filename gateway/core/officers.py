"""People who sign in: what they may do, what makes two of them two, and what an approval is (DESIGN section 5).

Names in a document are labels. Where a rule asks for a second person, what counts is a second credential: somebody who
signed in with a passkey of his or her own and, for the very act that is approved, showed it once more.

To ask for a second person (E-01, C-19): take an `Approval` as an argument, check its `action` and `subject` with
`require`, and let the item that writes the act put `approval.head` among its heads and refuse with `still_holds`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from gateway.core.errors import SenderError
from gateway.core.heads import Head
from schemas.vocabulary import Coded

OPERATOR = "operator"
"""Who enrolled an officer that a person at the gateway's own socket invited. It is nobody's officer id."""

APPROVAL_HOLDS = timedelta(minutes=2)
"""How long after the passkey was shown an approval may still be written down."""


class Role(Coded):
    """What a person who signs in is trusted with; granted by somebody else."""

    DPO = "dpo", "Data-protection officer: reviews what was disclosed and why."
    SECOND_APPROVER = "second_approver", "The second of two persons, where a rule asks for two."
    CASEWORKER = "caseworker", "Works for an agency with the people it cares for."
    ADVOCATE = "advocate", "Speaks for a person, for no agency."
    GUARDIAN = "guardian", "Represents a child."
    OPERATOR = "operator", "Runs the gateway."


SECONDS = frozenset({Role.DPO, Role.SECOND_APPROVER, Role.ADVOCATE})
"""The roles that may be the second of two persons."""

INVITES = frozenset({Role.DPO, Role.OPERATOR})
"""The roles that may invite officers, grant roles to others and revoke officers."""


class Action(Coded):
    """What an officer approves with a passkey, each time anew; an approval of one is no approval of another."""

    CONFIRM_CONSENT = "consent.confirm", "Confirm, as a second person, a consent; subject: its id (C-19)."
    APPROVE_OVERRIDE = "override.approve", "Approve an override somebody else asked for; subject: its id (E-01)."
    STOP_OVERRIDE = "override.stop", "Stop an override; subject: its id (E-01)."
    REVIEW_OVERRIDE = "override.review", "Review an override; subject: its id, and the finding (E-01)."
    APPROVE_POLICY = "policy.approve", "Approve a policy; subject: its digest."
    READ_HISTORY = (
        "history.read",
        "See who received what about a person; subject: the blind index of a reference (A-02).",
    )
    ERASE_PERSON = "person.erase", "Erase a person; subject: the blind index of an agency's reference for her (A-03)."
    RELEASE_ERASURE = "erasure.release", "Say that no court order keeps her any more; subject: the erasure's number."
    RECORD_BREACH = "breach.record", "Write a breach down; subject: what, since when, and what it concerns (A-05)."
    FOLLOW_BREACH = "breach.follow", "Write down what was done about a breach; subject: its id, what, and how (A-05)."
    INVITE_OFFICER = "officer.invite", "Invite an officer; subject: roles, agency and label."
    GRANT_ROLES = "officer.grant", "Grant roles to another officer; subject: his or her id, and the roles."
    ADD_PASSKEY = "passkey.add", "Make another passkey of one's own; subject: one's own id."
    REMOVE_PASSKEY = "passkey.remove", "Remove a passkey of one's own; subject: the passkey's id."
    ASK_IDENTITY = "person.ask_identity", "Ask who a pseudonym is; subject: whose, its blind index, and why."
    AGREE_IDENTITY = "person.agree_identity", "Agree that somebody is shown who a pseudonym is; subject: the request."
    SHOW_IDENTITY = "person.show_identity", "Be shown who a pseudonym is; subject: the request."
    RELEASE_PROBING = "probing.release", "Lift a lock on probing; subject: the blind index of a reference, and why."
    REVOKE_OFFICER = "officer.revoke", "Revoke an officer; subject: his or her id."


class OfficerRefusedError(SenderError):
    """Somebody may not do that, or is not signed in; `code` is from a closed list and names no value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who has signed in. `agency` is whose person he or she is, None for nobody's.

    `lineage` is everybody by whose invitation he or she came, directly or through others: a person who makes up an
    officer, and lets that one make up another, is still the same person.
    """

    id: str
    agency: str | None
    roles: frozenset[Role]
    enrolled_by: str | None = None
    lineage: frozenset[str] = field(default_factory=frozenset)

    def may_second(self, author: str) -> bool:
        """Say whether this is a second person beside `author`: somebody else, and enrolled by somebody else."""
        return author not in {self.id, self.enrolled_by, *self.lineage}

    def has(self, roles: frozenset[Role]) -> bool:
        """Say whether one of these roles was granted."""
        return not self.roles.isdisjoint(roles)

    def require(self, roles: frozenset[Role]) -> None:
        """Raise OfficerRefusedError unless one of these roles was granted."""
        if not self.has(roles):
            raise OfficerRefusedError("role_missing")

    def require_apart(self, roles: frozenset[Role]) -> None:
        """Raise OfficerRefusedError unless one of these roles was granted to a person who belongs to no agency."""
        self.require(roles)
        if self.agency is not None:
            raise OfficerRefusedError("no_agencys_officer")


def two_people(one: Officer, other: Officer) -> bool:
    """Say whether these are two, as far as anybody can tell: neither let in the other, directly or through others."""
    return one.may_second(other.id) and other.may_second(one.id)


@dataclass(frozen=True, slots=True)
class Approval:
    """One officer showed a passkey for one action on one subject, at `at`.

    Made by a step-up and nowhere else (`gateway.core.officer.signing`; a test looks). `head` is the version of the
    officer's roles that it rests on: revoked or changed meanwhile, it holds no longer.
    """

    officer: Officer
    action: Action
    subject: str
    at: datetime
    head: Head

    def require(self, action: Action, subject: str, *, author: str | None = None) -> None:
        """Raise OfficerRefusedError unless this approves exactly that, by a second person beside `author`.

        `author` is an officer's id, without a prefix; None where no officer wrote what is approved.
        """
        if self.action is not action or self.subject != subject:
            raise OfficerRefusedError("approval_of_something_else")
        if author is not None and not self.officer.may_second(author):
            raise OfficerRefusedError("second_person_needed")


def officer_head(officer: str) -> str:
    """Name the head that enrolling, granting and revoking move."""
    return f"officer:{officer}"


class Moves(Protocol):
    """The part of the writer's transaction that an approval needs."""

    @property
    def now(self) -> datetime:
        """The moment of this transaction."""
        ...

    def moved(self, heads: tuple[Head, ...]) -> tuple[str, ...]:
        """Return the ids of those heads whose version is another one now."""
        ...


def still_holds(approval: Approval, transaction: Moves) -> bool:
    """Say, inside the transaction that writes the act, whether the officer is still who approved, and in time.

    The item must name `approval.head.id` among its needs.
    """
    return not transaction.moved((approval.head,)) and transaction.now < approval.at + APPROVAL_HOLDS

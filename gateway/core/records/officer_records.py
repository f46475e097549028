"""What the gateway keeps about people who sign in, as values, and the few changes made to it.

Ids, codes, times, public keys and keyed digests: no secret is kept, so none can be stolen. A link, a session and a
challenge are known by a keyed digest of what the browser holds (`KeyUse.SESSION`); the key is not in the database.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from gateway.core.officers import Role
from schemas.vocabulary import Coded


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """An officer. `label` is what colleagues call the account, never needed to decide; `revoked` once it is over."""

    id: str
    label: str
    agency: str | None
    roles: frozenset[Role]
    enrolled_by: str
    at: datetime
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """A passkey: its id, its public key (COSE, RFC 9052), and how often it says it was used (0: it does not count)."""

    id: bytes
    officer: str
    public_key: bytes
    uses: int
    at: datetime


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A link that makes one officer, once."""

    digest: bytes
    officer: str
    label: str
    agency: str | None
    roles: frozenset[Role]
    invited_by: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Somebody who is signed in since `begun` and was last seen at `seen`."""

    digest: bytes
    officer: str
    begun: datetime
    seen: datetime


class Ceremony(Coded):
    """What a challenge was made for; it is good for nothing else."""

    ENROL = "enrol", "Make a passkey for the officer an invitation names."
    SIGN_IN = "sign_in", "Sign in."
    STEP_UP = "step_up", "Approve one action on one subject."


@dataclass(frozen=True, slots=True)
class ChallengeRow:
    """A challenge that waits for its answer; `bound` is a keyed digest of everything it was made for."""

    digest: bytes
    bound: bytes
    expires: datetime


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A consent that waits for a second person (C-19): who took it, and the officer who wrote it down, if one did."""

    consent: str
    discloser: str
    recipient: str
    taker: str
    author: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ReidentificationRow:
    """An officer asks who a recipient's pseudonym is; `blind` is the index that finds it."""

    id: str
    recipient: str
    blind: bytes
    reason: str
    author: str
    at: datetime
    expires: datetime


OfficerInsert: TypeAlias = (
    OfficerRow | CredentialRow | InvitationRow | SessionRow | ChallengeRow | WaitingRow | ReidentificationRow
)


@dataclass(frozen=True, slots=True)
class TakeChallenge:
    """Use up a challenge: it is still there, in time, and was made for exactly this."""

    digest: bytes
    bound: bytes


@dataclass(frozen=True, slots=True)
class TakeInvitation:
    """Use up an invitation that is still there and in time."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class CountUse:
    """A passkey says a higher count than before, or never counts; a count that stands still is a copy at work."""

    credential: bytes
    officer: str
    uses: int


@dataclass(frozen=True, slots=True)
class SeeSession:
    """Somebody who is signed in is here."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class EndSession:
    """One session is over."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class SetRoles:
    """An officer has these roles from now on."""

    officer: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class EndOfficer:
    """An officer is revoked, and every session, and every invitation he or she wrote that nobody used yet."""

    officer: str


@dataclass(frozen=True, slots=True)
class RemoveCredential:
    """A passkey of an officer who has another is no more, and neither is any session or link: who made which?"""

    officer: str
    credential: bytes


@dataclass(frozen=True, slots=True)
class EndWaiting:
    """These consents wait for nobody any more."""

    consents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreeReidentification:
    """A second officer agrees to a request that still waits, and that somebody else wrote."""

    request: str
    approver: str


@dataclass(frozen=True, slots=True)
class ShowReidentification:
    """The answer to a request that was agreed to is shown to who asked; once."""

    request: str
    author: str


SigningChange: TypeAlias = (
    TakeChallenge
    | TakeInvitation
    | CountUse
    | SeeSession
    | EndSession
    | SetRoles
    | EndOfficer
    | RemoveCredential
    | EndWaiting
)

OfficerChange: TypeAlias = SigningChange | AgreeReidentification | ShowReidentification
"""What an officer's act may change, among what is kept about officers."""

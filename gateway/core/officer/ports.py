"""What signing in asks of the world: protocols only. The store and the passkey door implement them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.core.heads import Head
from gateway.core.officers import Officer
from gateway.core.records.officer_records import CredentialRow, InvitationRow, OfficerRow, SessionRow, WaitingRow
from schemas.documents import Document


@dataclass(frozen=True, slots=True)
class KnownOfficer:
    """An officer who was not revoked, and the version of what was granted."""

    officer: Officer
    label: str
    head: Head


class OfficerBook(Protocol):
    """What is kept about officers, read afresh each time: a revocation works at once and on every node."""

    def officer(self, officer: str) -> KnownOfficer | None:
        """Return the officer of that id; None for nobody's and for one who was revoked."""
        ...

    def officers(self) -> Sequence[OfficerRow]:
        """Return every officer there ever was, by time of enrolment."""
        ...

    def credential(self, credential: bytes) -> CredentialRow | None:
        """Return the passkey of that id."""
        ...

    def credentials_of(self, officer: str) -> Sequence[CredentialRow]:
        """Return the passkeys of an officer."""
        ...

    def invitation(self, digest: bytes) -> InvitationRow | None:
        """Return the invitation of that digest, run out or not."""
        ...

    def session(self, digest: bytes) -> SessionRow | None:
        """Return the session of that digest, run out or not."""
        ...

    def waiting(self) -> Sequence[WaitingRow]:
        """Return the consents that wait for a second person, the oldest first (C-19)."""
        ...

    def waiting_for(self, consent: str) -> WaitingRow | None:
        """Return the one about that consent."""
        ...


@dataclass(frozen=True, slots=True)
class MadePasskey:
    """A passkey an authenticator made for us, verified."""

    id: bytes
    public_key: bytes
    uses: int


class Passkeys(Protocol):
    """WebAuthn (Level 2) for our own name and origin. Whatever does not verify raises OfficerRefusedError."""

    def creation(self, challenge: bytes, officer: str, label: str) -> Document:
        """Return the options for making a passkey; the officer's random id is the user handle."""
        ...

    def request(self, challenge: bytes, credentials: Sequence[bytes]) -> Document:
        """Return the options for showing one of these passkeys, or any of ours when none is named."""
        ...

    def answered(self, shown: Document) -> bytes:
        """Return the challenge an authenticator says it answered. Nothing is verified yet."""
        ...

    def made(self, shown: Document, challenge: bytes) -> MadePasskey:
        """Verify that a passkey was made for this challenge, by a person who was verified."""
        ...

    def credential(self, shown: Document) -> bytes:
        """Return the id of the passkey that is shown. Nothing is verified yet."""
        ...

    def verified(self, shown: Document, challenge: bytes, stored: CredentialRow) -> int:
        """Verify that this passkey was shown for this challenge, by a person who was verified; return its count."""
        ...

"""Who is signed in: links become officers, passkeys become sessions, and a passkey shown again becomes an approval.

A browser holds a random token (a link, a cookie); what is kept is a keyed digest of it. A challenge is made here, used
once, in minutes, and only for what it was made for: a sign-in, or one action on one subject in one session.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.core.crypto.keys import KeyUse, MacKeys
from gateway.core.encoding import base64url, unbase64
from gateway.core.lately import lately
from gateway.core.officer import leaves
from gateway.core.officer.failures import Failures
from gateway.core.officer.items import AddPasskey, Ask, Enrol, Note, SignIn, StepUp, Touch
from gateway.core.officer.ports import KnownOfficer, OfficerBook, Passkeys
from gateway.core.officers import Action, Approval, Officer, OfficerRefusedError
from gateway.core.ports import Clock, Entropy, Recorder
from gateway.core.records.officer_records import (
    Ceremony,
    ChallengeRow,
    CountUse,
    CredentialRow,
    EndSession,
    InvitationRow,
    OfficerRow,
    SeeSession,
    SessionRow,
    TakeChallenge,
    TakeInvitation,
)
from schemas.documents import Document

TOKEN_BYTES: Final = 32
CHALLENGE_LIVES: Final = timedelta(minutes=5)
"""How long an authenticator may take: a person looks for a key."""
STEP_UP_LIVES: Final = timedelta(minutes=2)
IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=8)
_GLANCE: Final = timedelta(minutes=1)
"""How often a session notes that somebody is there; so much sooner than `IDLE` it may end."""


@dataclass(frozen=True, slots=True)
class _Purpose:
    """What a challenge is made for: by whose link or session, and for an approval, of what."""

    ceremony: Ceremony
    holder: bytes = b""
    action: Action | None = None
    subject: str = ""

    def words(self) -> bytes:
        """Return it as bytes; no two purposes give equal ones."""
        parts = (self.ceremony.encode(), self.holder, (self.action or "").encode(), self.subject.encode())
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


@dataclass(frozen=True, slots=True)
class Seat:
    """A session somebody sits in: the officer, as granted now, and the session's digest."""

    known: KnownOfficer
    digest: bytes

    @property
    def officer(self) -> Officer:
        """Who it is."""
        return self.known.officer


@dataclass(frozen=True, slots=True)
class Signing:
    """Signs people in and out, and asks them for their passkey again."""

    book: OfficerBook
    passkeys: Passkeys
    keys: MacKeys
    clock: Clock
    entropy: Entropy
    recorder: Recorder
    failures: Failures

    async def begin_enrolment(self, link: str) -> Document:
        """Return the options for a first passkey. Raises OfficerRefusedError for a link that is used, late or none."""
        invitation = self._invitation(link)
        challenge = await self._ask(_Purpose(Ceremony.ENROL, invitation.digest), CHALLENGE_LIVES)
        return self.passkeys.creation(challenge, invitation.officer, invitation.label)

    async def enrol(self, link: str, shown: Document) -> str:
        """Make the officer a link names; return the id. Raises OfficerRefusedError."""
        invitation, now = self._invitation(link), self.clock.now()
        challenge = self.passkeys.answered(shown)
        made = self.passkeys.made(shown, challenge)
        if self.book.credential(made.id) is not None:
            raise OfficerRefusedError("passkey_refused")
        taken = self._taken(challenge, _Purpose(Ceremony.ENROL, invitation.digest))
        credential = CredentialRow(made.id, invitation.officer, made.public_key, made.uses, now)
        if invitation.invited_by == invitation.officer:
            return await self._added(invitation, taken, credential)
        officer = OfficerRow(
            invitation.officer, invitation.label, invitation.agency, invitation.roles, invitation.invited_by, now
        )
        leaf = leaves.granted(self.entropy, "officer.enrolled", now, officer.id, officer.enrolled_by, officer.roles)
        await self.recorder.record(Enrol(TakeInvitation(invitation.digest), taken, officer, credential, leaf))
        return officer.id

    async def _added(self, invitation: InvitationRow, taken: TakeChallenge, credential: CredentialRow) -> str:
        """Write another passkey of an officer who is one still (`gateway.core.officer.passkeys`)."""
        known = self.book.officer(invitation.officer)
        if known is None:
            raise OfficerRefusedError("link_unknown")
        leaf = leaves.passkey(self.entropy, "officer.passkey_added", credential.at, credential.officer)
        await self.recorder.record(AddPasskey(TakeInvitation(invitation.digest), taken, known.head, credential, leaf))
        return credential.officer

    async def begin_sign_in(self) -> Document:
        """Return the options for showing any passkey of ours: nobody says who he or she is before."""
        return self.passkeys.request(await self._ask(_Purpose(Ceremony.SIGN_IN), CHALLENGE_LIVES), ())

    async def sign_in(self, shown: Document, before: str | None) -> str:
        """Return the token of a new session; the one the browser held `before` is over. Raises OfficerRefusedError."""
        try:
            return await self._signed_in(shown, before)
        except OfficerRefusedError:
            now = self.clock.now()
            if self.failures.too_many(now):
                await self.recorder.record(Note(leaves.burst(self.entropy, now)))
            raise

    def seat(self, token: str) -> Seat:
        """Return who holds that session. Raises OfficerRefusedError when it is over, unknown, or the officer is."""
        digest, now = self._digest(b"session", token), self.clock.now()
        session = self.book.session(digest)
        if session is None or not (lately(session.seen, now, IDLE) and lately(session.begun, now, LONGEST)):
            raise OfficerRefusedError("signed_out")
        known = self.book.officer(session.officer)
        if known is None:
            raise OfficerRefusedError("signed_out")
        return Seat(known, digest)

    async def present(self, token: str) -> Seat:
        """Return who holds that session, and note that he or she is here."""
        seat = self.seat(token)
        session = self.book.session(seat.digest)
        if session is not None and self.clock.now() - session.seen >= _GLANCE:
            await self.recorder.record(Touch(SeeSession(seat.digest)))
        return seat

    async def sign_out(self, token: str) -> None:
        """End that session, if it is one."""
        await self.recorder.record(Touch(EndSession(self._digest(b"session", token))), urgent=True)

    async def begin_step_up(self, seat: Seat, action: Action, subject: str) -> Document:
        """Return the options for showing one's own passkey for that action on that subject."""
        mine = [credential.id for credential in self.book.credentials_of(seat.officer.id)]
        challenge = await self._ask(_Purpose(Ceremony.STEP_UP, seat.digest, action, subject), STEP_UP_LIVES)
        return self.passkeys.request(challenge, mine)

    async def step_up(self, seat: Seat, action: Action, subject: str, shown: Document) -> Approval:
        """Make an approval of a passkey that was shown for exactly this, by exactly this officer, now.

        Raises OfficerRefusedError.
        """
        challenge, credential = self._shown(shown)
        if credential.officer != seat.officer.id:
            raise OfficerRefusedError("passkey_refused")
        use = CountUse(credential.id, credential.officer, self.passkeys.verified(shown, challenge, credential))
        now = self.clock.now()
        taken = self._taken(challenge, _Purpose(Ceremony.STEP_UP, seat.digest, action, subject))
        leaf = leaves.approved(self.entropy, now, seat.officer.id, action)
        await self.recorder.record(StepUp(taken, use, seat.known.head, leaf))
        return Approval(seat.officer, action, subject, now, seat.known.head)

    async def looked_up(self, officer: Officer) -> None:
        """Note that an officer is about to look at what is on record."""
        await self.recorder.record(Note(leaves.looked_up(self.entropy, self.clock.now(), officer.id)))

    def link_digest(self, link: str) -> bytes:
        """Return what is kept of a link."""
        return self._digest(b"invitation", link)

    async def _signed_in(self, shown: Document, before: str | None) -> str:
        challenge, credential = self._shown(shown)
        known = self.book.officer(credential.officer)
        if known is None:
            raise OfficerRefusedError("passkey_refused")
        use = CountUse(credential.id, credential.officer, self.passkeys.verified(shown, challenge, credential))
        token, now = base64url(self.entropy.bytes(TOKEN_BYTES)), self.clock.now()
        session = SessionRow(self._digest(b"session", token), credential.officer, now, now)
        taken = self._taken(challenge, _Purpose(Ceremony.SIGN_IN))
        ended = None if before is None else EndSession(self._digest(b"session", before))
        await self.recorder.record(SignIn(taken, use, known.head, session, ended))
        return token

    def _shown(self, shown: Document) -> tuple[bytes, CredentialRow]:
        """Return the challenge that is answered, and the passkey that answers, as it is on record."""
        credential = self.book.credential(self.passkeys.credential(shown))
        if credential is None:
            raise OfficerRefusedError("passkey_refused")
        return self.passkeys.answered(shown), credential

    async def _ask(self, purpose: _Purpose, lives: timedelta) -> bytes:
        challenge = self.entropy.bytes(TOKEN_BYTES)
        taken = self._taken(challenge, purpose)
        await self.recorder.record(Ask(ChallengeRow(taken.digest, taken.bound, self.clock.now() + lives)))
        return challenge

    def _taken(self, challenge: bytes, purpose: _Purpose) -> TakeChallenge:
        digest = self.keys.mac(KeyUse.SESSION, b"challenge", challenge)
        return TakeChallenge(digest, self.keys.mac(KeyUse.SESSION, b"purpose", purpose.words()))

    def _invitation(self, link: str) -> InvitationRow:
        found = self.book.invitation(self.link_digest(link))
        if found is None or found.expires <= self.clock.now():
            raise OfficerRefusedError("link_unknown")
        return found

    def _digest(self, context: bytes, token: str) -> bytes:
        """Return what is kept of a token; what cannot be one is nobody's."""
        try:
            held = unbase64(token) if len(token) == len(base64url(bytes(TOKEN_BYTES))) else b""
        except ValueError:
            held = b""
        return self.keys.mac(KeyUse.SESSION, context, held)

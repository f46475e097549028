"""Who becomes an officer, with which roles, and who is one no longer. Granted by somebody else, always.

The first officer is invited by the operator at the gateway's own socket; later ones by officers who may invite, with
their passkey shown for exactly that. An agency's officer decides about officers of that agency and nobody else: whoever
could make one of no agency, or end one, would judge what that agency did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.core.crypto.pseudonyms import message_id
from gateway.core.encoding import base64url
from gateway.core.officer import leaves
from gateway.core.officer.items import ChangeOfficer, Invite
from gateway.core.officer.ports import OfficerBook
from gateway.core.officer.signing import TOKEN_BYTES, Signing
from gateway.core.officers import INVITES, OPERATOR, Action, Approval, Officer, OfficerRefusedError, Role
from gateway.core.ports import Clock, Directory, Entropy, Recorder
from gateway.core.records.officer_records import EndOfficer, InvitationRow, OfficerRow, SetRoles
from schemas.vocabulary import FunctionClass

LINK_LIVES: Final = timedelta(hours=24)
_LONGEST_LABEL: Final = 40
_OF_AN_AGENCY: Final = frozenset({Role.CASEWORKER})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to invite. `label` is what colleagues call the account; a function, not a name."""

    roles: frozenset[Role]
    agency: str | None
    label: str

    @property
    def subject(self) -> str:
        """What an approval of this invitation is about."""
        return "+".join(sorted(self.roles)) + "@" + (self.agency or "") + "/" + self.label


@dataclass(frozen=True, slots=True)
class Granting:
    """Invites officers, changes their roles, revokes them."""

    book: OfficerBook
    signing: Signing
    directory: Directory
    clock: Clock
    entropy: Entropy
    recorder: Recorder

    async def invite(self, wanted: Wanted, approval: Approval | None) -> str:
        """Return the secret part of a one-time link, told once and kept nowhere. Raises OfficerRefusedError.

        `approval` is None at the gateway's own socket only.
        """
        self.check(wanted)
        by = _allowed(approval, Action.INVITE_OFFICER, wanted.subject)
        _require_own(approval, wanted.agency)
        link, now, officer = base64url(self.entropy.bytes(TOKEN_BYTES)), self.clock.now(), self._new_id()
        row = InvitationRow(
            self.signing.link_digest(link), officer, wanted.label, wanted.agency, wanted.roles, by, now + LINK_LIVES
        )
        leaf = leaves.granted(self.entropy, "officer.invited", now, officer, by, wanted.roles)
        await self.recorder.record(Invite(row, approval, leaf))
        return link

    async def grant(self, officer: str, roles: frozenset[Role], approval: Approval) -> None:
        """Let another officer have exactly these roles from now on. Raises OfficerRefusedError."""
        by = _allowed(approval, Action.GRANT_ROLES, grant_subject(officer, roles))
        if officer == by:
            raise OfficerRefusedError("granted_to_oneself")
        known = self.book.officer(officer)
        if known is None:
            raise OfficerRefusedError("officer_unknown")
        _require_own(approval, known.officer.agency)
        self.check(Wanted(roles, known.officer.agency, known.label))
        leaf = leaves.granted(self.entropy, "officer.role_granted", self.clock.now(), officer, by, roles)
        await self.recorder.record(ChangeOfficer(SetRoles(officer, roles), approval, leaf))

    async def revoke(self, officer: str, approval: Approval | None) -> None:
        """End an officer: every session is over with this commit. Raises OfficerRefusedError."""
        by = _allowed(approval, Action.REVOKE_OFFICER, officer)
        known = self.book.officer(officer)
        if known is None:
            raise OfficerRefusedError("officer_unknown")
        _require_own(approval, known.officer.agency)
        leaf = leaves.revoked(self.entropy, self.clock.now(), officer, by)
        await self.recorder.record(ChangeOfficer(EndOfficer(officer), approval, leaf), urgent=True)

    def listed(self, officer: Officer | None = None) -> Sequence[OfficerRow]:
        """Return every officer there ever was, to an agency's officer those of that agency; None at the socket."""
        agency = officer.agency if officer else None
        return [row for row in self.book.officers() if agency in {None, row.agency}]

    def check(self, wanted: Wanted) -> None:
        """Raise OfficerRefusedError for somebody nobody can be."""
        if not wanted.roles:
            raise OfficerRefusedError("role_missing")
        if not 0 < len(wanted.label) <= _LONGEST_LABEL or not wanted.label.isprintable():
            raise OfficerRefusedError("label_unusable")
        if wanted.agency is None:
            if wanted.roles & _OF_AN_AGENCY:
                raise OfficerRefusedError("agency_missing")
            return
        agency = self.directory.agency(wanted.agency)
        if agency is None or agency.function is FunctionClass.IMMIGRATION_ENFORCEMENT:  # One answer for both (F-01).
            raise OfficerRefusedError("agency_unknown")

    def _new_id(self) -> str:
        return message_id(self.entropy.bytes(16))


def grant_subject(officer: str, roles: frozenset[Role]) -> str:
    """Return what an approval of a grant is about."""
    return officer + "/" + "+".join(sorted(roles))


def _allowed(approval: Approval | None, action: Action, subject: str) -> str:
    """Return who does it. Raises OfficerRefusedError unless this approval is of exactly that, by one who may."""
    if approval is None:
        return OPERATOR
    approval.require(action, subject)
    approval.officer.require(INVITES)
    return approval.officer.id


def _require_own(approval: Approval | None, agency: str | None) -> None:
    """Raise OfficerRefusedError where an agency's officer decides about somebody who is not of that agency."""
    if approval is not None and approval.officer.agency not in {None, agency}:
        raise OfficerRefusedError("same_agency_only")

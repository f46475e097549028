"""A second passkey: whoever loses one of two keeps the office, and the last one is never taken away.

Adding one takes two steps, because it is often made on another device: the passkey there is shown for it, which gives a
link for minutes, and the link makes the new one (`gateway.core.officer.signing`). Both are one's own doing only; what
somebody else may do is revoke the officer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.core.encoding import base64url, unbase64
from gateway.core.officer import leaves
from gateway.core.officer.items import Invite, RemovePasskey
from gateway.core.officer.signing import TOKEN_BYTES, Seat, Signing
from gateway.core.officers import Action, Approval, OfficerRefusedError
from gateway.core.records.officer_records import CredentialRow, InvitationRow, RemoveCredential

LINK_LIVES: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class OwnPasskeys:
    """An officer's passkeys: which there are, one more, one fewer."""

    signing: Signing

    def listed(self, seat: Seat) -> Sequence[CredentialRow]:
        """Return one's own passkeys, the oldest first."""
        return sorted(self.signing.book.credentials_of(seat.officer.id), key=lambda one: (one.at, one.id))

    async def link(self, seat: Seat, approval: Approval) -> str:
        """Return the secret part of a link that makes one more passkey, once, within minutes."""
        approval.require(Action.ADD_PASSKEY, seat.officer.id)
        signing, officer = self.signing, seat.officer
        link, now = base64url(signing.entropy.bytes(TOKEN_BYTES)), signing.clock.now()
        row = InvitationRow(
            signing.link_digest(link),
            officer.id,
            seat.known.label,
            officer.agency,
            officer.roles,
            officer.id,
            now + LINK_LIVES,
        )
        leaf = leaves.granted(signing.entropy, "officer.invited", now, officer.id, officer.id, officer.roles)
        await signing.recorder.record(Invite(row, approval, leaf))
        return link

    async def remove(self, approval: Approval, passkey: str) -> None:
        """Remove one of one's own passkeys; every session and link of one's own is over. Raises OfficerRefusedError."""
        approval.require(Action.REMOVE_PASSKEY, passkey)
        officer = approval.officer.id
        leaf = leaves.passkey(self.signing.entropy, "officer.passkey_removed", self.signing.clock.now(), officer)
        change = RemoveCredential(officer, self._own(officer, passkey).id)
        await self.signing.recorder.record(RemovePasskey(change, approval, leaf), urgent=True)

    def own(self, seat: Seat, passkey: str) -> CredentialRow:
        """Return one's own passkey of that id, if it may go. Raises OfficerRefusedError."""
        found = self._own(seat.officer.id, passkey)
        if len(self.listed(seat)) == 1:
            raise OfficerRefusedError("last_passkey")
        return found

    def _own(self, officer: str, passkey: str) -> CredentialRow:
        try:
            found = self.signing.book.credential(unbase64(passkey))
        except ValueError:
            found = None
        if found is None or found.officer != officer:
            raise OfficerRefusedError("unknown")
        return found

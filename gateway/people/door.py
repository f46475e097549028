"""What the pages are connected to, and who is there: the session's cookie and nothing else."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from gateway.core.agencies import Agency
from gateway.core.cases.child_clock import ChildClock
from gateway.core.cases.overrides import Overrides
from gateway.core.consents.desk import Desk
from gateway.core.consents.papers import ConsentPapers
from gateway.core.consents.seconding import Seconding
from gateway.core.erasure.erasing import Erasures
from gateway.core.explaining import Explaining
from gateway.core.histories import Histories
from gateway.core.officer.granting import Granting
from gateway.core.officer.signing import Seat, Signing
from gateway.core.officers import OfficerRefusedError
from gateway.core.oversight.breaches import Breaches
from gateway.core.oversight.policy_approval import PolicyApprovals
from gateway.core.oversight.probing_releases import LockBook, ProbingReleases
from gateway.core.oversight.reidentifying import Reidentifying
from gateway.core.parties.suggesting import AgencyBook, suggested
from gateway.core.ports import Entropy
from gateway.core.records.notice_records import Notices
from gateway.core.tracking import Leaves, Tracking

_HOST: Final = "__Host-session"
_PLAIN: Final = "session"


@dataclass(frozen=True, slots=True)
class PeopleDoor:
    """The core, as the pages reach it. `public_url` is how browsers reach us."""

    signing: Signing
    granting: Granting
    seconding: Seconding
    desk: Desk
    papers: ConsentPapers
    overrides: Overrides
    policies: PolicyApprovals
    erasures: Erasures
    reidentifying: Reidentifying
    probing: ProbingReleases
    breaches: Breaches
    notices: Notices
    children: ChildClock
    locks: LockBook
    agencies: AgencyBook
    leaves: Leaves
    tracking: Tracking
    histories: Histories
    explaining: Explaining
    entropy: Entropy
    public_url: str

    @property
    def origin(self) -> str:
        """The origin of our pages."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over TLS; without it, only a trial on one machine works (WebAuthn)."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def cookie(self) -> str:
        """The name of the cookie; over TLS one that no other host can set (RFC 6265bis, `__Host-`)."""
        return _HOST if self.secure else _PLAIN

    async def seat(self, request: Request) -> Seat:
        """Return who is there. Raises OfficerRefusedError."""
        token = self.token(request)
        if token is None:
            raise OfficerRefusedError("signed_out")
        return await self.signing.present(token)

    async def offered(self, seat: Seat) -> Sequence[Agency]:
        """Return the agencies whose names a page may offer to whoever sits there."""
        return await asyncio.to_thread(suggested, self.agencies, seat.officer)

    def token(self, request: Request) -> str | None:
        """Return what the cookie holds."""
        return request.cookies.get(self.cookie)

    def keep(self, response: Response, token: str) -> None:
        """Hand a session's token to the browser, for as long as it runs."""
        response.set_cookie(self.cookie, token, path="/", secure=self.secure, httponly=True, samesite="strict")

    def forget(self, response: Response) -> None:
        """Take it back."""
        response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="strict")

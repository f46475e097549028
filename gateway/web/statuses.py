"""What became of a referral, told to its sender in the format of its own system (M-06, FORMATS 1.2)."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse
from typing_extensions import override

from adapters.sdk.errors import AdapterError
from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.core.own_format import in_own_format
from gateway.web.door import Door
from gateway.web.headers import known_form
from gateway.web.problems import problem


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", tags=["referrals"])

    @routes.get(
        "/referrals/{referral}/status",
        operation_id="getReferralStatus",
        summary="What became of a referral you sent, in your own system's format",
    )
    async def status(request: Request, referral: str) -> JSONResponse:
        """Codes and a day under your own number, written by your system's adapter.

        406 where its format has no word for it.
        """

        async def work(caller: Caller) -> JSONResponse:
            wanted = known_form(referral)
            if not_fresh := await door.read(caller):
                return not_fresh
            update = door.tracking.status(caller.agency, wanted, door.exchange.clock.now().date().isoformat())
            if update is None:
                return problem(404, "not_found")
            try:
                written = await in_own_format(door.exchange, caller, lambda adapter: adapter.render_status(update))
            except AdapterError:  # The format has no word for it.
                return problem(406, "no_such_status")
            return Written(written.body, written.media_type)

        return await door.answered(request, Scope.READ_REFERRALS, work)

    return routes


class Written(JSONResponse):
    """A document in an agency's own format: bytes as they are."""

    def __init__(self, body: bytes, media_type: str) -> None:
        super().__init__(body, media_type=media_type)

    @override
    def render(self, content: bytes) -> bytes:
        """Return the bytes themselves."""
        return content

"""See what would be sent before it is (M-13), and hear why something was permitted or refused."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.access.scopes import Scope
from gateway.core.answers import NotFresh
from gateway.core.callers import Caller
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import known_form
from gateway.web.problems import answer, problem
from gateway.web.referrals import asked_of, decided


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", tags=["referrals"], route_class=Direct)

    @routes.post("/referrals/preview", operation_id="previewReferral", summary="See exactly what would be sent")
    async def preview(request: Request) -> JSONResponse:
        """Takes what sendReferral takes and sends nothing. Read the answer to her before you send it.

        With its `digest` as GX-Preview-Digest the referral is sent only if it is still exactly that. A look is an entry
        of the log, and counts where refusals are counted.
        """

        async def work(caller: Caller) -> JSONResponse:
            outcome = await door.previews.preview(asked_of(request, caller, await door.body(request)))
            if isinstance(outcome, NotFresh):
                return door.not_fresh(outcome)
            refused = outcome.answer["outcome"] == "refused"
            return decided(outcome.answer, {}) if refused else answer(outcome.answer)

        return await door.answered(request, Scope.SEND_REFERRALS, work)

    @routes.get(
        "/referrals/{referral}/explanation", operation_id="explainReferral", summary="Why it was permitted or refused"
    )
    async def explain(request: Request, referral: str) -> JSONResponse:
        """The rules in words, with what would have to be true for the other answer, as far as you may hear it.

        Every refusal that rests on a person's record is explained alike, but for what your agency recorded itself.
        """

        async def work(caller: Caller) -> JSONResponse:
            found = await door.explaining.to_sender(caller, known_form(referral))
            if isinstance(found, NotFresh):
                return door.not_fresh(found)
            return problem(404, "not_found") if found is None else answer(found)

        return await door.answered(request, Scope.READ_REFERRALS, work)

    return routes

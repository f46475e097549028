"""Releases of statistics that wait for an agency's approval, and the approval itself (P-06)."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.access.scopes import Scope
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.callers import Caller
from gateway.core.consents.desk import Actor
from gateway.core.recipient_answers import Unknown
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import idempotency_key, known_form
from gateway.web.problems import answer, key_reused, problem


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1/statistics/releases", tags=["statistics"], route_class=Direct)

    @routes.get("", operation_id="listReleases", summary="Releases of statistics that wait for your approval")
    async def waiting(request: Request) -> JSONResponse:
        """Your agency's people are counted in a release only if you approve it, all contributors or none (P-06)."""

        async def work(caller: Caller) -> JSONResponse:
            if not_fresh := await door.read(caller):
                return not_fresh
            found = door.releases.waiting(caller.agency)
            return answer({"releases": [{"release": one.id, "quarter": one.quarter} for one in found]})

        return await door.answered(request, Scope.APPROVE_STATISTICS, work)

    @routes.post("/{release}/approval", operation_id="approveRelease", summary="Agree that it leaves the circle")
    async def approve(request: Request, release: str) -> JSONResponse:
        """It is made once every agency whose people are counted in it has approved."""

        async def work(caller: Caller) -> JSONResponse:
            name, key = known_form(release), idempotency_key(request.headers)
            outcome = await door.releases.approve(Actor(caller.agency, caller), name, key)
            match outcome:
                case Recorded(answer=told) | Repeated(answer=told):
                    return answer(told)
                case Unknown():
                    return problem(HTTPStatus.NOT_FOUND, "not_found")
                case KeyConflict():
                    return key_reused()
                case NotFresh():
                    return door.not_fresh(outcome)

        return await door.answered(request, Scope.APPROVE_STATISTICS, work)

    return routes

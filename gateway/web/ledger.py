"""The signed state of the log.

Leaves are exported by the operator for the data-protection officer, never over this door.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.callers import Caller
from gateway.core.scopes import Scope
from gateway.web.door import Door
from gateway.web.problems import answer


def router(door: Door) -> APIRouter:
    """Make the route."""
    routes = APIRouter(prefix="/v1/ledger", tags=["ledger"])

    @routes.get(
        "/checkpoint", operation_id="getCheckpoint", summary="The log's signed checkpoint (C2SP tlog-checkpoint)"
    )
    async def checkpoint(request: Request) -> JSONResponse:
        async def work(caller: Caller) -> JSONResponse:
            if not_fresh := await door.read(caller):
                return not_fresh
            return answer({"checkpoint": door.tracking.checkpoint(door.tracking.log.head())})

        return await door.answered(request, Scope.READ_LEDGER, work)

    return routes

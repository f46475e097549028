"""Is it alive, is it ready. Says nothing else."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import JSONResponse

from gateway.core.errors import GatewayError
from gateway.web.problems import answer, problem


def router(ready: Callable[[], None]) -> APIRouter:
    """Make the routes; `ready` raises a GatewayError while something is missing."""
    routes = APIRouter(tags=["health"])

    @routes.get("/livez", operation_id="getLiveness", summary="The process answers")
    async def live() -> JSONResponse:
        return answer({"status": "live"})

    @routes.get("/readyz", operation_id="getReadiness", summary="Schema at head, writer at work, keys open")
    async def is_ready() -> JSONResponse:
        try:
            ready()
        except GatewayError:
            return problem(503, "not_ready", headers={"Retry-After": "5"})
        return answer({"status": "ready"})

    return routes

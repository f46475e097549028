"""Is it alive, is it ready. Says nothing else."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import JSONResponse

from gateway.core.errors import GatewayError
from gateway.head_requests import answering_head
from gateway.web.problems import answer, problem


def router(ready: Callable[[], None], anchored: Callable[[], bool]) -> APIRouter:
    """Make the routes; `ready` raises a GatewayError while something is missing.

    A gateway whose log nobody outside sees stays ready, for withdrawals and danger to life must still reach it; what
    does not go on is said in the answer.
    """
    routes = APIRouter(tags=["health"])

    @routes.get("/livez", operation_id="getLiveness", summary="The process answers")
    async def live() -> JSONResponse:
        """For whoever restarts processes. Asks for no token and looks at nothing."""
        return answer({"status": "live"})

    @routes.get("/readyz", operation_id="getReadiness", summary="Schema at head, writer at work, keys open")
    async def is_ready() -> JSONResponse:
        """For a load balancer: the schema is the newest, the writer is at work, the keys are open."""
        try:
            ready()
        except GatewayError:
            return problem(503, "not_ready")
        if not anchored():
            return answer({"status": "ready", "disclosures": "stopped", "code": "log_not_anchored"})
        return answer({"status": "ready"})

    return answering_head(routes)

"""The register of breaches for whoever runs the gateway: codes, clocks and what is owed (A-05). Officers write it."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import answer
from gateway.admin.operations import Operations


def router(operations: Operations) -> APIRouter:
    """Make the route."""
    routes = APIRouter()

    @routes.get("/breaches")
    def listed(_request: Request) -> JSONResponse:
        return answer({"breaches": [*operations.breaches.coded()]})

    return routes

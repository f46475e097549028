"""Erasing people at the operator's desk, for an agency that recorded them, and releasing a database that was restored.

Her reference is in bodies only (P-02); nobody is told here what keeps her (ADR 0150). Whoever was erased is
gone from a restored database before it can be released.
"""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer, members, problem, text
from gateway.admin.operations import Operations
from gateway.admin.rehearsal import erasures
from gateway.core.consents.desk import Actor
from gateway.core.erasure.items import Erased

_REFERENCE_LENGTH = 80


def router(operations: Operations) -> APIRouter:
    """Make the route."""
    routes = APIRouter()

    @routes.post("/erasures")
    async def erase(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "agency", "person_ref")
        agency, reference = text(given, "agency"), text(given, "person_ref")
        if len(reference) > _REFERENCE_LENGTH:
            raise BadRequestError("/person_ref", "maxLength")
        outcome = await erasures(operations, request).ask(Actor(agency, None), reference)
        if not isinstance(outcome, Erased):
            return problem(HTTPStatus.NOT_FOUND, "person_unknown")
        return answer(outcome.answer)

    @routes.post("/restore/release")
    async def release() -> JSONResponse:
        if not await operations.release():
            return problem(HTTPStatus.CONFLICT, "nothing_to_release")
        return answer({"outcome": "released"})

    return routes

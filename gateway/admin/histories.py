"""A person's whole history, for officer and operator. Her reference travels in bodies only (P-02)."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer, members, problem, text
from gateway.admin.operations import Operations
from gateway.core.histories import Nobody

_REFERENCE_LENGTH = 80


def router(operations: Operations) -> APIRouter:
    """Make the route."""
    routes = APIRouter()

    @routes.post("/history")
    async def history(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "consent", "agency", "person_ref")
        if "consent" in given:
            found = await operations.histories.of_consent(text(given, "consent"))
        else:
            reference = text(given, "person_ref")
            if len(reference) > _REFERENCE_LENGTH:
                raise BadRequestError("/person_ref", "maxLength")
            found = await operations.histories.of_reference(text(given, "agency"), reference)
        return problem(HTTPStatus.NOT_FOUND, "person_unknown") if isinstance(found, Nobody) else answer(found)

    return routes

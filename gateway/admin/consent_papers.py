"""Consents in other people's formats, at the operator's desk: handed out and taken in for one agency."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from adapters.consents import FORMATS, ConsentFormat, WrittenPaper
from adapters.sdk.errors import AdapterError
from gateway.admin.answers import BadRequestError, answer, members, text
from gateway.admin.consents import key_of, recorded, unknown
from gateway.admin.operations import Operations
from gateway.admin.rehearsal import desk
from gateway.core.consents.desk import Actor
from gateway.core.consents.papers import ConsentPapers


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()

    @routes.get("/consents/{consent}/export")
    async def export(consent: str, request: Request) -> JSONResponse:
        form, agency = _format(request), _agency(request)
        try:
            outcome = await operations.papers.handed_out(Actor(agency, None), consent, form)
        except AdapterError as error:
            raise BadRequestError(error.pointer, error.rule) from None
        if not isinstance(outcome, WrittenPaper):
            return unknown()
        lost = [loss.path for loss in outcome.losses]
        return answer({"document": outcome.body.decode(), "media_type": form.media_type, "not_carried": [*lost]})

    @routes.post("/consents/import")
    async def take_in(request: Request) -> JSONResponse:
        form, agency, key = _format(request), _agency(request), key_of(request)
        given = await members(request, operations.largest_body, "document", "supplement")
        supplement = text(given, "supplement").encode() if "supplement" in given else None
        papers = ConsentPapers(desk(operations, request), operations.papers.events)
        try:
            outcome = await papers.taken_in(
                Actor(agency, None), form, text(given, "document").encode(), supplement, key
            )
        except AdapterError as error:
            raise BadRequestError(error.pointer, error.rule) from None
        return recorded(outcome)

    return routes


def _format(request: Request) -> ConsentFormat:
    form = FORMATS.get(request.query_params.get("format", ""))
    if form is None:
        raise BadRequestError("format", "unknown_code")
    return form


def _agency(request: Request) -> str:
    agency = request.query_params.get("agency", "")
    if not agency:
        raise BadRequestError("agency", "required")
    return agency

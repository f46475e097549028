"""What a recipient would get (M-13), and why a decision was what it was, at the operator's desk."""

import re
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from adapters.sdk.contract import Inbound
from adapters.sdk.errors import AdapterError
from gateway.admin.answers import BadRequestError, answer, body, problem
from gateway.admin.operations import Operations
from gateway.core.answers import NotFresh
from gateway.core.errors import Defect
from gateway.core.previewing import of_operator
from gateway.core.recognising import can_be_a_subject
from gateway.core.stages import Authenticated, Routing
from schemas.vocabulary import Ground, Purpose, Urgency

_AGENCY = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
_Enum = TypeVar("_Enum", bound=StrEnum)


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()

    @routes.post("/referrals/preview")
    async def preview(request: Request) -> JSONResponse:
        agency = _known(operations, request)
        caller = of_operator(agency)
        routing = Routing(
            recipient=_fitting(request, "to", _AGENCY),
            purpose=_chosen(request, "purpose", Purpose),
            urgency=Urgency.ROUTINE,
            ground=Ground.CONSENT,
            idempotency_key="",
        )
        subject = _subject(request)
        media_type = request.query_params.get("media_type") or _usual(operations, agency)
        inbound = Inbound(await body(request, operations.largest_body), media_type, subject)
        try:
            outcome = await operations.previews.preview(Authenticated(caller, routing, inbound, None), proven=False)
        except AdapterError as error:
            raise BadRequestError(error.pointer, error.rule) from None
        if isinstance(outcome, NotFresh):
            raise Defect("a proof was asked for where none is shown")
        return answer(outcome.answer)

    @routes.get("/decisions/{decision}/explanation")
    async def explain(decision: str) -> JSONResponse:
        found = await operations.explaining.in_full(decision)
        return problem(HTTPStatus.NOT_FOUND, "decision_unknown") if found is None else answer(found)

    return routes


def _known(operations: Operations, request: Request) -> str:
    agency = _fitting(request, "agency", _AGENCY)
    if agency not in {one.id for one in operations.directory.agencies()}:
        raise BadRequestError("agency", "unknown")
    return agency


def _usual(operations: Operations, agency: str) -> str:
    """Return the first media type the agency's own system speaks."""
    types = operations.previews.exchange.adapter_of(of_operator(agency)).manifest.media_types
    return types[0] if types else ""


def _fitting(request: Request, name: str, pattern: re.Pattern[str]) -> str:
    value = request.query_params.get(name, "")
    if pattern.fullmatch(value) is None:
        raise BadRequestError(name, "pattern" if value else "required")
    return value


def _subject(request: Request) -> str | None:
    named = request.query_params.get("subject") or None
    if named is not None and not can_be_a_subject(named):
        raise BadRequestError("subject", "pattern")
    return named


def _chosen(request: Request, name: str, codes: type[_Enum]) -> _Enum:
    try:
        return codes(request.query_params.get(name, ""))
    except ValueError:
        raise BadRequestError(name, "unknown_code") from None

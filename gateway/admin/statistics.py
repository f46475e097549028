"""Releases of statistics: proposed, looked after and made by whoever runs the gateway; approved by agencies (P-06)."""

import re
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer, problem
from gateway.admin.operations import Operations
from gateway.core.answers import Recorded, Repeated
from gateway.core.statistics.releases import Release, ReleaseRefusedError
from schemas.documents import Json

_QUARTER, _KEY = re.compile(r"[0-9]{4}-Q[1-4]"), re.compile(r"[A-Za-z0-9._:-]{8,100}")


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/statistics/releases")
    desk = operations.releases

    @routes.post("")
    async def propose(request: Request) -> JSONResponse:
        quarter, key = request.query_params.get("quarter", ""), request.headers.get("Idempotency-Key", "")
        if _QUARTER.fullmatch(quarter) is None or _KEY.fullmatch(key) is None:
            raise BadRequestError("quarter", "pattern")
        try:
            outcome = await desk.propose(quarter, key)
        except ReleaseRefusedError as refusal:
            return problem(HTTPStatus.FORBIDDEN, refusal.code)
        told = outcome.answer if isinstance(outcome, Recorded | Repeated) else None
        return problem(HTTPStatus.CONFLICT, "idempotency_key_reused") if told is None else answer(told)

    @routes.get("")
    def listed(_request: Request) -> JSONResponse:
        return answer({"releases": [_shown(one) for one in desk.book.releases()]})

    @routes.post("/{release}/document")
    async def make(_request: Request, release: str) -> JSONResponse:
        try:
            return answer(await desk.make(release))
        except ReleaseRefusedError as refusal:
            return problem(HTTPStatus.FORBIDDEN, refusal.code)

    return routes


def _shown(one: Release) -> Json:
    return {
        "release": one.id,
        "quarter": one.quarter,
        "approved": len(one.approved),
        "missing": [*one.missing],
        "made": one.document is not None,
    }

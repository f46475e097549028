"""Questions for room at the operator's desk, asked and answered for an agency whose system cannot (M-05)."""

import re
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer, body, problem
from gateway.admin.operations import Operations
from gateway.core import receipts
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.consents.desk import Actor
from gateway.core.keeping import KeptAnswer
from gateway.core.recipient_answers import NotNow, Unknown
from gateway.core.room.capacity import NobodyToAsk
from gateway.core.room.capacity_shown import shown_to_asker, shown_to_recipient
from schemas.decoding import decode_json

_KEY = re.compile(r"[A-Za-z0-9._:-]{8,100}")


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/capacity-questions")
    desk = operations.capacity

    @routes.post("")
    async def ask(request: Request) -> JSONResponse:
        document = decode_json(await body(request, operations.largest_body))
        return _answered(await desk.ask(_actor(request), document, _key(request)))

    @routes.get("")
    def listed(request: Request) -> JSONResponse:
        agency = _actor(request).agency
        if request.query_params.get("waiting"):
            return answer({"questions": [shown_to_recipient(one) for one in desk.waiting(agency)]})
        return answer({"questions": [shown_to_asker(one) for one in desk.asked(agency)]})

    @routes.post("/{question}/answer")
    async def say(request: Request, question: str) -> JSONResponse:
        document = decode_json(await body(request, operations.largest_body))
        return _answered(await desk.answer(_actor(request), question, document, _key(request)))

    return routes


def _actor(request: Request) -> Actor:
    agency = request.query_params.get("agency", "")
    if not agency:
        raise BadRequestError("agency", "required")
    return Actor(agency, None)


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if _KEY.fullmatch(key) is None:
        raise BadRequestError("Idempotency-Key", "required")
    return key


def _answered(outcome: KeptAnswer | NobodyToAsk | Unknown | NotNow) -> JSONResponse:
    match outcome:
        case Recorded(answer=told) | Repeated(answer=told):
            return answer(told)
        case NobodyToAsk(reason=reason):
            return problem(HTTPStatus.FORBIDDEN, "nobody_to_ask", reasons=receipts.told([reason]))
        case Unknown():
            return problem(HTTPStatus.NOT_FOUND, "question_unknown")
        case NotNow():
            return problem(HTTPStatus.CONFLICT, "state_conflict")
        case KeyConflict():
            return problem(HTTPStatus.CONFLICT, "idempotency_key_reused")
        case NotFresh():
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "defect")

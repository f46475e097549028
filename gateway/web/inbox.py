"""A recipient fetches what was referred to it, says that it has it, and what became of it."""

import base64
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from adapters.sdk.contract import Inbound, ParsedStatus
from adapters.sdk.errors import UnsupportedError
from gateway.core.acknowledgements import Told, Unknown
from gateway.core.answers import NotFresh
from gateway.core.dispatch import Delivered
from gateway.core.scopes import Scope
from gateway.web.door import Door
from gateway.web.headers import idempotency_key
from gateway.web.problems import BadRequestError, answer, problem
from schemas.documents import Json

_MOST = 20


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1/inbox", tags=["inbox"])

    @routes.post("/lease", operation_id="leaseMessages", summary="Fetch messages under a lease of five minutes")
    async def lease(request: Request, limit: str = "10") -> JSONResponse:
        caller = door.caller(request, Scope.READ_INBOX)

        async def work() -> JSONResponse:
            if not (limit.isdecimal() and 1 <= int(limit[:4]) <= _MOST):
                raise BadRequestError(HTTPStatus.BAD_REQUEST, "limit", "range")
            delivered = await door.dispatch.lease(caller, int(limit))
            if isinstance(delivered, NotFresh):
                return door.not_fresh(delivered)
            return answer({"messages": [_message(one) for one in delivered]})

        return await door.answered(caller, work)

    @routes.post("/{message}/acknowledgement", operation_id="acknowledgeMessage", summary="Say that a message arrived")
    async def acknowledge(request: Request, message: str) -> JSONResponse:
        caller = door.caller(request, Scope.ACKNOWLEDGE_INBOX)

        async def work() -> JSONResponse:
            idempotency_key(request.headers)
            return _outcome(door, await door.answering.acknowledge(caller, message))

        return await door.answered(caller, work)

    @routes.post(
        "/{message}/status", operation_id="answerReferral", summary="Say what became of a referral, in your format"
    )
    async def status(request: Request, message: str) -> JSONResponse:
        caller = door.caller(request, Scope.ACKNOWLEDGE_INBOX)

        async def work() -> JSONResponse:
            idempotency_key(request.headers)
            inbound = Inbound(await door.body(request), request.headers.get("content-type", ""))
            parsed = door.exchange.adapter_of(caller).parse(inbound)
            if not isinstance(parsed, ParsedStatus):
                raise UnsupportedError("", "not_a_status")
            return _outcome(door, await door.answering.answer(caller, message, parsed.state, parsed.reason))

        return await door.answered(caller, work)

    return routes


def _message(one: Delivered) -> Json:
    return {
        "message": one.message,
        "media_type": one.media_type,
        "body": base64.b64encode(one.body).decode(),
        "lease_until": one.lease_until.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _outcome(door: Door, outcome: Told | Unknown | NotFresh) -> JSONResponse:
    match outcome:
        case Told():
            return answer({"outcome": "recorded"})
        case Unknown():
            return problem(404, "not_found")
        case NotFresh():
            return door.not_fresh(outcome)

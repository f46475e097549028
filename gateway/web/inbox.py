"""A recipient fetches what was referred to it, says that it has it, and what became of it."""

import base64
import re
from http import HTTPStatus
from typing import assert_never

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from adapters.sdk.contract import Inbound, ParsedStatus
from adapters.sdk.errors import UnsupportedError
from gateway.core.access.scopes import Scope
from gateway.core.answers import KeyConflict, NotFresh, Repeated
from gateway.core.callers import Caller
from gateway.core.dispatch import Delivered
from gateway.core.own_format import in_own_format
from gateway.core.recipient_answers import NotNow, Outcome, Told, Unknown
from gateway.web.door import Door
from gateway.web.headers import idempotency_key, known_form, token
from gateway.web.notices import notice_answer
from gateway.web.paging import one
from gateway.web.problems import BadRequestError, answer, key_reused, problem
from schemas.documents import Json

_USUAL, _MOST = 10, 20
_RECEIPT = re.compile(r"[A-Za-z0-9_.-]{1,2048}")
_LIMIT = re.compile(r"[0-9]{1,2}")


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1/inbox", tags=["inbox"])

    @routes.post("/lease", operation_id="leaseMessages", summary="Fetch messages under a lease of five minutes")
    async def lease(request: Request) -> JSONResponse:
        """Messages are yours for five minutes; what you do not acknowledge is handed out again, under the same id.

        Keep the ids: a message that comes again is the same one. Each is decided again at this moment, so nothing is
        handed out that was withdrawn meanwhile.
        """

        async def work(caller: Caller) -> JSONResponse:
            delivered = await door.dispatch.lease(caller, _limit(one(request.query_params, "limit")))
            if isinstance(delivered, NotFresh):
                return door.not_fresh(delivered)
            return answer({"messages": [_message(message) for message in delivered]})

        return await door.answered(request, Scope.READ_INBOX, work, frozenset({"limit"}))

    @routes.post("/{message}/acknowledgement", operation_id="acknowledgeMessage", summary="Say that a message arrived")
    async def acknowledge(request: Request, message: str) -> JSONResponse:
        """Say so only once it is safely stored with you: the gateway wipes its copy. Saying it again is no harm."""

        async def work(caller: Caller) -> JSONResponse:
            key = idempotency_key(request.headers)
            receipt = token(request.headers, "GX-Receipt", _RECEIPT) if "gx-receipt" in request.headers else ""
            return answered_with(door, await door.answering.acknowledge(caller, known_form(message), key, receipt))

        return await door.answered(request, Scope.ACKNOWLEDGE_INBOX, work)

    _for_answers(door, routes)
    return routes


def _for_answers(door: Door, routes: APIRouter) -> None:
    """Make the route by which a recipient says what became of something."""

    @routes.post(
        "/{message}/status", operation_id="answerReferral", summary="Say what became of a referral, in your format"
    )
    async def status(request: Request, message: str) -> JSONResponse:
        """Accepted, declined with a reason, in progress, or what came of it: in codes, and in your own format.

        An answer to a notice (erased, corrected, stopped, objected) goes here too, as JSON.
        """

        async def work(caller: Caller) -> JSONResponse:
            key, wanted = idempotency_key(request.headers), known_form(message)
            if door.answering.is_notice(caller, wanted):
                said = notice_answer(await door.document(request))
                return answered_with(door, await door.answering.answer_notice(caller, wanted, *said, key))
            inbound = Inbound(await door.body(request), request.headers.get("content-type", ""))
            parsed = await in_own_format(door.exchange, caller, lambda adapter: adapter.parse(inbound))
            if not isinstance(parsed, ParsedStatus):
                raise UnsupportedError("", "not_a_status")
            return answered_with(door, await door.answering.answer(caller, wanted, parsed.state, parsed.reason, key))

        return await door.answered(request, Scope.ACKNOWLEDGE_INBOX, work)


def _limit(text: str | None) -> int:
    if text is None:
        return _USUAL
    limit = int(text) if _LIMIT.fullmatch(text) else 0
    if not 1 <= limit <= _MOST:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "limit", "range")
    return limit


def _message(one: Delivered) -> Json:
    return {
        "message": one.message,
        "media_type": one.media_type,
        "body": base64.b64encode(one.body).decode(),
        "lease_until": one.lease_until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **_signature(one),
    }


def _signature(one: Delivered) -> dict[str, Json]:
    """The detached signature of a notice to a recipient without a key (`sealed_message.notice_bytes`)."""
    if one.signature is None:
        return {}
    signed = base64.b64encode(one.signature.signature).decode()
    return {"signature": {"by": one.signature.by, "signature": signed}}


def answered_with(door: Door, outcome: Outcome) -> JSONResponse:
    """Answer a recipient with what became of what it said."""
    match outcome:
        case Told():
            return answer({"outcome": "recorded"})
        case Repeated(answer=told):
            return answer(told)
        case Unknown():
            return problem(404, "not_found")
        case NotNow():
            return problem(409, "state_conflict")
        case KeyConflict():
            return key_reused()
        case NotFresh():
            return door.not_fresh(outcome)
        case _:
            assert_never(outcome)

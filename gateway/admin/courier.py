"""Agencies' own systems, and what could not be brought to them: register, list, try again."""

import base64
import binascii

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer, members
from gateway.admin.operations import Operations
from gateway.admin.rehearsal import endpoints, is_dry
from gateway.core.endpoints import Endpoint
from gateway.core.lanes import Dead
from schemas.documents import Json

LARGEST_PAGE = 1_000
"""Dead letters in one answer."""


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()

    @routes.post("/endpoints")
    async def add(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "endpoint", "credential", "new_key")
        document = given.get("endpoint")
        if not isinstance(document, dict):
            raise BadRequestError("/endpoint", "required")
        made = await endpoints(operations, request).add(
            document, _credential(given.get("credential")), new_key=given.get("new_key") is True
        )
        return answer(made)

    @routes.get("/endpoints")
    def listed() -> JSONResponse:
        return answer({"endpoints": [_endpoint(one) for one in operations.endpoints.book.endpoints()]})

    @routes.get("/dead-letters")
    def dead() -> JSONResponse:
        found = operations.dead_letters.listed(LARGEST_PAGE + 1)
        return answer({"dead_letters": [_dead(one) for one in found[:LARGEST_PAGE]], "more": len(found) > LARGEST_PAGE})

    @routes.post("/dead-letters/rerun")
    async def rerun(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "recipient", "referrals", "all")
        recipient, referrals = given.get("recipient"), given.get("referrals", [])
        named = isinstance(recipient, str) or (isinstance(referrals, list) and bool(referrals))
        if named is (given.get("all") is True) or not isinstance(referrals, list):
            raise BadRequestError("/referrals", "required")
        which = [str(referral) for referral in referrals]
        if is_dry(request):
            return answer({"dry_run": True})
        count = await operations.dead_letters.rerun(recipient if isinstance(recipient, str) else None, which)
        return answer({"rerun": count})

    return routes


def _credential(given: Json) -> bytes:
    if given is None:
        return b""
    try:
        return base64.b64decode(given, validate=True) if isinstance(given, str) else b""
    except binascii.Error:
        raise BadRequestError("/credential", "base64") from None


def _endpoint(one: Endpoint) -> Json:
    return {"agency": one.agency, "brings": one.brings, "url": one.url, "authentication": one.showing, "dpop": one.dpop}


def _dead(one: Dead) -> Json:
    return {
        "referral": one.referral,
        "sender": one.sender,
        "recipient": one.recipient,
        "urgency": one.urgency,
        "code": one.code,
        "attempts": one.attempts,
        "since": one.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }

"""Primero calls when a case changed (docs/primero-webhooks.md). It is believed in nothing but which record to fetch.

Nothing of a hint is stored or logged, and its answer tells nothing about what was decided.
"""

import base64
import binascii
import json
import re
from dataclasses import replace
from http import HTTPStatus

import structlog
from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.sdk.errors import AdapterError
from gateway.core.delivery.hooks import WINDOW, Hook, Hooks
from gateway.core.errors import OperatorError, RecipientError
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.problems import BadRequestError, faults_of, of_document, problem
from schemas.errors import SchemaViolationError

LARGEST_HINT = 65_536
"""Bytes; a hint holds a handful of members."""

_RECORD = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BASIC = "basic "


def router(door: Door, hooks: Hooks) -> APIRouter:
    """Make the route. It is Primero's own form and stands in no description of ours."""
    routes = APIRouter(prefix="/hooks", include_in_schema=False, route_class=Direct)
    narrow = replace(door, largest_body=min(door.largest_body, LARGEST_HINT))

    @routes.post("/primero/{hook}")
    async def hint(request: Request, hook: str) -> Response:
        found = hooks.locks.opened(hook, _shown(request.headers))
        if found is None:
            return problem(401, "invalid_credentials", headers={"WWW-Authenticate": 'Basic realm="hooks"'})
        if not hooks.in_time(found):
            return problem(429, "too_many_hints", headers={"Retry-After": str(int(WINDOW.total_seconds()))})
        try:
            record = _record(request, await narrow.body(request))
        except BadRequestError as error:
            return of_document(error)
        return await _answered(hooks, found, record)

    return routes


async def _answered(hooks: Hooks, hook: Hook, record: str) -> Response:
    """202 whatever was decided, and also for a case that is no referral: a hint learns nothing. 503 to try again."""
    log = structlog.get_logger()
    try:
        await hooks.taken(hook, record)
    except (AdapterError, SchemaViolationError) as error:
        refused: JSONResponse = of_document(error)
        code, faults = faults_of(error)
        log.warning("hook_not_a_referral", client=hook.client, code=code, rule=faults[0][1] if faults else "")
        if refused.status_code == HTTPStatus.SERVICE_UNAVAILABLE:  # The adapter could not be asked.
            raise OperatorError("no adapter is free") from None
    except (OperatorError, RecipientError) as error:
        log.warning("hook_not_taken", client=hook.client, code=getattr(error, "code", type(error).__name__))
        raise
    return Response(status_code=HTTPStatus.ACCEPTED)


def _shown(headers: Headers) -> bytes:
    """Return the secret that is shown, in the one of Primero's two ways that is used; empty for none and for both."""
    match headers.getlist("x-api-key"), headers.getlist("authorization"):
        case [secret], []:
            return secret.encode("latin-1")
        case [], [said] if said.lower().startswith(_BASIC):
            return _decoded(said[len(_BASIC) :])
        case _:
            return b""


def _decoded(said: str) -> bytes:
    try:
        return base64.b64decode(said.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _record(request: Request, body: bytes) -> str:
    """Return the id of the record hinted at, the only member that is looked at. Raises BadRequestError."""
    if request.query_params:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "query", "unknown_parameter")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "", "json") from None
    data = said.get("data") if isinstance(said, dict) else None
    record = data.get("record_id") if isinstance(data, dict) else None
    if not isinstance(record, str) or _RECORD.fullmatch(record) is None:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "/data/record_id", "pattern")
    return record

"""Every error as a problem (RFC 9457), in one table.

A problem carries codes, pointers and rules, and never a value from the data.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Match

from adapters.sdk.errors import AdapterError, CannotRenderError, MalformedError
from gateway import status_words
from gateway.core.access.token_details import OutsideDetailsError
from gateway.core.adapter_ports import NOT_ASKED
from gateway.core.callers import CallerRefusedError, ScopeMissingError
from gateway.core.cases.rights import CaseRefusedError
from gateway.core.consents.documents import ConsentRefusedError
from gateway.core.consents.events import EventRefusedError
from gateway.core.errors import GatewayError, OperatorError, RecipientError
from gateway.core.limits import TooManyRequestsError
from gateway.core.log.anchors import NotAnchoredError
from gateway.core.room.capacity import CapacityRefusedError
from gateway.core.versions import VersionRefusedError
from gateway.logs import WHY
from gateway.web.problem_types import ProblemType
from schemas.documents import Document, Json
from schemas.errors import SchemaViolationError

MEDIA_TYPE = "application/problem+json"

_RULES_OF_BYTES = frozenset({"utf-8", "bom", "json", "syntax", "duplicate-key", "number", "depth", "surrogate", "size"})
_KIND_OF_STATUS = {
    HTTPStatus.NOT_ACCEPTABLE: ProblemType.NOT_ACCEPTABLE,
    HTTPStatus.PRECONDITION_FAILED: ProblemType.PRECONDITION_FAILED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ProblemType.TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ProblemType.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.PRECONDITION_REQUIRED: ProblemType.PRECONDITION_REQUIRED,
}
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_RETRY_AFTER = {HTTPStatus.TOO_MANY_REQUESTS: "60", HTTPStatus.SERVICE_UNAVAILABLE: "5"}
"""Seconds, where whoever answers knows no better."""


class BadRequestError(GatewayError):
    """A request that is wrong before any document is read: a header or a media type.

    `where` is a header's name or a pointer.
    """

    def __init__(self, status: HTTPStatus, where: str, rule: str) -> None:
        super().__init__(rule)
        self.status = status
        self.where = where
        self.rule = rule


class UnknownIdError(BadRequestError):
    """What cannot be the id of anything; answered like one that is nobody's."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.NOT_FOUND, "path", "unknown")


def problem(
    status: int, code: str, *, faults: Sequence[tuple[str, str]] = (), headers: Mapping[str, str] = {}, **more: Json
) -> JSONResponse:
    """Answer with a problem. `faults` are (pointer, rule); `more` are extension members, codes and ids only."""
    body: dict[str, Json] = {
        "type": f"urn:referral-gateway:problem:{code}",
        "title": status_words.title(status),
        "status": status,
        "code": code,
        **more,
    }
    if faults:
        body["errors"] = [{"pointer": pointer, "rule": rule} for pointer, rule in faults]
    if status in _RETRY_AFTER:
        headers = {"Retry-After": _RETRY_AFTER[HTTPStatus(status)], **headers}
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def key_reused() -> JSONResponse:
    """422: the Idempotency-Key came before with another body."""
    return problem(422, "idempotency_key_reused", faults=[("Idempotency-Key", "other_body")])


def answer(body: Document, status: int = 200) -> JSONResponse:
    """Answer with JSON."""
    return JSONResponse(body, status)


def of_document(
    error: AdapterError
    | SchemaViolationError
    | BadRequestError
    | ConsentRefusedError
    | CaseRefusedError
    | CapacityRefusedError
    | ScopeMissingError
    | OutsideDetailsError
    | VersionRefusedError,
) -> JSONResponse:
    """Answer a request whose document, headers or scope are wrong: always a 4xx, with pointer and rule."""
    match error:
        case ScopeMissingError() | OutsideDetailsError():
            return problem(403, str(error), headers={"WWW-Authenticate": error.challenge})
        case VersionRefusedError():
            return _of_version(error)
        case UnknownIdError():
            return problem(404, "not_found")
        case BadRequestError():
            kind = _KIND_OF_STATUS.get(error.status, ProblemType.BAD_REQUEST)
            return problem(error.status, kind, faults=[(error.where, error.rule)])
        case EventRefusedError():
            return problem(409, "consent_event_unfit", faults=[(error.pointer, error.rule)])
        case ConsentRefusedError() | CaseRefusedError() | CapacityRefusedError():
            return problem(422, _not_recordable(error), faults=[(error.pointer, error.rule)])
        case SchemaViolationError():
            bytes_are_wrong = all(fault.rule in _RULES_OF_BYTES for fault in error.faults)
            code, faults = faults_of(error)
            return problem(400 if bytes_are_wrong else 422, code, faults=faults)
        case AdapterError():
            return _of_adapter(error)


def _not_recordable(error: ConsentRefusedError | CaseRefusedError | CapacityRefusedError) -> ProblemType:
    match error:
        case ConsentRefusedError():
            return ProblemType.CONSENT_NOT_RECORDABLE
        case CaseRefusedError():
            return ProblemType.CASE_EVENT_NOT_RECORDABLE
        case CapacityRefusedError():
            return ProblemType.QUESTION_NOT_ASKABLE


def _of_version(error: VersionRefusedError) -> JSONResponse:
    status, kind = (428, ProblemType.PRECONDITION_REQUIRED) if error.missing else (412, ProblemType.PRECONDITION_FAILED)
    return problem(status, kind, faults=[("If-Match", str(error))])


def _of_adapter(error: AdapterError) -> JSONResponse:
    code, faults = faults_of(error)
    if isinstance(error, CannotRenderError):
        return problem(406, "not_in_this_format", faults=faults)
    return problem(_status_of(error), code, faults=faults)


def faults_of(error: AdapterError | SchemaViolationError) -> tuple[str, list[tuple[str, str]]]:
    """Return the code of a document that is wrong, and each fault as (pointer, rule)."""
    if isinstance(error, SchemaViolationError):
        return "document_invalid", [(fault.pointer, fault.rule) for fault in error.faults]
    return "document_unreadable", [(error.pointer, error.rule)]


def _status_of(error: AdapterError) -> int:
    if error.rule == "too_large":
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if error.rule in NOT_ASKED:
        return HTTPStatus.SERVICE_UNAVAILABLE
    if error.rule == "media_type":
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return HTTPStatus.BAD_REQUEST if isinstance(error, MalformedError) else HTTPStatus.UNPROCESSABLE_ENTITY


async def on_refused_caller(request: Request, error: Exception) -> JSONResponse:
    """401: nobody was identified (RFC 6750, RFC 9449)."""
    if not isinstance(error, CallerRefusedError):
        raise error
    request.scope[WHY] = error.why
    headers = {"WWW-Authenticate": error.challenge}
    if error.nonce is not None:
        headers["DPoP-Nonce"] = error.nonce
    return problem(401, error.code, headers=headers)


def too_many(error: TooManyRequestsError) -> JSONResponse:
    """429: whoever it is asks too often; nothing was looked at or used up."""
    return problem(429, "too_many_requests", headers={"Retry-After": str(error.wait)})


async def on_too_many(_request: Request, error: Exception) -> JSONResponse:
    """429 for a client that said who it is."""
    if not isinstance(error, TooManyRequestsError):
        raise error
    return too_many(error)


def unavailable(error: OperatorError | RecipientError) -> JSONResponse:
    """503: try again later."""
    if isinstance(error, NotAnchoredError):
        return problem(503, "log_not_anchored", headers={"Retry-After": "60"})
    return problem(503, "unavailable")


async def on_operator_fault(_request: Request, error: Exception) -> JSONResponse:
    """503: the installation or a recipient's registration is wrong; try again later."""
    if not isinstance(error, OperatorError | RecipientError):
        raise error
    return unavailable(error)


async def on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """Whatever the router says: unknown path, wrong method."""
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods_at(request))
    return problem(error.status_code, status_words.code(error.status_code), headers=headers)


def _methods_at(request: Request) -> list[str]:
    """Return every method of this address; the router names only those of the first route it meets."""
    routes: list[BaseRoute] = request.app.router.routes
    return [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


async def on_invalid_request(_request: Request, _error: Exception) -> JSONResponse:
    """400: FastAPI could not read a parameter; its own answer would repeat it."""
    return problem(400, "bad_request")


async def on_defect(_request: Request, _error: Exception) -> JSONResponse:
    """500: our own fault; says nothing more."""
    return problem(500, "defect")

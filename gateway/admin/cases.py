"""Facts about people at the operator's desk, written down for an agency. A reference travels in bodies only (P-02).

What needs a second person is refused here: the operator's socket proves nobody (DESIGN section 5).
"""

import re
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from consent.case import CaseEvent
from gateway.admin.answers import BadRequestError, answer, body, members, problem, text
from gateway.admin.operations import Operations
from gateway.admin.rehearsal import cases
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.cases.items import CaseAnswer
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.log.leaves import instant
from schemas.decoding import decode_json
from schemas.documents import Json

_KEY = re.compile(r"[A-Za-z0-9._:-]{8,100}")


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()

    @routes.post("/case-events")
    async def record(request: Request) -> JSONResponse:
        agency = request.query_params.get("agency", "")
        key = request.headers.get("Idempotency-Key", "")
        if not agency or _KEY.fullmatch(key) is None:
            raise BadRequestError("agency" if not agency else "Idempotency-Key", "required")
        document = decode_json(await body(request, operations.largest_body))
        return _recorded(await cases(operations, request).record(Actor(agency, None), document, key))

    @routes.post("/case-events/search")
    async def search(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "agency", "person_ref")
        of = text(given, "agency"), text(given, "person_ref")
        shown = operations.cases.shown(*of)
        if isinstance(shown, UnknownPerson):
            return _unknown()
        return answer({"events": [_shown(one) for one in shown], **operations.cases.reflection(*of)})

    @routes.post("/tries")
    async def tries(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "agency", "person_ref")
        found = await operations.probing.looked(text(given, "agency"), text(given, "person_ref"))
        told: dict[str, Json] = {"locked": found.locked, "locked_under_her": found.locked_under_her}
        return answer({**told, "recipients": [*sorted(found.recipients)]})

    @routes.get("/child-notifications")
    def overdue(_request: Request) -> JSONResponse:
        clock = operations.children
        return answer({"children": [clock.coded(child) for child in clock.listed()]})

    return routes


def _recorded(outcome: CaseAnswer | UnknownPerson) -> JSONResponse:
    match outcome:
        case Recorded(answer=told) | Repeated(answer=told):
            return answer(told)
        case UnknownPerson():
            return _unknown()
        case KeyConflict():
            return problem(HTTPStatus.CONFLICT, "idempotency_key_reused")
        case NotFresh():
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "defect")


def _unknown() -> JSONResponse:
    return problem(HTTPStatus.NOT_FOUND, "case_unknown")


def _shown(event: CaseEvent) -> Json:
    return {"event": event.id, "type": event.type.value, "at": instant(event.at), "terms": dict(event.terms)}

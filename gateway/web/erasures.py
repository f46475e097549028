"""Erase a person, or restrict what may be done with her data (A-03, A-04). Her reference travels in bodies (P-02)."""

from http import HTTPStatus
from typing import assert_never

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.answers import KeyConflict, NotFresh, Repeated
from gateway.core.callers import Caller
from gateway.core.desk import Actor, UnknownPerson
from gateway.core.erasure_items import Erased, ErasureAnswer, Held, Hold
from gateway.core.scopes import Scope
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import idempotency_key
from gateway.web.problems import BadRequestError, answer, key_reused, problem
from gateway.web.references import reference


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", tags=["people"], route_class=Direct)

    @routes.post("/erasures", operation_id="erasePerson", summary="Erase everything kept about a person you recorded")
    async def erase(request: Request) -> JSONResponse:
        """Her data key and leaf keys are destroyed, and with them all that was kept about her; the log stays provable.

        Past recipients are asked to erase. Refused while a court order stands in her case or a review is due.
        """

        async def work(caller: Caller) -> JSONResponse:
            document, key = await door.document(request), idempotency_key(request.headers)
            if not document.keys() <= {"person_ref"}:
                raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/*", "additionalProperties")
            actor = Actor(caller.agency, caller)
            return _erased(door, await door.erasures.erase(actor, reference(document), key))

        return await door.answered(request, Scope.ERASE_PEOPLE, work)

    return routes


def _erased(door: Door, outcome: ErasureAnswer | UnknownPerson) -> JSONResponse:
    """409 while something stands in the way; 404 for somebody unknown, erased, or recorded by others only."""
    match outcome:
        case Erased(answer=told) | Repeated(answer=told):
            return answer(told)
        case Held(why=why):
            return _held(why)
        case UnknownPerson():
            return problem(HTTPStatus.NOT_FOUND, "not_found")
        case KeyConflict():
            return key_reused()
        case NotFresh():
            return door.not_fresh(outcome)
        case _:
            assert_never(outcome)


def _held(why: Hold) -> JSONResponse:
    match why:
        case Hold.LEGAL_HOLD:
            return problem(HTTPStatus.CONFLICT, "legal_hold")
        case Hold.REVIEW_PENDING:
            return problem(HTTPStatus.CONFLICT, "review_pending")
        case _:
            assert_never(why)

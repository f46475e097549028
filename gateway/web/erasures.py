"""Erase a person, or restrict what may be done with her data (A-03, A-04). Her reference travels in bodies (P-02)."""

from http import HTTPStatus
from typing import assert_never

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.access.scopes import Scope
from gateway.core.answers import KeyConflict, NotFresh, Repeated
from gateway.core.callers import Caller
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.erasure.items import AskedAnswer, Erased
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
        """Everything about her stops at once, past recipients are asked to erase, and nobody meets her any more.

        Her data key and leaf keys are destroyed within minutes, and with them all that was kept; the log stays
        provable. Where a law forbids that for now, it waits: whoever asks is not told, and need not ask again.
        """

        async def work(caller: Caller) -> JSONResponse:
            document, key = await door.document(request), idempotency_key(request.headers)
            if not document.keys() <= {"person_ref"}:
                raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/*", "additionalProperties")
            actor = Actor(caller.agency, caller)
            return _asked(door, await door.erasures.ask(actor, reference(document), key))

        return await door.answered(request, Scope.ERASE_PEOPLE, work)

    return routes


def _asked(door: Door, outcome: AskedAnswer | UnknownPerson) -> JSONResponse:
    """202, and the same whether or not something keeps her; 404 for somebody unknown, erased, or others' only."""
    match outcome:
        case Erased(answer=told) | Repeated(answer=told):
            return answer(told, HTTPStatus.ACCEPTED)
        case UnknownPerson():
            return problem(HTTPStatus.NOT_FOUND, "not_found")
        case KeyConflict():
            return key_reused()
        case NotFresh():
            return door.not_fresh(outcome)
        case _:
            assert_never(outcome)

"""Codes: an agency that knows her hands one over, another shows it, and both know her as one person.

A wrong, used or expired code is answered alike. Her reference and her code travel in bodies only (P-02).
"""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.access.scopes import Scope
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.callers import Caller
from gateway.core.consents.code_items import CodeRefused, CodesLocked
from gateway.core.consents.codes import WINDOW
from gateway.core.consents.desk import UnknownPerson
from gateway.core.consents.introductions import BoundOtherwise, UseAnswer
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import idempotency_key
from gateway.web.problems import BadRequestError, answer, key_reused, problem
from gateway.web.references import member, new_reference, reference
from schemas.documents import Document


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", tags=["people"], route_class=Direct)
    codes = door.introductions

    @routes.post("/introductions", operation_id="introducePerson", summary="Make a one-time code for a person")
    async def introduce(request: Request) -> JSONResponse:
        """Hand it to her, or to the other agency by voice. It is for one use and a few days; it names nobody."""

        async def work(caller: Caller) -> JSONResponse:
            said, key = _said(await door.document(request), "person_ref"), idempotency_key(request.headers)
            find = codes.bound_to(caller.agency, reference(said))
            return _answered(door, await codes.introduce(caller, find, key), HTTPStatus.CREATED)

        return await door.answered(request, Scope.INTRODUCE_PEOPLE, work)

    @routes.post("/bindings", operation_id="bindPerson", summary="Bind this agency's own reference to her by a code")
    async def bind(request: Request) -> JSONResponse:
        """The other agency's code makes your new reference name the same person.

        A wrong, used or expired code is answered alike. So is a reference that stands for a record already, whoever
        that is about.
        """

        async def work(caller: Caller) -> JSONResponse:
            said, key = _said(await door.document(request), "person_ref", "code"), idempotency_key(request.headers)
            outcome = await codes.bind(caller, new_reference(said), member(said, "code"), key)
            return _answered(door, outcome, HTTPStatus.CREATED)

        return await door.answered(request, Scope.INTRODUCE_PEOPLE, work)

    @routes.post("/links", operation_id="linkPerson", summary="Confirm that two records are one person")
    async def link(request: Request) -> JSONResponse:
        """Both agencies say it with the other's code; only then are two records one, and withdrawals follow."""

        async def work(caller: Caller) -> JSONResponse:
            said, key = _said(await door.document(request), "person_ref", "code"), idempotency_key(request.headers)
            outcome = await codes.link(caller, reference(said), member(said, "code"), key)
            return _answered(door, outcome, HTTPStatus.OK)

        return await door.answered(request, Scope.INTRODUCE_PEOPLE, work)

    return routes


def refused(outcome: CodeRefused | CodesLocked) -> JSONResponse:
    """404 for a code that is not accepted, whatever is wrong with it; 429 for a client that tried too many."""
    if isinstance(outcome, CodesLocked):
        return problem(429, "too_many_codes", headers={"Retry-After": str(int(WINDOW.total_seconds()))})
    return problem(404, "code_not_accepted")


def _said(document: Document, *members: str) -> Document:
    if not document.keys() <= set(members):
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/*", "additionalProperties")
    return document


def _answered(door: Door, outcome: UseAnswer, status: int) -> JSONResponse:
    match outcome:
        case Recorded(answer=told) | Repeated(answer=told):
            return answer(told, status)
        case UnknownPerson():
            return problem(404, "not_found")
        case BoundOtherwise():
            return problem(409, "bound_otherwise")
        case KeyConflict():
            return key_reused()
        case NotFresh():
            return door.not_fresh(outcome)
        case _:
            return refused(outcome)

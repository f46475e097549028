"""Record what is known about a person beside her consents, and look at what one recorded. Answers are codes and ids.

Her reference travels in bodies, never in a URL (P-02).
"""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from consent.case import CaseEvent
from gateway.core.access.scopes import Scope
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.callers import Caller
from gateway.core.cases.items import CaseAnswer
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.log.leaves import instant
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import idempotency_key
from gateway.web.problems import BadRequestError, answer, key_reused, problem
from schemas.documents import Document, Json

_REFERENCE_LENGTH = 80


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", tags=["cases"], route_class=Direct)

    @routes.post("/case-events", operation_id="recordCaseEvent", summary="Record one fact about a person")
    async def record(request: Request) -> JSONResponse:
        """Age, a guardian, a child's views, an override.

        One member of `event`, named by its type. Who may record which, the rules say.
        """

        async def work(caller: Caller) -> JSONResponse:
            document, key = await door.document(request), idempotency_key(request.headers)
            return recorded(door, await door.cases.record(Actor(caller.agency, caller), document, key))

        return await door.answered(request, Scope.RECORD_CASES, work)

    @routes.post("/case-events/search", operation_id="searchCaseEvents", summary="What you recorded about one person")
    async def search(request: Request) -> JSONResponse:
        """What others recorded about her is not told. Her reference travels in the body, never in a URL.

        While a reflection period runs, the protection function is told that, whoever began it (F-04).
        """

        async def work(caller: Caller) -> JSONResponse:
            person_ref = _named(await door.document(request))
            if not_fresh := await door.read(caller):
                return not_fresh
            shown = door.cases.shown(caller.agency, person_ref)
            told: list[Json] = [] if isinstance(shown, UnknownPerson) else [_shown(event) for event in shown]
            return answer({"events": told, **door.cases.reflection(caller.agency, person_ref)})

        return await door.answered(request, Scope.READ_CASES, work)

    return routes


def _named(document: Document) -> str:
    """Read {"person_ref": ...} and nothing else."""
    person_ref = document.get("person_ref")
    if not document.keys() <= {"person_ref"}:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/*", "additionalProperties")
    if not isinstance(person_ref, str) or not 0 < len(person_ref) <= _REFERENCE_LENGTH:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/person_ref", "required")
    return person_ref


def recorded(door: Door, outcome: CaseAnswer | UnknownPerson) -> JSONResponse:
    """Tell what was recorded, or why not."""
    match outcome:
        case Recorded(answer=told) | Repeated(answer=told):
            return answer(told, HTTPStatus.CREATED)
        case UnknownPerson():
            return problem(404, "not_found")
        case KeyConflict():
            return key_reused()
        case NotFresh():
            return door.not_fresh(outcome)


def _shown(event: CaseEvent) -> Json:
    return {"event": event.id, "type": event.type.value, "at": instant(event.at), "terms": dict(event.terms)}

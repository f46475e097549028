"""Record what she agreed to, look at it, take it back. Her reference travels in bodies, never in a URL (P-02)."""

from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.access.scopes import Scope
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.callers import Caller
from gateway.core.consents.code_items import CodeRefused, CodesLocked
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import ChangeAnswer, Changed, ConsentAnswer, withdrawn
from gateway.core.consents.life_cycle import LifeCycle
from gateway.web.consent_formats import is_foreign, taken_in
from gateway.web.consent_life import past_moment, shown
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import idempotency_key
from gateway.web.introductions import refused
from gateway.web.problems import BadRequestError, answer, key_reused, problem
from gateway.web.references import by_code, reference
from schemas.documents import Document, Json


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", tags=["consents"], route_class=Direct)
    life = LifeCycle(door.desk)

    @routes.post("/consents", operation_id="recordConsent", summary="Record what a person agreed to, or refused")
    async def record(request: Request) -> JSONResponse:
        """One person, one discloser, one named recipient (C-03). Other formats are taken by their media type.

        What police or the recipient itself records waits until a second person confirms it (C-19). The answer holds the
        code for her receipt, once.
        """

        async def work(caller: Caller) -> JSONResponse:
            if is_foreign(request.headers):
                return _recorded(door, await taken_in(door, caller, request))
            document, key = await door.document(request), idempotency_key(request.headers)
            return _recorded(door, await door.desk.record(Actor(caller.agency, caller), document, key))

        return await door.answered(request, Scope.RECORD_CONSENTS, work)

    @routes.post("/consents/search", operation_id="searchConsents", summary="How the consents of one person stand")
    async def search(request: Request) -> JSONResponse:
        """Her reference travels in the body, never in a URL. Only consents that your agency recorded are shown."""

        async def work(caller: Caller) -> JSONResponse:
            person_ref, at = _searched(await door.document(request))
            if not_fresh := await door.read(caller):
                return not_fresh
            standing: list[Json] = [*map(shown, life.all_of(caller.agency, person_ref, at))]
            return answer({"consents": standing})

        return await door.answered(request, Scope.READ_CONSENTS, work)

    _for_taking_back(door, routes)
    return routes


def _for_taking_back(door: Door, routes: APIRouter) -> None:
    """Make the route of what ends something."""

    @routes.post("/withdrawals", operation_id="withdrawConsent", summary="She takes back one consent, or all of them")
    async def withdraw(request: Request) -> JSONResponse:
        """By your reference for her, one consent or all that your agency may end; or by the code of her receipt.

        No reason is asked. When this is answered nothing more leaves that rested on it; `may_have_left` says what was
        on its way. Past recipients are told, and tracked until they have answered.
        """

        async def work(caller: Caller) -> JSONResponse:
            said, key = await door.document(request), idempotency_key(request.headers)
            if (code_shown := by_code(said)) is not None:
                code, everything = code_shown
                outcome = await door.introductions.withdraw(caller, code, key, everything=everything)
                return (
                    refused(outcome)
                    if isinstance(outcome, CodeRefused | CodesLocked)
                    else _withdrawn(door, caller, outcome)
                )
            person_ref, consent = _named(said)
            actor = Actor(caller.agency, caller)
            return _withdrawn(door, caller, await door.desk.withdraw(actor, person_ref, consent, key))

        return await door.answered(request, Scope.WITHDRAW_CONSENTS, work)


def _searched(document: Document) -> tuple[str, datetime | None]:
    """Read {"person_ref": ..., "at"?: ...} and nothing else."""
    if not document.keys() <= {"person_ref", "at"}:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/*", "additionalProperties")
    at = document.get("at")
    if "at" in document and not isinstance(at, str):
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/at", "type")
    return reference(document), past_moment(at, "/at") if isinstance(at, str) else None


def _named(document: Document) -> tuple[str, str | None]:
    """Read {"person_ref": ..., "consent"?: ...} and nothing else."""
    consent = document.get("consent")
    if not document.keys() <= {"person_ref", "consent"}:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/*", "additionalProperties")
    person_ref = reference(document)
    if consent is not None and not isinstance(consent, str):
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/consent", "type")
    return person_ref, consent


def _recorded(door: Door, outcome: ConsentAnswer) -> JSONResponse:
    match outcome:
        case Recorded(answer=told) | Repeated(answer=told):
            return answer(told, HTTPStatus.CREATED)
        case KeyConflict():
            return key_reused()
        case NotFresh():
            return door.not_fresh(outcome)


def _withdrawn(door: Door, caller: Caller, outcome: ChangeAnswer | UnknownPerson) -> JSONResponse:
    match outcome:
        case Changed():
            return answer(withdrawn(outcome, caller.agency))
        case Repeated(answer=told):
            return answer(told)
        case UnknownPerson():
            return problem(404, "not_found")
        case KeyConflict():
            return key_reused()
        case NotFresh():
            return door.not_fresh(outcome)

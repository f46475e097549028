"""What people agreed to, at the operator's desk. A person's reference travels in bodies only (P-02)."""

import re
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from consent.records import Consent
from gateway.admin.answers import BadRequestError, answer, body, members, problem, text
from gateway.admin.operations import Operations
from gateway.admin.rehearsal import desk
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import ALONE, LINKED, ChangeAnswer, Changed, ConsentAnswer
from schemas.decoding import decode_json
from schemas.documents import Json

_KEY = re.compile(r"[A-Za-z0-9._:-]{8,100}")
_REFERENCE_LENGTH = 80


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()

    @routes.post("/consents")
    async def record(request: Request) -> JSONResponse:
        agency = request.query_params.get("agency", "")
        if not agency:
            raise BadRequestError("agency", "required")
        key = key_of(request)
        document = decode_json(await body(request, operations.largest_body))
        return recorded(await desk(operations, request).record(Actor(agency, None), document, key))

    @routes.get("/consents/{consent}")
    def show(consent: str) -> JSONResponse:
        found = operations.desk.shown_one(consent)
        return unknown() if isinstance(found, UnknownPerson) else answer(_shown(found))

    @routes.post("/withdrawals")
    async def withdraw(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "consent", "agency", "person_ref")
        using = desk(operations, request)
        if "person_ref" not in given:
            return _withdrawn(await using.withdraw_one(text(given, "consent")))
        reference = text(given, "person_ref")
        if len(reference) > _REFERENCE_LENGTH:
            raise BadRequestError("/person_ref", "maxLength")
        one = text(given, "consent") if "consent" in given else None
        return _withdrawn(await using.withdraw(Actor(text(given, "agency"), None), reference, one))

    return routes


def key_of(request: Request) -> str:
    """Return the Idempotency-Key of a request. Raises BadRequestError."""
    key = request.headers.get("Idempotency-Key", "")
    if _KEY.fullmatch(key) is None:
        raise BadRequestError("Idempotency-Key", "required")
    return key


def recorded(outcome: ConsentAnswer) -> JSONResponse:
    """Say what became of a consent that was to be written down."""
    match outcome:
        case Recorded(answer=told) | Repeated(answer=told):
            return answer(told)
        case KeyConflict():
            return problem(HTTPStatus.CONFLICT, "idempotency_key_reused")
        case NotFresh():
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "defect")


def _withdrawn(outcome: ChangeAnswer | UnknownPerson) -> JSONResponse:
    """Say what was stopped and what may have left; the operator is told to whom."""
    if not isinstance(outcome, Changed):
        return unknown()
    gone = outcome.in_flight
    return answer(
        {
            "withdrawn": [*outcome.consents],
            "stopped": len(gone.stopped),
            "may_have_left": len(gone.may_have_left),
            "notices": outcome.notices,
            "may_have_left_to": [*sorted({parcel.recipient for parcel in gone.may_have_left})],
            "covers": LINKED if outcome.linked else ALONE,
        }
    )


def unknown() -> JSONResponse:
    """One answer for a consent that never was, one that has ended, and a person nobody knows."""
    return problem(HTTPStatus.NOT_FOUND, "consent_unknown")


def _shown(consent: Consent) -> dict[str, Json]:
    restrictions: list[Json] = [
        {"category": entry.category, **({"recipient": entry.recipient} if entry.recipient else {})}
        for entry in consent.restrictions
    ]
    return {
        "consent": consent.id,
        "discloser": consent.discloser,
        "recipient": consent.recipient,
        "decision": consent.decision,
        "state": consent.state,
        "confirmed": consent.confirmed,
        "purposes": [*sorted(consent.purposes)],
        "categories": [*sorted(consent.categories)],
        "restrictions": restrictions,
        "begins": consent.begins.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ends": consent.ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }

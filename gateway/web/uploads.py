"""A spreadsheet comes in, and every row is told what became of it (docs/uploads.md)."""

from collections import Counter
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from adapters.sdk.contract import Inbound
from adapters.sdk.errors import AdapterError
from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import Act
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.callers import Caller
from gateway.core.uploads import Row, Uploads
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.multipart import FORM_DATA, file_in
from gateway.web.problems import BadRequestError, answer, faults_of
from gateway.web.referrals import asked_of
from schemas.documents import Document, Json
from schemas.errors import SchemaViolationError


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", tags=["referrals"], route_class=Direct)
    uploads = Uploads(door.exchange)

    @routes.post("/uploads", operation_id="uploadReferrals", summary="Send a spreadsheet: one referral for each row")
    async def upload(request: Request) -> JSONResponse:
        """One row is one referral, decided alone: a row that is wrong stops no other. At most 200 rows.

        The headers are those of all rows. A row is recognised by what it says, under the Idempotency-Key of the upload:
        send the mended file with the same key, and no row is sent twice.
        """

        async def work(caller: Caller) -> JSONResponse:
            asked = asked_of(request, caller, await door.body(request))
            if asked.inbound.subject is not None or asked.supplement is not None or asked.routing.preview is not None:
                raise BadRequestError(HTTPStatus.BAD_REQUEST, "GX-Subject", "one_person")
            caller.require_within(Act.SEND, asked.routing.recipient, asked.routing.purpose)
            parts = await uploads.rows(caller, _file(asked.inbound))
            if not_fresh := await door.read(caller):
                return not_fresh
            return _told([row async for row in uploads.sent(caller, asked.routing, parts)])

        return await door.answered(request, Scope.SEND_REFERRALS, work)

    return routes


def _file(inbound: Inbound) -> Inbound:
    """The file as it is, or out of a form."""
    kind = inbound.media_type.partition(";")[0].strip().lower()
    return inbound if kind != FORM_DATA else file_in(inbound.body, inbound.media_type)


def _told(rows: list[Row]) -> JSONResponse:
    told = [_row(row) for row in rows]
    counted = Counter(str(one["outcome"]) for one in told)
    return answer({"rows": [*told], "count": {name: counted[name] for name in ("permitted", "refused", "problem")}})


def _row(row: Row) -> Document:
    """What the sender may hear about one row: as much as for a referral sent alone."""
    match row.outcome:
        case Recorded(answer=told) | Repeated(answer=told):
            return {"row": row.number, **told}
        case AdapterError() | SchemaViolationError():
            code, faults = faults_of(row.outcome)
            return _problem(row, code, *faults)
        case KeyConflict():
            return _problem(row, "idempotency_key_reused")
        case NotFresh():
            return _problem(row, "invalid_token")
        case _:
            return _problem(row, "unavailable")


def _problem(row: Row, code: str, *faults: tuple[str, str]) -> Document:
    errors: list[Json] = [{"pointer": pointer, "rule": rule} for pointer, rule in faults]
    return {"row": row.number, "outcome": "problem", "code": code, "errors": errors}

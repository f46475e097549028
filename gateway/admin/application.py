"""The operator's application: served on the gateway's own socket, or called in the process when no gateway runs.

Either way it is the same code, and every change goes through the one writer.
"""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin import (
    anchors,
    breaches,
    capacity,
    cases,
    clients,
    consent_papers,
    consents,
    courier,
    erasures,
    histories,
    keys,
    log,
    notices,
    officers,
    policies,
    previews,
    register,
    signing_keys,
    statistics,
)
from gateway.admin.answers import answer, on_gateway_error, problem
from gateway.admin.operations import Operations
from gateway.admin.rehearsal import RehearsedError
from gateway.core.cases.items import RecordCaseEvent
from gateway.core.consents.desk_items import ChangeConsents, RecordConsent
from gateway.core.erasure.items import RefuseErasure
from gateway.core.errors import GatewayError
from schemas.documents import Json
from schemas.errors import SchemaViolationError


def application(operations: Operations) -> FastAPI:
    """Make the application; it opens and closes nothing."""
    app = FastAPI(
        title="Referral Gateway: the operator's socket",
        version=operations.version,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers={
            RehearsedError: on_rehearsed,
            GatewayError: on_gateway_error,
            SchemaViolationError: on_gateway_error,
            HTTPException: on_gateway_error,
            Exception: on_gateway_error,
        },
    )
    every = (
        *(register, clients, courier, consent_papers, consents, cases, capacity, erasures, previews, breaches),
        *(policies, histories, notices, statistics, officers, keys, signing_keys, log, anchors),
    )
    for door in every:
        app.include_router(door.router(operations))
    return app


async def on_rehearsed(_request: Request, error: Exception) -> JSONResponse:
    """A dry run that went well: say what would have been written, without the ids that it would have been given."""
    if not isinstance(error, RehearsedError):
        raise error
    told: dict[str, Json] = {"dry_run": True}
    match error.item:
        case RefuseErasure(why=why):
            return problem(HTTPStatus.CONFLICT, why)
        case RecordConsent(answer=written):
            told |= {name: value for name, value in written.items() if name != "consent"}
        case RecordCaseEvent(row=fact):
            told["type"] = fact.event.type.value
        case ChangeConsents(rows=rows):
            told["consents"] = [row.consent for row in rows]
        case _:
            pass
    return answer(told)

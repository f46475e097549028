"""The HTTP application: every route and every error handler, given at construction."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from gateway.clock import SystemEntropy
from gateway.core.callers import CallerRefusedError
from gateway.core.errors import OperatorError, RecipientError
from gateway.core.limits import TooManyRequestsError
from gateway.web import (
    attachments,
    bulk,
    capacity,
    cases,
    children,
    consent_life,
    consents,
    erasures,
    health,
    her_receipt,
    inbox,
    introductions,
    ledger,
    looks,
    notices,
    problems,
    referrals,
    restrictions,
    statistics,
    statuses,
    uploads,
)
from gateway.web.door import Door
from gateway.web.fhir.outcomes import in_fhir_under_base
from gateway.web.limiting import AddressLimits
from gateway.web.wall import Wall

_ROOMS = (
    *(referrals, statistics, looks, capacity, bulk, uploads, statuses, inbox, attachments),
    *(consents, consent_life, her_receipt, introductions, cases, children, restrictions, erasures, notices, ledger),
)
"""Modules whose `router` makes routes; the line's own first."""

_SILENT: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""The framework would tell whatever collects traces in this process of paths and errors, which carry values."""


def application(
    door: Door,
    others: Sequence[APIRouter],
    ready: Callable[[], None],
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
    version: str,
) -> FastAPI:
    """Make the application; `others` are the routes of other doors.

    No documentation page is served from anybody else's machine.
    """
    waiting = in_fhir_under_base(problems.on_too_many)
    app = FastAPI(
        title="Referral Gateway",
        version=version,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # The description is made by gateway.reference.
        lifespan=lifespan,
        redirect_slashes=False,
        telemetry=_SILENT,
        middleware=[Middleware(Wall, SystemEntropy()), Middleware(AddressLimits, limits=door.limits, told=waiting)],
        exception_handlers={
            TooManyRequestsError: waiting,
            CallerRefusedError: in_fhir_under_base(problems.on_refused_caller),
            OperatorError: in_fhir_under_base(problems.on_operator_fault),
            RecipientError: in_fhir_under_base(problems.on_operator_fault),
            HTTPException: in_fhir_under_base(problems.on_http_exception),
            RequestValidationError: in_fhir_under_base(problems.on_invalid_request),
            Exception: in_fhir_under_base(problems.on_defect),
        },
    )
    rooms = [room.router(door) for room in _ROOMS]
    app.router.routes.extend(_in_order([*rooms, *others, health.router(ready, door.exchange.outside.holds)]))
    return app


def _in_order(routers: Sequence[APIRouter]) -> list[BaseRoute]:
    """Return all routes as one list, which is searched once for a request: those to be spelled in full before others.

    A router inside a router is searched twice, each from its beginning.
    """
    routes = [route for router in routers for route in router.routes]
    return sorted(routes, key=lambda route: isinstance(route, Route) and bool(route.param_convertors))

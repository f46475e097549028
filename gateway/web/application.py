"""The HTTP application: every route and every error handler, given at construction."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException

from gateway.core.callers import CallerRefusedError, ScopeMissingError
from gateway.core.errors import OperatorError, RecipientError
from gateway.web import consents, health, inbox, ledger, problems, referrals
from gateway.web.door import Door


def application(
    door: Door,
    oauth: APIRouter,
    ready: Callable[[], None],
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
    version: str,
) -> FastAPI:
    """Make the application. No documentation page is served from anybody else's machine."""
    app = FastAPI(
        title="Referral Gateway",
        version=version,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        exception_handlers={
            CallerRefusedError: problems.on_refused_caller,
            ScopeMissingError: problems.on_missing_scope,
            OperatorError: problems.on_operator_fault,
            RecipientError: problems.on_operator_fault,
            HTTPException: problems.on_http_exception,
            Exception: problems.on_defect,
        },
    )
    for routes in (referrals.router(door), inbox.router(door), consents.router(door), ledger.router(door)):
        app.include_router(routes)
    app.include_router(oauth)
    app.include_router(health.router(ready))
    return app

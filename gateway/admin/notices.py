"""Notices to past recipients, for whoever looks after them: which are open, and which are late (C-10)."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer
from gateway.admin.operations import Operations
from gateway.core.records.notice_records import BEGINNING, OPEN, Notice
from schemas.documents import Json

LARGEST_PAGE = 1_000
"""Notices in one answer."""


def router(operations: Operations) -> APIRouter:
    """Make the routes. Plain functions: they read a lot, and run beside the event loop."""
    routes = APIRouter()

    @routes.get("/notices")
    def listed(request: Request) -> JSONResponse:
        state = request.query_params.get("state", "open")
        if state not in {"open", "all"}:
            raise BadRequestError("state", "unknown_code")
        still_open = state == "open"
        found = operations.notices.listed(None, still_open=still_open, after=BEGINNING, limit=LARGEST_PAGE + 1)
        return answer(
            {"notices": [_shown(notice) for notice in found[:LARGEST_PAGE]], "more": len(found) > LARGEST_PAGE}
        )

    return routes


def _shown(notice: Notice) -> Json:
    return {
        "referral": notice.referral,
        "sender": notice.sender,
        "recipient": notice.recipient,
        "kind": notice.kind,
        "state": notice.state,
        "ground": notice.ground,
        "on": notice.created.date().isoformat(),
        "answer_by": notice.deadline.date().isoformat(),
        "late": notice.escalated_at is not None and notice.state in OPEN,
    }

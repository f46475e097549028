"""What a sender reads about the notices that went out about what it sent, and how an answer to one is read."""

import re
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.callers import Caller
from gateway.core.notice_records import OPEN, Notice
from gateway.core.scopes import Scope
from gateway.web.door import Door
from gateway.web.problems import BadRequestError, answer
from schemas.decoding import decode_json
from schemas.documents import Json
from schemas.notice_codes import NoticeState, ObjectionGround
from schemas.validation import validate

PAGE = 100
"""Notices in one answer."""

_AFTER = re.compile(r"([0-9A-HJKMNP-TV-Z]{26})\.([a-z]{1,20})")


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", tags=["notices"])

    @routes.get("/notices", operation_id="listNotices", summary="Notices to recipients of what you sent")
    async def listed(request: Request, state: str = "open", after: str = "") -> JSONResponse:
        async def work(caller: Caller) -> JSONResponse:
            still_open, cursor = _which(state), _cursor(after)
            if not_fresh := await door.read(caller):
                return not_fresh
            found = door.notices.listed(caller.agency, still_open=still_open, after=cursor, limit=PAGE + 1)
            more = {"next": f"{found[PAGE - 1].referral}.{found[PAGE - 1].kind}"} if len(found) > PAGE else {}
            return answer({"notices": [_shown(notice) for notice in found[:PAGE]], **more})

        return await door.answered(request, Scope.READ_REFERRALS, work, frozenset({"state", "after"}))

    return routes


def notice_answer(body: bytes) -> tuple[NoticeState, ObjectionGround | None]:
    """Read notice_answer/1.0. Raises SchemaViolationError."""
    document = validate(decode_json(body), "notice_answer/1.0").document
    ground = document.get("ground")
    return NoticeState(str(document["state"])), None if ground is None else ObjectionGround(str(ground))


def _shown(notice: Notice) -> Json:
    """A notice as the sender may see it: never the id of the message, which only its recipient knows."""
    return {
        "referral": notice.referral,
        "recipient": notice.recipient,
        "kind": notice.kind,
        "asks": notice.asks,
        "state": notice.state,
        "on": notice.created.date().isoformat(),
        "answer_by": notice.deadline.date().isoformat(),
        "late": notice.escalated_at is not None and notice.state in OPEN,
        **({"ground": notice.ground} if notice.ground else {}),
    }


def _which(state: str) -> bool:
    if state not in {"open", "all"}:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "state", "unknown_code")
    return state == "open"


def _cursor(after: str) -> tuple[str, str]:
    if not after:
        return "", ""
    found = _AFTER.fullmatch(after)
    if found is None:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "after", "pattern")
    return found[1], found[2]

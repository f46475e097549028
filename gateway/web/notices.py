"""What a sender reads about the notices that went out about what it sent, and how an answer to one is read."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.core.cursors import cursor_of, place_of
from gateway.core.records.notice_records import BEGINNING, OPEN, Notice, Place
from gateway.web.door import Door
from gateway.web.paging import limit, one, page
from gateway.web.problems import BadRequestError
from schemas.documents import Document, Json
from schemas.notice_codes import NoticeState, ObjectionGround
from schemas.validation import validate

_LIST = "notices"


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", tags=["notices"])

    @routes.get("/notices", operation_id="listNotices", summary="Notices to recipients of what you sent")
    async def listed(request: Request) -> JSONResponse:
        """Withdrawals, corrections and restrictions that past recipients were told of, and what they answered.

        Only about what you sent. `late` says that the time to answer is over and somebody was told.
        """

        async def work(caller: Caller) -> JSONResponse:
            asked = request.query_params
            still_open, size = _which(one(asked, "state") or "open"), limit(asked)
            cursor = _cursor(door, caller, one(asked, "after"))
            if not_fresh := await door.read(caller):
                return not_fresh
            found = door.notices.listed(caller.agency, still_open=still_open, after=cursor, limit=size + 1)
            last = found[size - 1] if len(found) > size else None
            place = None if last is None else ".".join(map(str, door.notices.place(last)))
            following = None if place is None else cursor_of(door.desk.keys, caller, _LIST, place)
            return page(request, "notices", [_shown(notice) for notice in found[:size]], following)

        return await door.answered(request, Scope.READ_REFERRALS, work, frozenset({"state", "after", "limit"}))

    return routes


def notice_answer(said: Document) -> tuple[NoticeState, ObjectionGround | None]:
    """Read notice_answer/1.0. Raises SchemaViolationError."""
    document = validate(said, "notice_answer/1.0").document
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


def _cursor(door: Door, caller: Caller, after: str | None) -> Place:
    if after is None:
        return BEGINNING
    match (place_of(door.desk.keys, caller, _LIST, after) or "").split("."):
        case [referral, kind, nth]:
            return referral, kind, int(nth)
        case _:
            raise BadRequestError(HTTPStatus.BAD_REQUEST, "after", "pattern")

"""Ask whether there is room, see what was asked, answer it: before anything about anybody is told (M-05)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core import receipts
from gateway.core.access.scopes import Scope
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.callers import Caller
from gateway.core.consents.desk import Actor
from gateway.core.cursors import cursor_of, place_of
from gateway.core.keeping import KeptAnswer
from gateway.core.recipient_answers import NotNow, Unknown
from gateway.core.room.capacity import NobodyToAsk
from gateway.core.room.capacity_shown import shown_to_asker, shown_to_recipient
from gateway.core.room.rooms import Question
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import idempotency_key, known_form
from gateway.web.paging import limit, one, page
from gateway.web.problems import BadRequestError, answer, key_reused, problem
from schemas.documents import Json

_PAGED: Final = frozenset({"limit", "after"})


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1/capacity-questions", tags=["capacity"], route_class=Direct)
    desk = door.capacity

    @routes.post(
        "", operation_id="askForRoom", summary="Ask whether there is room, in codes, about nobody in particular"
    )
    async def ask(request: Request) -> JSONResponse:
        """Codes from closed lists, about nobody.

        Ask one recipient, or all of a function class with whom you have an agreement.
        """

        async def work(caller: Caller) -> JSONResponse:
            document, key = await door.document(request), idempotency_key(request.headers)
            return _answered(door, await desk.ask(Actor(caller.agency, caller), document, key))

        return await door.answered(request, Scope.SEND_REFERRALS, work)

    @routes.get("/asked", operation_id="listAskedForRoom", summary="What you asked, and what was answered")
    async def asked(request: Request) -> JSONResponse:
        """Put the question's id into GX-Capacity of the referral that follows a yes."""

        async def work(caller: Caller) -> JSONResponse:
            return await _listed(door, request, caller, _Listing("asked", desk.asked, shown_to_asker))

        return await door.answered(request, Scope.SEND_REFERRALS, work, _PAGED)

    _for_recipients(door, routes)
    return routes


def _for_recipients(door: Door, routes: APIRouter) -> None:
    """Make the routes of whoever is asked."""
    desk = door.capacity

    @routes.get("/waiting", operation_id="listQuestionsForRoom", summary="What others ask you; who asks is not told")
    async def waiting(request: Request) -> JSONResponse:
        """Answer before `answer_by`; afterwards there is nothing to answer any more."""

        async def work(caller: Caller) -> JSONResponse:
            return await _listed(door, request, caller, _Listing("waiting", desk.waiting, shown_to_recipient))

        return await door.answered(request, Scope.READ_INBOX, work, _PAGED)

    @routes.post("/{question}/answer", operation_id="answerForRoom", summary="Say yes, no, or from which day on")
    async def say(request: Request, question: str) -> JSONResponse:
        """The newest answer counts until a referral is sent on it. It binds you to nothing."""

        async def work(caller: Caller) -> JSONResponse:
            wanted, key = known_form(question), idempotency_key(request.headers)
            document = await door.document(request)
            return _answered(door, await desk.answer(Actor(caller.agency, caller), wanted, document, key), 200)

        return await door.answered(request, Scope.ACKNOWLEDGE_INBOX, work)


@dataclass(frozen=True, slots=True)
class _Listing:
    """A list of questions: what its cursors are sealed for, who reads it, and how one is shown."""

    name: str
    read: Callable[[str, int, str], Sequence[Question]]
    shown: Callable[[Question], Json]


async def _listed(door: Door, request: Request, caller: Caller, listing: _Listing) -> JSONResponse:
    """Answer with a page. Who asks much must not keep another's question out of sight (M-05)."""
    keys, name, size = door.desk.keys, f"capacity.{listing.name}", limit(request.query_params)
    cursor = one(request.query_params, "after")
    after = "" if cursor is None else place_of(keys, caller, name, cursor)
    if after is None:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "after", "pattern")
    if not_fresh := await door.read(caller):
        return not_fresh
    found = listing.read(caller.agency, size + 1, after)
    following = cursor_of(keys, caller, name, found[size - 1].asked.id) if len(found) > size else None
    return page(request, "questions", [*map(listing.shown, found[:size])], following)


def _answered(
    door: Door, outcome: KeptAnswer | NobodyToAsk | Unknown | NotNow, status: int = HTTPStatus.CREATED
) -> JSONResponse:
    match outcome:
        case Recorded(answer=told) | Repeated(answer=told):
            return answer(told, status)
        case NobodyToAsk(reason=reason):
            return problem(HTTPStatus.FORBIDDEN, "refused", reasons=receipts.told([reason]))
        case Unknown():
            return problem(HTTPStatus.NOT_FOUND, "not_found")
        case NotNow():
            return problem(HTTPStatus.CONFLICT, "state_conflict")
        case KeyConflict():
            return key_reused()
        case NotFresh():
            return door.not_fresh(outcome)

"""Enrol, sign in, sign out, and show a passkey once more: the pages and the few JSON endpoints the script calls."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from gateway.core.limits import ASKER, Buckets
from gateway.core.officers import Action, OfficerRefusedError
from gateway.head_requests import answering_head
from gateway.people.door import PeopleDoor
from gateway.people.guard import SIGN_IN, document, guarded, inner, member
from gateway.people.pages import page, static

_AT_ONCE: Final = 120
_A_SECOND: Final = 2
_LONGEST_SUBJECT: Final = 10_000
"""Characters: a breach names up to 200 referrals and agencies (`gateway.core.oversight.breaches.MOST`)."""


class Pace:
    """Lets so many sign-ins begin in a while: each writes a row, and nobody has said yet who he or she is.

    Counted for each address: one that begins as many as it likes must not keep officers away, whose word may be needed
    for a life (E-01).
    """

    def __init__(self) -> None:
        """Nobody came yet."""
        self._begun = Buckets(_A_SECOND, _AT_ONCE)

    def step(self, request: Request, now: datetime) -> None:
        """Let one more begin. Raises OfficerRefusedError."""
        if self._begun.take(str(request.scope.get(ASKER, "")), now.timestamp()) > 0:
            raise OfficerRefusedError("too_fast")


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes, pace = APIRouter(route_class=guarded(door.origin), include_in_schema=False), Pace()

    @routes.get("/")
    async def front(request: Request) -> Response:
        """Lead a browser to the pages; whatever else asks finds nothing here."""
        if "text/html" not in request.headers.get("accept", ""):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return RedirectResponse("/people", HTTPStatus.SEE_OTHER)

    _enrolling(routes, door, pace)
    _signing(routes, door, pace)

    @routes.post("/people/step-up")
    async def begin_step_up(request: Request) -> Response:
        seat, given = await door.seat(request), await document(request)
        subject = member(given, "subject")
        if len(subject) > _LONGEST_SUBJECT:
            raise OfficerRefusedError("form_unreadable")
        return JSONResponse(await door.signing.begin_step_up(seat, _action(member(given, "action")), subject))

    @routes.get("/people/people.js")
    async def script() -> Response:
        return static("people.js")

    @routes.get("/people/people.css")
    async def style() -> Response:
        return static("people.css")

    return answering_head(routes)


def _enrolling(routes: APIRouter, door: PeopleDoor, pace: Pace) -> None:
    @routes.get("/people/enrol")
    async def enrolling() -> Response:
        return page("enrol", seat=None)

    @routes.post("/people/enrol/options")
    async def begin_enrolment(request: Request) -> Response:
        pace.step(request, door.signing.clock.now())
        link = member(await document(request), "link")
        return JSONResponse(await door.signing.begin_enrolment(link))

    @routes.post("/people/enrol")
    async def enrol(request: Request) -> Response:
        given = await document(request)
        await door.signing.enrol(member(given, "link"), inner(given, "passkey"))
        return JSONResponse({"go": SIGN_IN})


def _signing(routes: APIRouter, door: PeopleDoor, pace: Pace) -> None:
    @routes.get(SIGN_IN)
    async def signing_in() -> Response:
        return page("sign_in", seat=None)

    @routes.post("/people/sign-in/options")
    async def begin_sign_in(request: Request) -> Response:
        await document(request)
        pace.step(request, door.signing.clock.now())
        return JSONResponse(await door.signing.begin_sign_in())

    @routes.post(SIGN_IN)
    async def sign_in(request: Request) -> Response:
        given = await document(request)
        token = await door.signing.sign_in(inner(given, "passkey"), door.token(request))
        response = JSONResponse({"go": "/people"})
        door.keep(response, token)
        return response

    @routes.post("/people/sign-out")
    async def sign_out(request: Request) -> Response:
        token = door.token(request)
        if token is not None:
            await door.signing.sign_out(token)
        response = RedirectResponse(SIGN_IN, 303)
        door.forget(response)
        return response


def _action(name: str) -> Action:
    try:
        return Action(name)
    except ValueError:
        raise OfficerRefusedError("form_unreadable") from None

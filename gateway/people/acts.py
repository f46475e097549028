"""Acts that a person approves with a passkey: check what it is, show the passkey, done.

Each is a function from a form to an `Act`, by name. To add one (an override, a policy): write the function and name it
in `gateway.people.application`. Nothing is done before `step_up` has made an `Approval` of exactly that action and
subject.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.officer.signing import Seat
from gateway.core.officers import Action, Approval, OfficerRefusedError
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, form, guarded
from gateway.people.pages import page
from schemas.decoding import decode_json
from schemas.errors import SchemaViolationError

PASSKEY: Final = "passkey"


@dataclass(frozen=True, slots=True)
class Done:
    """What a person reads when it is done. `secret` is shown once, on that page, and kept nowhere.

    `page` is the template, where what is `shown` needs one of its own.
    """

    heading: str
    sentences: Sequence[str]
    secret: str | None = None
    page: str = "done"
    shown: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to approve: what a person reads before, the form that says it again, and what then happens.

    `looks` says that what is read tells something about a person: to have read it is an entry of the log then.
    """

    heading: str
    action: Action
    subject: str
    facts: Sequence[tuple[str, str]]
    hidden: Sequence[tuple[str, str]]
    perform: Callable[[Approval], Awaitable[Done]]
    warning: str = ""
    looks: bool = False


Making: TypeAlias = Callable[[Seat, Form], Act]


def router(door: PeopleDoor, acts: Mapping[str, Making]) -> APIRouter:
    """Make the routes: for each act, a page to check it and the act itself."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.post("/people/check/{name}")
    async def check(name: str, request: Request) -> Response:
        seat = await door.seat(request)
        act = _making(acts, name)(seat, await form(request))
        if act.looks:
            await door.signing.looked_up(seat.officer)
        return page("check", seat=seat, name=name, act=act)

    @routes.post("/people/do/{name}")
    async def do(name: str, request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        act = _making(acts, name)(seat, given)
        try:
            shown = decode_json(given.one(PASSKEY).encode())
        except SchemaViolationError:
            raise OfficerRefusedError("passkey_refused") from None
        approval = await door.signing.step_up(seat, act.action, act.subject, shown)
        done = await act.perform(approval)
        return page(done.page, seat=seat, done=done)

    return routes


def _making(acts: Mapping[str, Making], name: str) -> Making:
    try:
        return acts[name]
    except KeyError:
        raise OfficerRefusedError("unknown") from None

"""The children an agency recorded of whom no authority has been told yet (K-07), and those who turn 18 soon (K-06).

Each list looks at every child its agency recorded: on a thread of its own, or everybody else would wait for it.
"""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.core.cases.coming_of_age import ComingOfAge
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.problems import answer


def router(door: Door) -> APIRouter:
    """Make the route."""
    routes = APIRouter(prefix="/v1", tags=["cases"], route_class=Direct)

    @routes.get(
        "/child-notifications",
        operation_id="listChildNotifications",
        summary="Children you recorded of whom the authority is still to be told, the most urgent first",
    )
    async def listed(request: Request) -> JSONResponse:
        """A child-protection authority is to be told of each before `due` (K-07).

        Send it a referral for `child_protection`.
        """

        async def work(caller: Caller) -> JSONResponse:
            if not_fresh := await door.read(caller):
                return not_fresh
            untold = await asyncio.to_thread(door.children.listed, caller.agency)
            return answer({"children": [door.children.shown(child, caller.agency) for child in untold]})

        return await door.answered(request, Scope.READ_CASES, work)

    _birthdays(routes, door)
    return routes


def _birthdays(routes: APIRouter, door: Door) -> None:
    coming = ComingOfAge(door.children.desk, door.children.book)

    @routes.get(
        "/child-birthdays",
        operation_id="listChildBirthdays",
        summary="Children you are responsible for who turn 18 soon: ask them in time what they want themselves",
    )
    async def listed(request: Request) -> JSONResponse:
        """On her birthday what was agreed for her supports nothing new (K-06).

        Ask her before whether she stays, and about support, apart.
        """

        async def work(caller: Caller) -> JSONResponse:
            if not_fresh := await door.read(caller):
                return not_fresh
            soon = await asyncio.to_thread(coming.listed, caller.agency)
            return answer({"children": [coming.shown(child, caller.agency) for child in soon]})

        return await door.answered(request, Scope.READ_CASES, work)

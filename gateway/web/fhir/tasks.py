"""Read, find and update Tasks, by the two parties only: the recipient answers, the sender takes back."""

from functools import partial
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.access.scopes import Scope
from gateway.core.answers import Recorded, Repeated
from gateway.core.callers import Caller
from gateway.core.cursors import cursor_of, place_of
from gateway.core.recipient_answers import NotNow, Told, Unknown
from gateway.core.tasks import CHANGING, PartyTask
from gateway.web.fhir.door import FhirDoor
from gateway.web.fhir.negotiation import FhirRoute
from gateway.web.fhir.outcomes import BASE, Fhir, Nothing
from gateway.web.fhir.projection import etag, status_codes, task_resource
from gateway.web.fhir.searching import is_lenient, page, parameters, read_search, with_room_for_one_more
from gateway.web.fhir.updating import Unchanged, update
from gateway.web.headers import has_already, known_form
from gateway.web.inbox import answered_with
from gateway.web.problems import problem
from gateway.web.referrals import told_of

_LOOK = (Scope.READ_REFERRALS, Scope.READ_INBOX)
_CHANGE = (Scope.ACKNOWLEDGE_INBOX, Scope.SEND_REFERRALS)
_FORMAT = frozenset({"_format"})


def router(fhir: FhirDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix=f"{BASE}/Task", tags=["fhir"], route_class=FhirRoute)

    @routes.get("", operation_id="searchTasks", summary="Find Tasks that you sent or received")
    async def search(request: Request) -> JSONResponse:
        """Only what every Task shows anyway can be asked for, and no totals are told.

        An unknown parameter is refused, unless the client says `Prefer: handling=lenient`; then the self link says what
        was looked for. Follow the `next` link for more.
        """
        return await _searched(fhir, request)

    @routes.post("/_search", operation_id="searchTasksByForm", summary="Find Tasks, with the parameters in a form")
    async def search_by_form(request: Request) -> JSONResponse:
        """The same search; parameters of the URL and of the form count alike."""
        return await _searched(fhir, request)

    @routes.get("/{task}", operation_id="readTask", summary="How a referral stands, as a FHIR Task")
    async def read(request: Request, task: str) -> JSONResponse:
        """For its two parties.

        Everybody else is told that there is no such Task. Send If-None-Match to poll cheaply.
        """

        async def work(caller: Caller) -> JSONResponse:
            fhir.adapter_of(caller)
            name = known_form(task)
            if not_fresh := await fhir.door.read(caller):
                return not_fresh
            return _shown(fhir, request, caller, fhir.tasks.one(caller, name))

        return await fhir.door.answered(request, _LOOK, work, _FORMAT)

    @routes.put("/{task}", operation_id="updateTask", summary="Answer a referral, or take it back, by its Task")
    async def put(request: Request, task: str) -> JSONResponse:
        """The recipient answers by status, businessStatus and statusReason; the sender may cancel and nothing else.

        Everything else of the Task is the gateway's to say and is not looked at. With If-Match it is changed only if it
        is still what you read.
        """

        async def work(caller: Caller) -> JSONResponse:
            return await _updated(fhir, request, caller, known_form(task))

        return await fhir.door.answered(request, _CHANGE, work, _FORMAT)

    return routes


async def _searched(fhir: FhirDoor, request: Request) -> JSONResponse:
    async def work(caller: Caller) -> JSONResponse:
        codes = status_codes(fhir.adapter_of(caller))
        given = await parameters(request, fhir.door)
        keys = fhir.tasks.keys
        search = read_search(given, codes, partial(place_of, keys, caller), lenient=is_lenient(request))
        if not_fresh := await fhir.door.read(caller):
            return not_fresh
        found = fhir.tasks.page(caller, search.wanted, with_room_for_one_more(search))
        shown = [(task, task_resource(fhir, caller, task)) for task in found]
        return Fhir(page(fhir.base, search, shown, partial(cursor_of, keys, caller)))

    # Which parameters there are is looked at by the search itself: some clients want unknown ones ignored.
    return await fhir.door.answered(request, _LOOK, work, frozenset(request.query_params.keys()))


async def _updated(fhir: FhirDoor, request: Request, caller: Caller, name: str) -> JSONResponse:
    outcome = await update(fhir, request, caller, name)
    match outcome:
        case Unchanged():
            if not_fresh := await fhir.door.read(caller):
                return not_fresh
        case Recorded(answer=told) | Repeated(answer=told):
            if told["outcome"] not in {"recorded", "revoked"}:
                return told_of(fhir.door, outcome)
        case Told():
            pass
        case NotNow() | Unknown():
            return answered_with(fhir.door, outcome)
        case _:
            return told_of(fhir.door, outcome)
    return _shown(fhir, request, caller, fhir.tasks.one(caller, name, CHANGING))


def _shown(fhir: FhirDoor, request: Request, caller: Caller, task: PartyTask | None) -> JSONResponse:
    """The Task with its version; 304 and nothing for a client that has it already (RFC 9110 section 13.1.2)."""
    if task is None:
        return problem(404, "not_found")
    tag = etag(fhir, caller, task)
    if request.method == "GET" and has_already(request.headers, fhir.tasks.version(caller, task)):
        return Nothing({}, HTTPStatus.NOT_MODIFIED, {"ETag": tag})
    return Fhir(task_resource(fhir, caller, task), headers={"ETag": tag})

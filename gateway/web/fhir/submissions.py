"""A referral comes in as FHIR: a message, a transaction, or one Task. The line is the one of every referral."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.access.scopes import Scope
from gateway.core.answers import Recorded, Repeated
from gateway.core.callers import Caller
from gateway.core.errors import Defect
from gateway.web.fhir import names
from gateway.web.fhir.asking import asked_in, entries, require
from gateway.web.fhir.door import FhirDoor
from gateway.web.fhir.negotiation import FhirRoute
from gateway.web.fhir.outcomes import BASE, Fhir, outcome
from gateway.web.fhir.projection import etag, task_resource
from gateway.web.referrals import told_of
from schemas.decoding import decode_json
from schemas.documents import Document, Json

_Told = Callable[[Document, JSONResponse], JSONResponse]
"""Makes the answer from the document that came and from the Task that stands for it now."""

_ASK: Final = ("Task", "ServiceRequest")
_NO_ID: Final = "unidentified"


def router(fhir: FhirDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix=BASE, tags=["fhir"], route_class=FhirRoute)

    @routes.post(
        "/$process-message",
        operation_id="processMessage",
        summary="Send a referral as a FHIR message ($process-message)",
    )
    async def process(request: Request) -> JSONResponse:
        """Takes a message Bundle with the event I12 (or I14, to take it back) and answers with a message.

        The first Bundle identifier is the idempotency key: the same message again gets the same answer.
        """
        return await _sent(fhir, request, ("Bundle", "message"), _as_message(fhir))

    @routes.post("/", include_in_schema=False)  # Many clients keep the base with a slash at its end.
    @routes.post("", operation_id="sendFhirTransaction", summary="Send a referral as a FHIR transaction")
    async def transact(request: Request) -> JSONResponse:
        """Takes one Bundle that is one referral: a Task and what it refers to. It is decided as a whole.

        Only the Task is kept as a resource; what else was sent is read and answered with 202 in its entry.
        """
        return await _sent(fhir, request, ("Bundle", "transaction"), _as_transaction)

    @routes.post("/Task", operation_id="createTask", summary="Send a referral as one FHIR Task")
    async def create(request: Request) -> JSONResponse:
        """Takes a Task that contains what it refers to. The answer is the Task as its two parties see it.

        It holds nothing about the person. The Task's first identifier is the idempotency key.
        """
        return await _sent(fhir, request, ("Task", None), lambda _document, task: task)

    return routes


async def _sent(fhir: FhirDoor, request: Request, kind: tuple[str, str | None], told: _Told) -> JSONResponse:
    async def work(caller: Caller) -> JSONResponse:
        fhir.adapter_of(caller)
        body = await fhir.door.body(request)
        document = decode_json(body)
        require(document, *kind)
        asked = asked_in(caller, body, request.headers.get("content-type", ""))
        outcome_of_line = await fhir.door.exchange.accept(asked)
        match outcome_of_line:
            case Recorded(answer=answer) | Repeated(answer=answer) if answer["outcome"] == "permitted":
                return told(document, _created(fhir, caller, str(answer["decision_id"])))
            case Recorded(answer=answer) | Repeated(answer=answer) if answer["outcome"] == "revoked":
                return told(document, Fhir(outcome("information", "informational", "revoked")))
            case _:
                return told_of(fhir.door, outcome_of_line)

    return await fhir.door.answered(request, Scope.SEND_REFERRALS, work, frozenset({"_format"}))


def _created(fhir: FhirDoor, caller: Caller, referral: str) -> JSONResponse:
    """201 with the Task under which the sender finds it again."""
    task = fhir.tasks.just_sent(caller, referral)
    if task is None:
        raise Defect("a referral was recorded and is not there")
    headers = {"Location": f"{fhir.base}/Task/{task.id}", "ETag": etag(fhir, caller, task)}
    return Fhir(task_resource(fhir, caller, task), HTTPStatus.CREATED, headers)


def _as_transaction(document: Document, task: JSONResponse) -> JSONResponse:
    """A response for each entry, in its order: the Task's says where it is, and nothing else was kept as a resource."""
    kinds = {at: str(resource.get("resourceType")) for at, resource in entries(document)}
    asking = sorted((at for at in kinds if kinds[at] in _ASK), key=lambda at: _ASK.index(kinds[at]))
    location = task.headers.get("Location")
    made: Json = {"status": "201 Created", "location": location, "etag": task.headers.get("ETag")}
    read: Json = {"status": "202 Accepted", "outcome": outcome("information", "informational", "read")}
    told: list[Json] = [{"response": made if at in asking[:1] and location is not None else read} for at in kinds]
    return Fhir({"resourceType": "Bundle", "type": "transaction-response", "entry": told})


def _as_message(fhir: FhirDoor) -> _Told:
    def told(document: Document, task: JSONResponse) -> JSONResponse:
        """The answering message: to which message, and the Task or what was done."""
        _, header = entries(document)[0]
        location = task.headers.get("Location")
        answering: Json = {
            "resourceType": "MessageHeader",
            "eventCoding": _event(header),
            "source": {"endpoint": fhir.base},
            "response": {"identifier": str(header.get("id", _NO_ID)), "code": "ok"},
            **({"focus": [{"reference": location}]} if location else {}),
        }
        told_task: dict[str, Json] = {"resource": decode_json(bytes(task.body))}
        if location is not None:
            told_task["fullUrl"] = location
        return Fhir({"resourceType": "Bundle", "type": "message", "entry": [{"resource": answering}, told_task]})

    return told


def _event(header: Document) -> Json:
    """The event of the message that came; the adapter let it pass, so it is one of the two it knows."""
    coding = header.get("eventCoding")
    code = coding.get("code") if isinstance(coding, dict) else None
    return {"system": names.V2_EVENT, "code": "I14" if code == "I14" else "I12"}

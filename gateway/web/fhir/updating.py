"""A Task comes back changed. Its recipient answers the referral by it, its sender takes the referral back.

Only the status and its coded reason are looked at; everything else of a Task is the gateway's to say.
"""

import json
from http import HTTPStatus

from starlette.requests import Request

from adapters.sdk.contract import Inbound, ParsedReferral, ParsedRevocation, ParsedStatus
from adapters.sdk.errors import MalformedError, UnsupportedError
from gateway.core.answers import Confirmed
from gateway.core.callers import Caller
from gateway.core.recipient_answers import Outcome
from gateway.core.stages import Authenticated, Routing
from gateway.core.tasks import CHANGING, PartyTask, Side
from gateway.web.fhir.asking import require
from gateway.web.fhir.door import FhirDoor
from gateway.web.fhir.projection import status_codes
from gateway.web.headers import is_demanded
from gateway.web.problems import BadRequestError, UnknownIdError
from schemas.answer_codes import AnswerCode
from schemas.decoding import decode_json
from schemas.documents import Document
from schemas.vocabulary import Ground, ReferralState, Urgency

_MEDIA_TYPE = "application/fhir+json"


class Unchanged:
    """The Task stands as it was sent: an update that changes nothing is none."""


async def update(fhir: FhirDoor, request: Request, caller: Caller, name: str) -> Unchanged | Outcome | Confirmed:
    """Do what the changed Task says. Raises AdapterError, SchemaViolationError or BadRequestError (400, 404, 412)."""
    fhir.adapter_of(caller)
    document = decode_json(await fhir.door.body(request))
    require(document, "Task")
    if document.get("id") != name:
        raise MalformedError("/id", "mismatch")
    task = fhir.tasks.one(caller, name, CHANGING)
    if task is None:
        raise UnknownIdError
    if not is_demanded(request.headers, fhir.tasks.version(caller, task)):
        raise BadRequestError(HTTPStatus.PRECONDITION_FAILED, "If-Match", "version")
    if task.side is Side.SENT:
        return await _taken_back(fhir, caller, task, document)
    return await _answered(fhir, caller, task, document)


async def _answered(fhir: FhirDoor, caller: Caller, task: PartyTask, document: Document) -> Unchanged | Outcome:
    """What the recipient makes of the referral (M-06): state and reason as its format writes them."""
    state, reason = _said(fhir, caller, task, document)
    if (state, reason) == (task.state, task.reason):
        return Unchanged()
    key = f"fhir|{task.id}|{fhir.tasks.version(caller, task)}|{state}|{reason or ''}"
    if state is ReferralState.RECEIVED:
        return await fhir.door.answering.acknowledge(caller, task.id, key)
    return await fhir.door.answering.answer(caller, task.id, state, reason, key, task.state)


def _said(
    fhir: FhirDoor, caller: Caller, task: PartyTask, document: Document
) -> tuple[ReferralState, AnswerCode | None]:
    parsed = fhir.adapter_of(caller).parse(_inbound(_without_what_we_said(fhir, caller, task, document)))
    match parsed:
        case ParsedStatus():
            return parsed.state, parsed.reason
        case ParsedRevocation():  # A Task that lost its number on the way; whose it is, the address says.
            return ReferralState.CANCELLED, None
        case ParsedReferral():
            return ReferralState.SUBMITTED, None


def _without_what_we_said(fhir: FhirDoor, caller: Caller, task: PartyTask, document: Document) -> Document:
    """Leave out our exact state where a client changed the status and sent the rest back as it got it."""
    written = document.get("businessStatus")
    codings = written.get("coding") if isinstance(written, dict) else None
    ours = isinstance(codings, list) and any(
        isinstance(coding, dict) and coding.get("code") == task.state for coding in codings
    )
    if not ours or document.get("status") == status_codes(fhir.adapter_of(caller))[task.state]:
        return document
    return {name: value for name, value in document.items() if name != "businessStatus"}


async def _taken_back(fhir: FhirDoor, caller: Caller, task: PartyTask, document: Document) -> Unchanged | Confirmed:
    """The sender may cancel and nothing else; it takes back what it sent under that number of its own."""
    if document.get("status") == status_codes(fhir.adapter_of(caller))[task.state]:
        return Unchanged()
    inbound = _inbound(_without_what_we_said(fhir, caller, task, document))
    parsed = fhir.adapter_of(caller).parse(inbound)
    if not isinstance(parsed, ParsedRevocation):
        raise UnsupportedError("/status", "not_yours_to_say")
    if fhir.tasks.own_number(task) != parsed.sender_reference:
        raise UnsupportedError("/identifier", "mismatch")
    key = f"fhir|{task.id}|{fhir.tasks.version(caller, task)}|cancelled"
    routing = Routing(task.recipient, task.purpose, Urgency.ROUTINE, Ground.CONSENT, key)
    return await fhir.door.exchange.accept(Authenticated(caller, routing, inbound, None))


def _inbound(document: Document) -> Inbound:
    return Inbound(json.dumps(document).encode(), _MEDIA_TYPE)

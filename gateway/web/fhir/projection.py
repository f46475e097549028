"""A referral as a FHIR Task: who asked whom, for which purpose, and how it stands. Nothing about the person.

Status and reasons are written by the adapter, so that every endpoint tells them in the same words.
"""

from adapters.sdk.contract import StatusUpdate
from gateway.core.adapter_ports import SystemAdapter
from gateway.core.callers import Caller
from gateway.core.tasks import PartyTask, Side
from gateway.web.fhir import names
from gateway.web.fhir.door import FhirDoor
from schemas.decoding import decode_json
from schemas.documents import Document, Json
from schemas.vocabulary import ReferralState


def task_resource(fhir: FhirDoor, caller: Caller, task: PartyTask) -> Document:
    """Return the Task that this client sees."""
    adapter = fhir.adapter_of(caller)
    own = fhir.tasks.own_number(task)
    moved = (task.answered or task.made).date().isoformat()
    update = StatusUpdate(own or task.id, task.state, task.reason, moved)
    status = {**decode_json(adapter.render_status(update).body)}
    written = status.pop("identifier", [])
    return {
        **status,
        "id": task.id,
        "meta": {"versionId": fhir.tasks.version(caller, task)},
        **_identifier(task, own, written),
        "code": {"coding": [{"system": names.TASK_CODE, "code": "fulfill"}]},
        "authoredOn": task.made.date().isoformat(),
        "requester": _agency(task.sender),
        "owner": _agency(task.recipient),
        "reasonCode": {"coding": [{"system": names.PURPOSE, "code": task.purpose}]},
    }


def status_codes(adapter: SystemAdapter) -> dict[ReferralState, str]:
    """Return what each state is called in FHIR, as the adapter writes it."""
    written = (adapter.render_status(StatusUpdate("x", state, None, "2020-01-01")).body for state in ReferralState)
    return {state: str(decode_json(body)["status"]) for state, body in zip(ReferralState, written, strict=True)}


def etag(fhir: FhirDoor, caller: Caller, task: PartyTask) -> str:
    """Return the entity tag (RFC 9110 section 8.8.3), weak as FHIR writes them."""
    return f'W/"{fhir.tasks.version(caller, task)}"'


def _identifier(task: PartyTask, own: str | None, written: Json) -> Document:
    """The sender's own number for the sender, the message's for the recipient: each knows only its own."""
    if task.side is Side.RECEIVED:
        return {"identifier": [{"system": names.MESSAGE, "value": task.id}]}
    return {} if own is None else {"identifier": written}


def _agency(agency: str) -> Json:
    return {"type": "Organization", "identifier": {"system": names.AGENCY, "value": agency}}

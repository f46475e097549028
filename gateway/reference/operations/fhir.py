"""The FHIR endpoint."""

from collections.abc import Mapping
from typing import Final

from gateway.core.access.scopes import Scope
from gateway.reference.answers import FHIR, FHIR_WRITTEN, JSON
from gateway.reference.model import Answer, Body, Operation, Speaks
from gateway.reference.shapes import part
from gateway.web.problem_types import ProblemType
from schemas.documents import Document, Json

_TASK: Final[Document] = {
    "resourceType": "Task",
    "id": "01R6KX7VG0A7VV69K3HCXP5RW1",
    "meta": {"versionId": "7f1c2b9a0d3e4f5a"},
    "status": "requested",
    "intent": "order",
}
_FORMS: Final = {
    406: (ProblemType.NOT_ACCEPTABLE,),
    415: (ProblemType.UNSUPPORTED_MEDIA_TYPE,),
}
_READ: Final = {404: (ProblemType.NOT_FOUND,), 406: (ProblemType.NOT_ACCEPTABLE,)}
_SENT: Final = {
    **_FORMS,
    404: (ProblemType.NOT_FOUND,),
    409: (ProblemType.STATE_CONFLICT,),
    422: (ProblemType.DOCUMENT_INVALID,),
}
_LOOK: Final = (Scope.READ_REFERRALS, Scope.READ_INBOX)
_CHANGE: Final = (Scope.ACKNOWLEDGE_INBOX, Scope.SEND_REFERRALS)
_SEARCH: Final = ("fhir_id", "fhir_status", "fhir_requester", "fhir_owner", "fhir_count", "fhir_cursor", "fhir_format")


def _told(sentence: str, component: str, example: Document | None = None, *headers: str) -> Answer:
    examples = {} if example is None else {"usual": example}
    return Answer(sentence, {FHIR_WRITTEN: Body(part(component), examples)}, headers)


def _taken(kind: str, more: dict[str, Json]) -> dict[str, Body]:
    body = Body(part("FhirSent"), {"begins like this": {"resourceType": kind, **more}})
    return {FHIR: body, JSON: body}


def _posted(
    answers: Mapping[int, Answer], kind: str, more: dict[str, Json], scope: Scope = Scope.SEND_REFERRALS
) -> Operation:
    return Operation(answers, (scope,), ("fhir_format",), _taken(kind, more), _SENT, Speaks.FHIR)


_FOUND: Final = _told(
    "A page of Tasks (searchset).", "Bundle", {"resourceType": "Bundle", "type": "searchset", "link": []}
)

OPERATIONS: Final[Mapping[str, Operation]] = {
    "processMessage": _posted(
        {200: _told("The answering message.", "Bundle", {"resourceType": "Bundle", "type": "message"})},
        "Bundle",
        {"type": "message"},
    ),
    "sendFhirTransaction": _posted(
        {200: _told("An answer for each entry.", "Bundle", {"resourceType": "Bundle", "type": "transaction-response"})},
        "Bundle",
        {"type": "transaction"},
    ),
    "createTask": _posted(
        {
            200: _told("It was a taking back, and is done.", "OperationOutcome"),
            201: _told("The Task under which you find it again.", "Task", _TASK, "Location", "ETag"),
        },
        "Task",
        {"status": "requested", "intent": "order"},
    ),
    "searchTasks": Operation({200: _FOUND}, _LOOK, _SEARCH, problems=_READ, speaks=Speaks.FHIR),
    "searchTasksByForm": Operation(
        {200: _FOUND},
        _LOOK,
        _SEARCH,
        {"application/x-www-form-urlencoded": Body({"type": "object"}, {"accepted": {"status": "accepted"}})},
        {**_READ, **_FORMS},
        Speaks.FHIR,
        may_be_empty=True,
    ),
    "readTask": Operation(
        {
            200: _told("The Task as it stands.", "Task", _TASK, "ETag"),
            304: Answer("You have it already.", headers=("ETag",)),
        },
        _LOOK,
        ("fhir_format", "IfNoneMatch"),
        problems=_READ,
        speaks=Speaks.FHIR,
    ),
    "updateTask": Operation(
        {200: _told("The Task as it stands now.", "Task", _TASK, "ETag")},
        _CHANGE,
        ("fhir_format", "IfMatch"),
        _taken("Task", {"id": "01R6KX7VG0A7VV69K3HCXP5RW1", "status": "accepted", "intent": "order"}),
        {**_SENT, 412: (ProblemType.PRECONDITION_FAILED,)},
        Speaks.FHIR,
    ),
    "createFhirConsent": _posted(
        {
            201: _told(
                "Recorded. `proposed` means that a second person is to confirm it first.",
                "FhirConsent",
                {"resourceType": "Consent", "id": "4VTKHP8NVHTF3XX36ZA77432ZD", "status": "active"},
                "Location",
            )
        },
        "Consent",
        {"status": "active"},
        Scope.RECORD_CONSENTS,
    ),
    "getCapabilityStatement": Operation(
        {
            200: _told(
                "What this endpoint can do.",
                "CapabilityStatement",
                {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"},
            )
        },
        parameters=("fhir_format",),
        problems={406: (ProblemType.NOT_ACCEPTABLE,)},
        speaks=Speaks.FHIR,
    ),
}

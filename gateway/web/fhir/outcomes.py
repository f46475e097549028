"""Every error as an OperationOutcome: made from the problem that the other endpoints would answer with.

One table of errors serves both (`gateway.web.problems`), so none is forgotten here and none says more. Codes, rules and
FHIRPath expressions; never a value from the data.
"""

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from http import HTTPStatus
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse
from typing_extensions import override

from gateway.web import problems
from gateway.web.door import in_the_scheme_used
from schemas.documents import Document, Json

BASE: Final = "/fhir"
"""The path every FHIR request begins with."""

_OF_TOKENS: Final = f"{BASE}/.well-known/"
"""What SMART puts under this address and is no FHIR: the OAuth door's."""

MEDIA_TYPE: Final = "application/fhir+json;charset=utf-8"

RULE: Final = "urn:referral-gateway:rule"
PROBLEM: Final = "urn:referral-gateway:problem"
REASON: Final = "urn:referral-gateway:reason"

_ISSUE_TYPES: Final = {
    "bad_request": "invalid",
    "document_unreadable": "structure",
    "document_invalid": "structure",
    "consent_not_recordable": "business-rule",
    "consent_event_unfit": "conflict",
    "case_event_not_recordable": "business-rule",
    "refused": "forbidden",
    "not_found": "not-found",
    "state_conflict": "conflict",
    "idempotency_key_reused": "duplicate",
    "insufficient_scope": "forbidden",
    "outside_authorization_details": "forbidden",
    "invalid_token": "login",
    "invalid_dpop_proof": "login",
    "use_dpop_nonce": "login",
    "too_many_requests": "throttled",
    "unavailable": "transient",
    "defect": "exception",
    "method_not_allowed": "not-supported",
}
_ISSUE_TYPE_OF_RULE: Final = {
    "required": "required",
    "too_large": "too-long",
    "media_type": "not-supported",
    "content_encoding": "not-supported",
    "unknown_parameter": "not-supported",
    "unknown_code": "code-invalid",
    "enum": "code-invalid",
    "version": "conflict",
}
_ABOUT_THE_DOCUMENT_SENT: Final = frozenset({"document_unreadable", "consent_not_recordable"})
_Handler: TypeAlias = Callable[[Request, Exception], Coroutine[object, object, JSONResponse]]


class Fhir(JSONResponse):
    """A resource."""

    media_type = MEDIA_TYPE


class Nothing(Fhir):
    """An answer without a body."""

    @override
    def render(self, content: object) -> bytes:
        """Write nothing."""
        return b""


def spoken(answered: JSONResponse, root: str) -> JSONResponse:
    """Say a problem in FHIR's words; whatever is no problem is left as it is.

    `root` is the type of resource the request carried, with which every FHIRPath expression begins.
    """
    if answered.media_type != problems.MEDIA_TYPE:
        return answered
    problem = json.loads(bytes(answered.body))
    told = Fhir(_outcome(problem, root), answered.status_code)
    kept = [(name, value) for name, value in answered.raw_headers if name not in {b"content-type", b"content-length"}]
    told.raw_headers.extend(kept)
    return told


def in_fhir_under_base(handler: _Handler) -> _Handler:
    """Return an error handler that speaks FHIR to whoever asked for a path of this endpoint."""

    async def handled(request: Request, error: Exception) -> JSONResponse:
        answered = await handler(request, error)
        path: str = request.scope["path"]
        ours = path == BASE or (path.startswith(f"{BASE}/") and not path.startswith(_OF_TOKENS))
        return challenged(spoken(answered, ""), request) if ours else answered

    return handled


def challenged(answered: JSONResponse, request: Request) -> JSONResponse:
    """Challenge a client in the scheme it used; to one that used none, name both (RFC 9110 section 11.6.1)."""
    challenge = answered.headers.get("www-authenticate")
    if challenge is None:
        return answered
    if request.headers.get("authorization", "").partition(" ")[0].lower() not in {"bearer", "dpop"}:
        answered.headers.append("www-authenticate", "Bearer")
    return in_the_scheme_used(answered, request)


def outcome(severity: str, code: str, detail: str) -> Document:
    """Return an outcome that says one thing, such as that something went well."""
    issue = _issue(code, (PROBLEM, detail))
    return {"resourceType": "OperationOutcome", "issue": [{**issue, "severity": severity}]}


def _outcome(problem: Mapping[str, Json], root: str) -> Document:
    code = str(problem["code"])
    issues = [*_faults(problem, code, root), *_reasons(problem)]
    decision = problem.get("decision_id")
    return {
        "resourceType": "OperationOutcome",
        **({"id": decision} if isinstance(decision, str) else {}),
        "issue": issues or [_issue(_type_of(code), (PROBLEM, code))],
    }


def _faults(problem: Mapping[str, Json], code: str, root: str) -> list[Json]:
    """An issue for each fault: its rule, and where it is."""
    issues: list[Json] = []
    for fault in _objects(problem.get("errors")):
        pointer, rule = str(fault["pointer"]), str(fault["rule"])
        kind = _ISSUE_TYPE_OF_RULE.get(rule.partition(":")[0], _type_of(code))
        issues.append({**_issue(kind, (PROBLEM, code), (RULE, rule)), **_where(pointer, code, root)})
    return issues


def _where(pointer: str, code: str, root: str) -> Mapping[str, Json]:
    """Say where it is: in the document that was sent, in a header or parameter, or in what it was translated to.

    A pointer into the canonical referral is no path in the sender's document and is not dressed up as one.
    """
    if code in _ABOUT_THE_DOCUMENT_SENT:
        return {"expression": [_path(pointer, root)]} if root else {}
    return {"diagnostics": pointer} if pointer else {}


def _path(pointer: str, root: str) -> str:
    """Write a JSON pointer as FHIRPath."""
    steps = [f"[{step}]" if step.isdecimal() else f".{step}" for step in pointer.split("/")[1:]]
    return "".join((root, *steps))


def _reasons(problem: Mapping[str, Json]) -> list[Json]:
    """An issue for each reason of a refusal: its code and its sentence, as the sender may hear them."""
    return [
        {
            **_issue("forbidden", (REASON, str(reason["code"])), (RULE, str(reason["rule"]))),
            "diagnostics": str(reason["sentence"]),
        }
        for reason in _objects(problem.get("reasons"))
    ]


def _issue(kind: str, *codings: tuple[str, str]) -> dict[str, Json]:
    return {
        "severity": "error",
        "code": kind,
        "details": {"coding": [{"system": system, "code": code} for system, code in codings]},
    }


def _type_of(code: str) -> str:
    if code in _ISSUE_TYPES:
        return _ISSUE_TYPES[code]
    return "not-found" if code == HTTPStatus.NOT_FOUND.name.lower() else "processing"


def _objects(value: Json) -> Sequence[Mapping[str, Json]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []

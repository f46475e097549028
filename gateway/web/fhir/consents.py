"""A person's consent comes in as FHIR. It is recorded at the desk, under the rules of every consent, or not at all.

What the resource says is read by `adapters.consents`, as wherever a FHIR Consent comes in; what FHIR has no place for
stands in one extension, which is the supplement here (C-05).
"""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from adapters.consents.fhir_extension import apart, place_of
from adapters.consents.fhir_names import ACT_CODE, SCOPE, STATUS
from adapters.consents.fhir_reading import read_consent
from adapters.consents.members import Members
from adapters.sdk.errors import AdapterError, MalformedError, UnsupportedError
from gateway.core.access.scopes import Scope
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.callers import Caller
from gateway.core.consents.desk import Actor
from gateway.core.consents.desk_items import ConsentAnswer, is_confirmed
from gateway.core.consents.documents import ConsentRefusedError
from gateway.core.consents.papers import completed
from gateway.web.fhir import names
from gateway.web.fhir.door import FhirDoor
from gateway.web.fhir.negotiation import FhirRoute
from gateway.web.fhir.outcomes import BASE, Fhir
from gateway.web.problems import key_reused
from schemas.decoding import decode_json
from schemas.documents import Document, Json
from schemas.errors import SchemaViolationError
from schemas.vocabulary import ConsentState


def router(fhir: FhirDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix=f"{BASE}/Consent", tags=["fhir"], route_class=FhirRoute)

    @routes.post("", operation_id="createFhirConsent", summary="Record a consent that is written as a FHIR Consent")
    async def create(request: Request) -> JSONResponse:
        """Recorded under the rules of every consent, or not at all; what FHIR has no place for stands in one extension.

        The first identifier is the idempotency key. Her words are not given back.
        """

        async def work(caller: Caller) -> JSONResponse:
            return await _recorded(fhir, request, caller)

        return await fhir.door.answered(request, Scope.RECORD_CONSENTS, work, frozenset({"_format"}))

    return routes


async def _recorded(fhir: FhirDoor, request: Request, caller: Caller) -> JSONResponse:
    fhir.adapter_of(caller)
    resource = decode_json(await fhir.door.body(request))
    document = said(resource)
    outcome = await _at_the_desk(fhir, caller, document, _key(resource))
    match outcome:
        case Recorded(answer=told) | Repeated(answer=told):
            return _created(fhir, document, told)
        case KeyConflict():
            return key_reused()
        case NotFresh():
            return fhir.door.not_fresh(outcome)


def said(resource: Document) -> Document:
    """Return what a Consent and its extension say as one consent/1.0, not yet validated.

    Raises AdapterError with a pointer into the resource, also where the two differ.
    """
    rest, extension = apart(resource)
    native = read_consent(rest).document
    try:
        return completed(native, extension)
    except SchemaViolationError as error:
        refused = _in_the_resource(error)
    raise refused  # Outside the handler, whose error would carry the other along.


def _key(resource: Document) -> str:
    """The idempotency key: the first identifier of the Consent that has a value."""
    for number in Members(resource, "").many("identifier"):
        value, system = (number.text(name) if number.has(name) else "" for name in ("value", "system"))
        if value:
            return f"fhir|{system}|{value}"
    raise MalformedError("/identifier", "required")


def _in_the_resource(error: ConsentRefusedError | SchemaViolationError) -> AdapterError | ConsentRefusedError:
    """Return the same refusal with its place in the FHIR resource."""
    if isinstance(error, ConsentRefusedError):
        return ConsentRefusedError(place_of(error.pointer), error.rule)
    fault = error.faults[0]
    return UnsupportedError(place_of(fault.pointer), fault.rule)


async def _at_the_desk(fhir: FhirDoor, caller: Caller, document: Document, key: str) -> ConsentAnswer:
    """Record it, and say where a refusal is in the resource that came."""
    try:
        return await fhir.door.desk.record(Actor(caller.agency, caller), document, key)
    except (ConsentRefusedError, SchemaViolationError) as error:
        refused = _in_the_resource(error)
    raise refused


def _created(fhir: FhirDoor, document: Document, told: Document) -> JSONResponse:
    """201 with what stands now: the gateway's id, and whether it may be rested on. Her words are not given back."""
    consent = str(told["consent"])
    waits = told["state"] == ConsentState.GIVEN and not is_confirmed(told)
    status = "proposed" if waits else STATUS[ConsentState(str(document["state"]))]
    code = told.get("withdrawal_code")
    shown: dict[str, Json] = {
        "resourceType": "Consent",
        "id": consent,
        "status": status,
        "scope": {"coding": [{"system": SCOPE, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": ACT_CODE, "code": "IDSCL"}]}],
        "policyRule": {"coding": [{"system": names.OWN + "consent", "code": str(document.get("decision"))}]},
    }
    if isinstance(code, str):
        shown["extension"] = [{"url": names.OWN + "withdrawal-code", "valueString": code}]
    return Fhir(shown, HTTPStatus.CREATED, {"Location": f"{fhir.base}/Consent/{consent}"})

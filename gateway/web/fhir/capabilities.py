"""What this endpoint says it can do (`GET /fhir/metadata`): read off the routes there are, so that it is true.

What is not built has no route, and so is not announced.
"""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.head_requests import answering_head
from gateway.web.fhir.negotiation import FhirRoute
from gateway.web.fhir.outcomes import BASE, Fhir
from gateway.web.fhir.searching import PARAMETERS
from schemas.documents import Document, Json

VERSION: Final = "4.0.1"
_LAST_CHANGED: Final = "2026-11-22"
_INTERACTIONS: Final = {
    ("POST", "/{type}"): "create",
    ("GET", "/{type}/{id}"): "read",
    ("GET", "/{type}"): "search-type",
    ("PUT", "/{type}/{id}"): "update",
}
_DEFINITIONS: Final = {
    "process-message": "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message",
}
_SAID_OF: Final = {
    "Task": "A referral as its two parties see it, without anything about the person. The recipient updates its status,"
    " the sender may cancel it.",
    "Consent": "What a person agreed to, recorded under the rules of the gateway; it is not given back.",
}


def router(routers: Sequence[APIRouter], base: str, version: str) -> APIRouter:
    """Make the route; `routers` hold all the others of this endpoint."""
    routes = APIRouter(prefix=BASE, tags=["fhir"], route_class=FhirRoute)
    statement = capability_statement([one for router in routers for one in router.routes], base, version)

    @routes.get("/metadata", operation_id="getCapabilityStatement", summary="What the FHIR endpoint can do")
    async def metadata(_request: Request) -> JSONResponse:
        """The CapabilityStatement, read off the routes there are. No token is asked for."""
        return Fhir(statement, headers={"Cache-Control": "public, max-age=300"})

    return answering_head(routes)


def capability_statement(routes: Sequence[object], base: str, version: str) -> Document:
    """Return the CapabilityStatement of exactly these routes."""
    seen = [(method, _shape(one.path)) for one in routes if isinstance(one, APIRoute) for method in one.methods or ()]
    types = sorted({kind for _, (kind, _) in seen if kind is not None})
    operations = sorted(rest.removeprefix("/$") for _, (kind, rest) in seen if kind is None and rest.startswith("/$"))
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _LAST_CHANGED,
        "kind": "instance",
        "software": {"name": "Referral Gateway", "version": version},
        "implementation": {"description": "Referrals between agencies", "url": base},
        "fhirVersion": VERSION,
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Every referral is decided before anything of it moves. Unknown search parameters are"
                " refused, unless the client prefers handling=lenient.",
                "security": {"service": [{"coding": [{"system": _SERVICES, "code": "SMART-on-FHIR"}]}]},
                "resource": [_resource(kind, seen) for kind in types],
                **({"interaction": [{"code": "transaction"}]} if ("POST", (None, "")) in seen else {}),
                "operation": [{"name": name, "definition": _DEFINITIONS[name]} for name in operations],
            }
        ],
    }


_SERVICES: Final = "http://terminology.hl7.org/CodeSystem/restful-security-service"


def _shape(path: str) -> tuple[str | None, str]:
    """Take a route's path apart: the type of resource, if it has one, and the rest with ids as `{id}`."""
    parts = path.removeprefix(BASE).split("/")[1:]
    if not parts or not parts[0] or parts[0].startswith("$"):
        return None, path.removeprefix(BASE)
    kind, *rest = parts
    return kind, "".join(("/{type}", *("/{id}" if one.startswith("{") else f"/{one}" for one in rest)))


def _resource(kind: str, seen: Sequence[tuple[str, tuple[str | None, str]]]) -> Json:
    done = [name for (method, shape), name in _INTERACTIONS.items() if (method, (kind, shape)) in seen]
    searched: dict[str, Json] = {
        "searchParam": [{"name": name, "type": how} for name, how in PARAMETERS.items() if name != "_id"]
    }
    versioned: dict[str, Json] = {"versioning": "versioned", "readHistory": False, "updateCreate": False}
    return {
        "type": kind,
        "documentation": _SAID_OF[kind],
        "interaction": [{"code": name} for name in done],
        **(versioned if "read" in done else {}),
        "conditionalCreate": False,
        "conditionalDelete": "not-supported",
        **(searched if "search-type" in done else {}),
    }

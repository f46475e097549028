"""Agencies and their agreements: add, list."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import answer, body
from gateway.admin.operations import Operations
from gateway.admin.rehearsal import registry
from gateway.core.agencies import Agency
from schemas.decoding import decode_json
from schemas.documents import Document, Json


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()

    @routes.post("/agencies")
    async def add_agency(request: Request) -> JSONResponse:
        document = decode_json(await body(request, operations.largest_body))
        return answer({"agency": await registry(operations, request).add_agency(document)})

    @routes.get("/agencies")
    def agencies() -> JSONResponse:
        return answer({"agencies": [_agency(agency) for agency in operations.directory.agencies()]})

    @routes.post("/agreements")
    async def add_agreement(request: Request) -> JSONResponse:
        document = decode_json(await body(request, operations.largest_body))
        return answer({"agreement": await registry(operations, request).add_agreement(document)})

    @routes.get("/agreements")
    def agreements() -> JSONResponse:
        return answer({"agreements": [_agreement(signed) for signed in operations.directory.agreements()]})

    return routes


def _agency(agency: Agency) -> Json:
    return {
        "id": agency.id,
        "title": agency.title,
        "function_class": agency.function,
        "country": agency.country,
        "adapter": agency.adapter,
        "delivery_mode": agency.delivery,
        "sealing_key": agency.sealing_key.id if agency.sealing_key else None,
    }


def _agreement(signed: Document) -> Json:
    terms = signed["agreement"]
    shown: Sequence[str] = ("id", "sender", "recipient", "purpose", "categories", "in_force")
    return {name: terms[name] for name in shown} if isinstance(terms, Mapping) else {}

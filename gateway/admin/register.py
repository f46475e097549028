"""Agencies, their agreements and their OAuth clients: add, list, switch off."""

import re
from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer, body, members, problem, text
from gateway.admin.operations import ListedClient, Operations
from gateway.admin.rehearsal import is_dry, registry
from gateway.core.agencies import Agency
from gateway.core.client_modes import ClientMode
from gateway.core.registry import RegistrationRefusedError
from gateway.core.scopes import Scope
from schemas.decoding import decode_json
from schemas.documents import Document, Json

_CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}[A-Za-z0-9]")
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


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

    @routes.post("/clients")
    async def add_client(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "client", "agency", "jwks", "scopes", "mode")
        client, agency = text(given, "client"), text(given, "agency")
        if _CLIENT_ID.fullmatch(client) is None:
            raise RegistrationRefusedError("client_id_form")
        keys, scopes, mode = _keys(given, operations), _scopes(given), _mode(given)
        await registry(operations, request).add_client(client, agency, keys, scopes, mode)
        return answer({"client": client, "agency": agency, "scopes": [*sorted(scopes)], "mode": mode})

    @routes.get("/clients")
    def clients() -> JSONResponse:
        return answer({"clients": [_client(client) for client in operations.clients.clients()]})

    @routes.post("/clients/{client}/revoke")
    async def revoke_client(client: str, request: Request) -> JSONResponse:
        if is_dry(request):
            found = any(client == listed.client_id for listed in operations.clients.clients())
            return answer({"client": client, "dry_run": True}) if found else problem(404, "client_unknown")
        revoked = await operations.revoke_client(client)
        return answer({"client": client, "enabled": False}) if revoked else problem(404, "client_unknown")

    return routes


def _keys(given: Document, operations: Operations) -> list[Mapping[str, Json]]:
    """Return the public keys of a JWK set (RFC 7517). A private member is refused before anything else looks at it."""
    jwks = given.get("jwks")
    listed = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(listed, list) or not listed:
        raise BadRequestError("/jwks/keys", "required")
    keys: list[Mapping[str, Json]] = []
    for key in listed:
        if not isinstance(key, Mapping):
            raise BadRequestError("/jwks/keys/*", "type")
        if _PRIVATE & key.keys():
            raise RegistrationRefusedError("private_key_given")
        if not operations.usable_key(key):
            raise RegistrationRefusedError("key_unusable")
        keys.append(key)
    return keys


def _scopes(given: Document) -> frozenset[Scope]:
    listed = given.get("scopes")
    try:
        return frozenset(Scope(str(name)) for name in (listed if isinstance(listed, list) else []))
    except ValueError:
        raise BadRequestError("/scopes", "unknown_code") from None


def _mode(given: Document) -> ClientMode:
    """Return how it will hold its tokens; bound to a key, unless the operator says otherwise."""
    try:
        return ClientMode(str(given.get("mode", ClientMode.DPOP)))
    except ValueError:
        raise BadRequestError("/mode", "unknown_code") from None


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


def _client(client: ListedClient) -> Json:
    return {
        "id": client.client_id,
        "agency": client.agency,
        "scopes": [*sorted(client.scopes)],
        "mode": client.mode,
        "enabled": client.enabled,
    }

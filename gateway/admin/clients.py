"""The OAuth clients of agencies: add, list, switch off; add and retire their keys."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer, members, problem, text
from gateway.admin.client_certificates import certificates, is_certified, names
from gateway.admin.operations import ListedClient, Operations
from gateway.admin.rehearsal import is_dry, registry
from gateway.core.access.certificates import THUMBPRINT
from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import ClientRights, rights_document
from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import UNLIMITED, Act, Detail
from gateway.core.errors import RegistrationRefusedError
from schemas.documents import Document, Json
from schemas.vocabulary import Coded, Purpose

_CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}[A-Za-z0-9]")
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_MEMBERS: Final = ("client", "agency", "jwks", "scopes", "mode", "expires", "actions", "recipients", "purposes")
_RESOURCES: Final = ("audience", "resources")
_PROVING: Final = ("certificates", "names")
_Code = TypeVar("_Code", bound=Coded)


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/clients")

    @routes.post("")
    async def add_client(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, *_MEMBERS, *_PROVING, *_RESOURCES)
        client, agency = text(given, "client"), text(given, "agency")
        if _CLIENT_ID.fullmatch(client) is None:
            raise RegistrationRefusedError("client_id_form")
        mode, rights, book = _mode(given), _rights(given, operations), registry(operations, request)
        scopes = _codes(given, "scopes", Scope) or frozenset()
        if is_certified(given, certified=mode is ClientMode.MTLS):
            await book.add_certified_client(client, agency, certificates(given), names(given), scopes, rights)
        else:
            keys = _keys(given, operations)
            await book.add_client(client, agency, keys, scopes, mode, rights, _expires(given))
        told: dict[str, Json] = {"client": client, "agency": agency, "scopes": [*sorted(scopes)], "mode": mode}
        return answer({**told, **rights_document(rights)})

    @routes.get("")
    def clients() -> JSONResponse:
        return answer({"clients": [_client(client) for client in operations.clients.clients()]})

    @routes.post("/{client}/revoke")
    async def revoke_client(client: str, request: Request) -> JSONResponse:
        if is_dry(request):
            found = any(client == listed.client_id for listed in operations.clients.clients())
            return answer({"client": client, "dry_run": True}) if found else problem(404, "client_unknown")
        revoked = await operations.revoke_client(client)
        return answer({"client": client, "enabled": False}) if revoked else problem(404, "client_unknown")

    _of_keys(operations, routes)
    return routes


def _of_keys(operations: Operations, routes: APIRouter) -> None:
    @routes.post("/{client}/keys")
    async def add_keys(client: str, request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "jwks", "expires", "certificates")
        keys = registry(operations, request).keys
        if is_certified(given, certified="certificates" in given):
            return answer(_keys_told(client, await keys.add_certificates(client, certificates(given))))
        return answer(_keys_told(client, await keys.add(client, _keys(given, operations), _expires(given))))

    @routes.post("/{client}/keys/retire")
    async def retire_key(client: str, request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "kid")
        return answer(_keys_told(client, await registry(operations, request).keys.retire(client, text(given, "kid"))))


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
        keys.append({name: value for name, value in key.items() if name != THUMBPRINT})
    return keys


def _mode(given: Document) -> ClientMode:
    """Return how it will hold its tokens; bound to a key, unless the operator says otherwise."""
    try:
        return ClientMode(str(given.get("mode", ClientMode.DPOP)))
    except ValueError:
        raise BadRequestError("/mode", "unknown_code") from None


def _rights(given: Document, operations: Operations) -> ClientRights:
    """Return the bounds of a client: to whom it may refer, whose tokens it may ask for, whose it may ask about."""
    audience = text(given, "audience") if "audience" in given else None
    if audience is not None and f"{audience}/".startswith(f"{operations.public_url}/"):
        raise RegistrationRefusedError("audience_form")
    return ClientRights(_limit(given), _listed(given, "resources") or frozenset(), audience)


def _limit(given: Document) -> Detail:
    """Return to whom it may refer and for what; what is not said is not limited."""
    acts, purposes = _codes(given, "actions", Act), _codes(given, "purposes", Purpose)
    return Detail(UNLIMITED.acts if acts is None else acts, _listed(given, "recipients"), purposes)


def _expires(given: Document) -> datetime | None:
    """Return the end of the day until which keys count."""
    if "expires" not in given:
        return None
    try:
        return datetime.strptime(text(given, "expires"), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise BadRequestError("/expires", "date") from None


def _codes(given: Document, name: str, codes: type[_Code]) -> frozenset[_Code] | None:
    listed = _listed(given, name)
    try:
        return None if listed is None else frozenset(map(codes, listed))
    except ValueError:
        raise BadRequestError(f"/{name}", "unknown_code") from None


def _listed(given: Document, name: str) -> frozenset[str] | None:
    listed = given.get(name)
    if listed is not None and not isinstance(listed, list):
        raise BadRequestError(f"/{name}", "type")
    return None if not listed else frozenset(map(str, listed))


def _client(client: ListedClient) -> Json:
    return {
        "id": client.client_id,
        "agency": client.agency,
        "scopes": [*sorted(client.scopes)],
        "mode": client.mode,
        "enabled": client.enabled,
        "keys": [_key(key) for key in client.jwks],
        "limits": rights_document(client.rights),
    }


def _keys_told(client: str, keys: tuple[Mapping[str, Json], ...]) -> Document:
    return {"client": client, "keys": [_key(key) for key in keys]}


def _key(key: Mapping[str, object]) -> Json:
    """Tell of a key what tells it from others, and until which day it counts."""
    ends = key.get("exp")
    until = datetime.fromtimestamp(ends, UTC).date().isoformat() if isinstance(ends, int) else None
    return {"kid": str(key.get("kid")), "kind": str(key.get("crv", key.get("kty"))), "expires": until}

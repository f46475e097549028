"""Restrict what is done with a person's data, or lift that again: the right itself, in one call (A-03, C-15).

Recorded as the case event that says the same (`gateway.core.cases.desk`), so the same rules say who may. A restriction
of all processing stops what is in flight and asks past recipients to stop, tracked until each has answered.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.core.cases.events import SCHEMA
from gateway.core.consents.desk import Actor
from gateway.web.cases import recorded
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import idempotency_key
from gateway.web.problems import BadRequestError
from gateway.web.references import reference
from schemas.case_codes import CaseEventType
from schemas.documents import Document, Json

_OF_ALL: Mapping[bool, CaseEventType] = MappingProxyType(
    {True: CaseEventType.PROCESSING_RESTRICTED, False: CaseEventType.PROCESSING_RELEASED}
)
_OF_ONE: Mapping[bool, CaseEventType] = MappingProxyType(
    {True: CaseEventType.RESTRICTION_SET, False: CaseEventType.RESTRICTION_LIFTED}
)


def router(door: Door) -> APIRouter:
    """Make the route."""
    routes = APIRouter(prefix="/v1", tags=["cases"], route_class=Direct)

    @routes.post("/restrictions", operation_id="restrictProcessing", summary="Set or lift a restriction a person asks")
    async def restrict(request: Request) -> JSONResponse:
        """All processing, one kind of data, or one kind of data for one recipient (C-15).

        It stops what is in flight.
        """

        async def work(caller: Caller) -> JSONResponse:
            asked, key = await door.document(request), idempotency_key(request.headers)
            return recorded(door, await door.cases.record(Actor(caller.agency, caller), _fact(asked), key))

        return await door.answered(request, Scope.RECORD_CASES, work)

    return routes


def _fact(asked: Document) -> Document:
    """Read {"person_ref": ..., "set": true | false, "category"?: ..., "recipient"?: ...} and write it as a case event.

    Without a category all processing is meant; a recipient is named with one only.
    """
    if not asked.keys() <= {"person_ref", "set", "category", "recipient"}:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/*", "additionalProperties")
    is_set = asked.get("set")
    if not isinstance(is_set, bool):
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/set", "required")
    if "recipient" in asked and "category" not in asked:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/category", "required")
    narrowed: dict[str, Json] = {name: asked[name] for name in ("category", "recipient") if name in asked}
    event: dict[str, Json] = {_OF_ONE[is_set].value: narrowed} if narrowed else {_OF_ALL[is_set].value: True}
    return {"schema": SCHEMA, "person_ref": reference(asked), "event": event}

"""What stands before every page: a change comes from our own page or is not made, and an error is a page, not a value.

Cookies are SameSite=Strict already; the origin is looked at besides, so that two walls must fall.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from gateway.core.consents.documents import ConsentRefusedError
from gateway.core.errors import GatewayError, OperatorError
from gateway.core.officers import OfficerRefusedError
from gateway.people.faults import in_words
from gateway.people.pages import page
from gateway.people.sentences import sentence, status
from schemas.decoding import decode_json
from schemas.documents import Document
from schemas.errors import SchemaViolationError

SIGN_IN: Final = "/people/sign-in"
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_LARGEST: Final = 65_536
_MOST_FIELDS: Final = 200
_READS: Final = frozenset({"GET", "HEAD"})

_Handler = Callable[[Request], Coroutine[object, object, Response]]


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody sent: each field once or several times."""

    fields: dict[str, list[str]]

    def one(self, name: str) -> str:
        """Return the field that is there once, without blanks around it; empty when it is not. Raises when twice."""
        values = self.fields.get(name, [])
        if len(values) > 1:
            raise OfficerRefusedError("form_unreadable")
        return values[0].strip() if values else ""

    def many(self, name: str) -> list[str]:
        """Return every value of a field."""
        return self.fields.get(name, [])


def guarded(origin: str) -> type[APIRoute]:
    """Return the class of our routes: each is guarded, so none can be forgotten."""

    class Guarded(APIRoute):
        def get_route_handler(self) -> _Handler:
            inner = super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    _from_our_page(request, origin)
                    return await inner(request)
                except GatewayError as error:
                    return _refused(request, error)
                except SchemaViolationError as error:
                    faults = [(fault.pointer, fault.rule) for fault in error.faults]
                    return page("refused", 422, sentence=sentence("consent_refused"), faults=in_words(faults))

            return handler

    return Guarded


async def form(request: Request) -> Form:
    """Read a form. Raises OfficerRefusedError."""
    try:
        text = (await _body(request, _FORM)).decode()
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise OfficerRefusedError("form_unreadable") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields)


async def document(request: Request) -> Document:
    """Read a JSON object. Raises OfficerRefusedError."""
    try:
        return decode_json(await _body(request, _JSON))
    except SchemaViolationError:
        raise OfficerRefusedError("form_unreadable") from None


def member(given: Document, name: str) -> str:
    """Return a member that must be a text. Raises OfficerRefusedError."""
    value = given.get(name)
    if not isinstance(value, str):
        raise OfficerRefusedError("form_unreadable")
    return value


def inner(given: Document, name: str) -> Document:
    """Return a member that must be an object. Raises OfficerRefusedError."""
    value = given.get(name)
    if not isinstance(value, dict):
        raise OfficerRefusedError("form_unreadable")
    return value


async def _body(request: Request, kind: str) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise OfficerRefusedError("form_unreadable")
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > _LARGEST:
            raise OfficerRefusedError("form_unreadable")
    return bytes(read)


def _from_our_page(request: Request, origin: str) -> None:
    """Refuse a change that does not say it comes from our own origin (Origin, and Fetch Metadata where it is sent)."""
    if request.method in _READS:
        return
    fetched = request.headers.get("sec-fetch-site", "same-origin")
    if request.headers.getlist("origin") != [origin] or fetched != "same-origin":
        raise OfficerRefusedError("other_origin")


def _refused(request: Request, error: GatewayError) -> Response:
    match error:
        case OfficerRefusedError():
            code, faults = error.code, []
        case ConsentRefusedError():
            code, faults = "consent_refused", [(error.pointer, error.rule)]
        case OperatorError():
            code, faults = "unavailable", []
        case _:
            code, faults = "defect", []
    if request.headers.get("content-type", "").startswith(_JSON):
        return JSONResponse({"code": code, "sentence": sentence(code)}, status(code))
    if code == "signed_out" and request.method in _READS:
        return RedirectResponse(SIGN_IN, 303)
    return page("refused", status(code), sentence=sentence(code), faults=in_words(faults))

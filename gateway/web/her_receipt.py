"""Her receipt, for the agency's system to show or to print: plain text or HTML, never kept (C-18)."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.her_receipt import HerReceipts, NotSafe
from gateway.core.consents.her_receipt_forms import HerReceipt, as_html, as_text
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import known_form
from gateway.web.problems import BadRequestError, problem
from schemas.documents import Document

_HTML: Final = "text/html"
_TEXT: Final = "text/plain"
_ANY: Final = frozenset({"*/*", "text/*", _HTML})


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1/consents", tags=["consents"], route_class=Direct)
    receipts = HerReceipts(door.papers)

    @routes.post(
        "/{consent}/receipt", operation_id="makeReceipt", summary="A receipt for the person: to be shown, or handed out"
    )
    async def make(request: Request, consent: str) -> Response:
        """For reading together, or on paper where she said that carrying one is safe (C-18). Nothing of it is kept."""

        async def work(caller: Caller) -> Response:
            kind, handed_out = _wanted(request.headers), _asked(await door.document(request))
            make = receipts.handed_out if handed_out else receipts.shown
            outcome = await make(Actor(caller.agency, caller), known_form(consent))
            match outcome:
                case HerReceipt():
                    return _written(outcome, kind)
                case NotSafe():
                    return problem(409, "not_safe_to_give", faults=[("/handed_out", "C-18")])
                case UnknownPerson():
                    return problem(404, "not_found")
                case _:
                    return door.not_fresh(outcome)

        return await door.answered(request, Scope.READ_CONSENTS, work)

    return routes


def _asked(document: Document) -> bool:
    """Read {"handed_out": true or false} and nothing else; whoever says true has asked her now."""
    handed_out = document.get("handed_out")
    if document.keys() != {"handed_out"} or not isinstance(handed_out, bool):
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/handed_out", "required")
    return handed_out


def _wanted(headers: Headers) -> str:
    """Return the media type asked for: HTML, unless only text is accepted."""
    types = [entry.partition(";")[0].strip().lower() for entry in headers.get("accept", "*/*").split(",")]
    if not _ANY.isdisjoint(types):
        return _HTML
    if _TEXT in types:
        return _TEXT
    raise BadRequestError(HTTPStatus.NOT_ACCEPTABLE, "Accept", "media_type")


def _written(receipt: HerReceipt, kind: str) -> Response:
    """Write it under a name that says nothing (UX R2)."""
    text, name = (as_html(receipt), "record.html") if kind == _HTML else (as_text(receipt), "record.txt")
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Content-Language": receipt.language,
    }
    return Response(text.encode(), media_type=kind + "; charset=utf-8", headers=headers)

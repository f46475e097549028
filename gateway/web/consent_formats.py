"""Consents in other people's formats, by media type: asked for with Accept, sent with Content-Type.

What the format lacks travels in a second part (multipart/related), as with referrals; what is missing in an answer is
named in `GX-Not-Carried`.
"""

from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from adapters.consents import FORMATS, ConsentFormat, WrittenPaper
from gateway.core.callers import Caller
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import ConsentAnswer
from gateway.web.door import Door
from gateway.web.headers import idempotency_key
from gateway.web.multipart import related
from gateway.web.problems import BadRequestError, problem

_BY_TYPE: Final = {form.media_type: form for form in FORMATS.values()}
_OURS: Final = frozenset({"", "*/*", "application/*", "application/json"})
_MULTIPART: Final = "multipart/related"


def wanted(headers: Headers) -> ConsentFormat | None:
    """Return the format an Accept header names; None for our own. Raises BadRequestError for one we do not write.

    One media type is a wish; of several, our own is what everybody gets who accepts it.
    """
    types = [_bare(entry) for value in headers.getlist("accept") for entry in value.split(",")]
    if not types or not _OURS.isdisjoint(types):
        return None
    known = [_BY_TYPE[entry] for entry in types if entry in _BY_TYPE]
    if not known:
        raise BadRequestError(HTTPStatus.NOT_ACCEPTABLE, "Accept", "media_type")
    return known[0]


def is_foreign(headers: Headers) -> bool:
    """Say whether the body is a consent in another's format."""
    kind = _bare(headers.get("content-type", ""))
    return kind in _BY_TYPE or kind == _MULTIPART


async def taken_in(door: Door, caller: Caller, request: Request) -> ConsentAnswer:
    """Record a consent in another's format. Raises BadRequestError, and what recording raises."""
    body, content_type = await door.body(request), request.headers.get("content-type", "")
    key, supplement = idempotency_key(request.headers), None
    if _bare(content_type) == _MULTIPART:
        parts = related(body, content_type)
        body, content_type, supplement = parts.body, parts.media_type, parts.supplement
    form = _BY_TYPE.get(_bare(content_type))
    if form is None:
        raise BadRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type", "media_type")
    return await door.papers.taken_in(Actor(caller.agency, caller), form, body, supplement, key)


async def handed_out(door: Door, caller: Caller, consent: str, form: ConsentFormat) -> Response:
    """Answer with a consent in that format."""
    outcome = await door.papers.handed_out(Actor(caller.agency, caller), consent, form)
    match outcome:
        case WrittenPaper(body=body, losses=losses):
            headers = {"GX-Not-Carried": ", ".join(loss.path for loss in losses)} if losses else {}
            return Response(body, media_type=form.media_type, headers=headers)
        case UnknownPerson():
            return problem(404, "not_found")
        case _:
            return door.not_fresh(outcome)


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()

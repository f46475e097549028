"""Many referrals in one request, one on each line (NDJSON), each on the line of every referral and alone.

A line is a small request: headers and a document. It has its own idempotency key, uses up a proof of its own, is
counted, decided and told like a request that came alone; a no takes as long, and what is wrong with one says nothing of
another. The body is never held whole: one line at a time, and what was told of each.
"""

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.core.errors import OperatorError, RecipientError
from gateway.core.limits import TooManyRequestsError
from gateway.core.once_more import once_more
from gateway.core.stages import Authenticated
from gateway.web.direct import Direct
from gateway.web.door import Door, Wrong
from gateway.web.headers import require_plain
from gateway.web.problems import BadRequestError, of_document, problem, too_many, unavailable
from gateway.web.referrals import asked_in, told_of
from schemas.canonical import NotCanonicalError, canonical
from schemas.decoding import decode_json
from schemas.documents import Document, Json

NDJSON: Final = "application/x-ndjson"
MOST_LINES: Final = 1000
"""Lines in one request: what is told of each is held until all are done. As many may be blank, and no more."""

_MEMBERS: Final = frozenset({"headers", "document", "body", "supplement"})
_HEADERS: Final = frozenset(
    {
        *("content-type", "idempotency-key", "gx-recipient", "gx-purpose", "gx-urgency", "gx-ground", "gx-subject"),
        *("gx-preview-digest", "gx-capacity", "gx-replaces"),
    }
)


def router(door: Door) -> APIRouter:
    """Make the route."""
    routes = APIRouter(prefix="/v1", tags=["referrals"], route_class=Direct)

    @routes.post("/referrals/bulk", operation_id="sendReferrals", summary="Send many referrals at once (NDJSON)")
    async def send(request: Request) -> Response:
        """Each line is one referral, decided alone and told like one that is sent alone, in the order of the lines.

        A line is an object with `headers` (those of sendReferral, an Idempotency-Key of its own among them) and either
        `document` (JSON) or `body` (base64, with its Content-Type among the headers); `supplement` may go beside them.
        A line that is wrong stops no other. At most 1000 lines. After a broken connection send the same again: what was
        done already is told again and not done twice.
        """

        async def work(caller: Caller) -> Response:
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() != NDJSON:
                raise BadRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type", "media_type")
            require_plain(request.headers)
            if not_fresh := await door.read(caller):
                return not_fresh
            told = [answered async for answered in _told(door, request, caller)]
            return Response(b"".join(told), media_type=NDJSON)

        return await door.answered(request, Scope.SEND_REFERRALS, work)

    return routes


async def _told(door: Door, request: Request, caller: Caller) -> AsyncIterator[bytes]:
    """Yield what is told of each line; the lines behind the last that is looked at are not read."""
    count = 0
    async for line in lines(request.stream(), door.largest_body):
        count += 1
        if count > MOST_LINES:
            yield _written(count, _too_large())
            return
        yield _written(count, await _answered(door, caller, line))


async def lines(chunks: AsyncIterator[bytes], longest: int) -> AsyncIterator[bytes | None]:
    """Yield each line that is not blank, without its end; None for one longer than allowed, which is not held.

    Ends with a None behind too many blank lines: they cost time, and nothing else would ever bound them.
    """
    held, overlong, blank = bytearray(), False, 0
    async for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            held += part
            if overlong or len(held) > longest:
                yield None
            elif held.strip():
                yield bytes(held)
            elif (blank := blank + 1) > MOST_LINES:
                yield None
                return
            held, overlong = bytearray(), False
        if not overlong:
            held += rest
            overlong = len(held) > longest
        if overlong:
            held = bytearray()
    if overlong or held.strip():
        yield None if overlong else bytes(held)


async def _answered(door: Door, caller: Caller, line: bytes | None) -> JSONResponse:
    """Do one line, as if it had come alone."""
    if line is None:
        return _too_large()
    try:
        door.limits.of_client(caller.client_id)
        as_caller = once_more(caller, door.exchange.clock, door.exchange.entropy)
        return told_of(door, await door.exchange.accept(_asked(as_caller, line)))
    except Wrong as error:
        return of_document(error)
    except TooManyRequestsError as error:
        return too_many(error)
    except (OperatorError, RecipientError) as error:
        return unavailable(error)


def _asked(caller: Caller, line: bytes) -> Authenticated:
    """Read one line. Raises what a request raises that is wrong in the same way."""
    said = decode_json(line)
    named = said.get("headers")
    if not said.keys() <= _MEMBERS:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/*", "additionalProperties")
    if not isinstance(named, dict) or not all(isinstance(value, str) for value in named.values()):
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/headers", "required")
    if ("document" in said) is ("body" in said):
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/document", "one_of")
    if not {name.lower() for name in named} <= _HEADERS:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/headers/*", "additionalProperties")
    headers = Headers(raw=[(name.lower().encode(), str(value).encode()) for name, value in named.items()])
    supplement = said.get("supplement")
    return asked_in(headers, caller, _document(said), None if supplement is None else _bytes(supplement, "/supplement"))


def _document(said: Document) -> bytes:
    if "document" in said:
        return _bytes(said["document"], "/document")
    try:
        return b64decode(str(said["body"]), validate=True)
    except (NotBase64, ValueError):
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/body", "base64") from None


def _bytes(value: Json, where: str) -> bytes:
    """Write a document as bytes, always alike, so that the same line again is recognised."""
    if not isinstance(value, dict):
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, where, "type")
    try:
        return canonical(value)
    except NotCanonicalError:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, where, "canonical") from None


def _too_large() -> JSONResponse:
    return problem(413, "too_large", faults=[("line", "too_large")])


def _written(number: int, answered: JSONResponse) -> bytes:
    """Write what is told of one line: exactly what would be told of it alone."""
    status = json.dumps({"line": number, "status": answered.status_code})
    return b'%s,"answer":%s}\n' % (status[:-1].encode(), bytes(answered.body))

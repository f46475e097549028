"""A sender brings the files its referral named, a recipient fetches them: streams of sealed bytes, never held whole."""

import re
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.core.delivery.attachments import (
    Bringing,
    Fetching,
    FileEndedError,
    NotThereYet,
    OtherFileError,
    OvertakenError,
)
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import known_form
from gateway.web.problems import BadRequestError, UnknownIdError, answer, problem
from gateway.web.ranges import Part, UnsatisfiableError, part_of
from gateway.web.wall import CutOffError

OCTETS: Final = "application/octet-stream"
_NUMBER: Final = re.compile(r"[1-9]")
_LATER: Final = "60"
"""Seconds after which it is worth asking again for what is not there yet."""


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", route_class=Direct)

    @routes.put(
        "/referrals/{referral}/attachments/{number}",
        operation_id="bringAttachment",
        summary="Bring a file that a referral you sent names",
        tags=["referrals"],
    )
    async def bring(request: Request, referral: str, number: str) -> Response:
        """The body is the file as your client sealed it to the recipient: exactly what the referral names.

        Within a day of the referral. It is taken in pieces, so it may be larger than other bodies. 404 where the
        referral names no such file, it did not pass (see `sent`), or what was sent has ended. Again is no harm; of
        several requests that bring the same file at once the last one counts, and the others are told 409.
        """

        async def work(caller: Caller) -> Response:
            wanted, numbered = known_form(referral), _numbered(number)
            _require_octets(request)
            if not_fresh := await door.read(caller):
                return not_fresh
            try:
                attempt = await door.attachments.bringing(caller.agency, wanted, numbered)
                return await _brought(request, attempt, wanted, numbered)
            except OtherFileError as error:
                return _other(error)
            except OvertakenError:
                return problem(409, "overtaken", headers={"Retry-After": _LATER})

        return await door.answered(request, Scope.SEND_REFERRALS, work)

    _for_fetching(door, routes)
    return routes


def _for_fetching(door: Door, routes: APIRouter) -> None:
    """Make the route by which a recipient gets them."""

    @routes.get(
        "/inbox/{message}/attachments/{number}",
        operation_id="fetchAttachment",
        summary="Fetch a file that a message names",
        tags=["inbox"],
    )
    async def fetch(request: Request, message: str, number: str) -> Response:
        """The sealed bytes, or the range of them that is asked for: open them with your own key.

        Under the lease of the message, and after it was acknowledged, until the referral is over. Every request is
        decided again and is an entry of the log before a byte leaves.
        """

        async def work(caller: Caller) -> Response:
            wanted, numbered = known_form(message), _numbered(number)
            if not_fresh := await door.read(caller):
                return not_fresh
            ranged = request.headers.get("range")
            try:
                found = await door.attachments.fetching(
                    caller.agency, wanted, numbered, lambda length: part_of(length, ranged)
                )
            except UnsatisfiableError as error:
                return problem(416, "range_not_satisfiable", headers={"Content-Range": f"bytes */{error.whole}"})
            if isinstance(found, NotThereYet):
                return problem(409, "not_there_yet", headers={"Retry-After": _LATER})
            return problem(404, "not_found") if found is None else _handed_out(ranged, found)

        return await door.answered(request, Scope.READ_INBOX, work)


async def _brought(request: Request, attempt: Bringing | None, referral: str, number: int) -> Response:
    """Take the body as it comes. Raises OtherFileError, OvertakenError."""
    if attempt is None:
        return problem(404, "not_found")
    declared = request.headers.get("content-length")
    if declared is not None and declared != str(attempt.named.length):
        raise OtherFileError("length")
    async for chunk in request.stream():
        if not await attempt.take(chunk):
            return problem(404, "not_found")
    if not await attempt.end():
        return problem(404, "not_found")
    status = HTTPStatus.OK if attempt.shelved.complete else HTTPStatus.CREATED
    return answer({"decision_id": referral, "number": number, "outcome": "received"}, status)


def _handed_out(ranged: str | None, found: Fetching) -> Response:
    length = found.named.length
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{found.named.digest.hex()}"'}
    asked = part_of(length, ranged)
    part = asked or Part(0, length - 1, length)
    headers["Content-Length"] = str(part.length)
    if asked is not None:
        headers["Content-Range"] = part.content_range
    status = HTTPStatus.OK if asked is None else HTTPStatus.PARTIAL_CONTENT
    return StreamingResponse(_pieces(found, part), status, headers, OCTETS)


async def _pieces(found: Fetching, part: Part) -> AsyncIterator[bytes]:
    try:
        async for piece in found.bytes_between(part.first, part.last):
            yield piece
    except FileEndedError:
        raise CutOffError from None


def _other(error: OtherFileError) -> Response:
    rule = str(error)
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if rule == "too_large" else HTTPStatus.UNPROCESSABLE_ENTITY
    return problem(status, "other_file", faults=[("body", rule)])


def _require_octets(request: Request) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != OCTETS:
        raise BadRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type", "media_type")


def _numbered(number: str) -> int:
    if _NUMBER.fullmatch(number) is None:
        raise UnknownIdError
    return int(number)

"""Reads the body of a request as a form (RFC 6749 appendix B) and refuses whatever could be read in two ways."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from gateway.oauth.errors import InvalidClientError, InvalidRequestError, Why

LARGEST_BODY: Final = 16 * 1024
MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 32


async def read_form(request: Request) -> dict[str, str]:
    """Return the parameters of the body, each of which stands once.

    Raises `InvalidRequestError`; `InvalidClientError` when the client tries to authenticate by a header or a secret.
    """
    kinds = [kind.partition(";")[0].strip().lower() for kind in request.headers.getlist("content-type")]
    if kinds != [MEDIA_TYPE]:
        raise InvalidRequestError(Why.MEDIA_TYPE)
    if request.url.query:
        raise InvalidRequestError(Why.IN_QUERY)
    form = _parse(await _read_body(request))
    if "authorization" in request.headers or "client_secret" in form:
        raise InvalidClientError(Why.SECOND_METHOD)
    return form


async def _read_body(request: Request) -> bytes:
    """Read at most the limit, whatever Content-Length promises."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise InvalidRequestError(Why.TOO_LARGE)
    return bytes(body)


def _parse(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise InvalidRequestError(Why.FORM) from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise InvalidRequestError(Why.REPEATED)
    return form

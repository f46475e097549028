"""Reads request headers and ids in paths: closed lists and tokens, one value each."""

import re
from enum import StrEnum
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.core.recognising import can_be_a_subject
from gateway.core.versions import Demand
from gateway.web.problems import BadRequestError, UnknownIdError
from schemas.documents import Document

_KEY = re.compile(r"[A-Za-z0-9._:-]{8,100}")
_ENCODED = re.compile(r"(?:[A-Za-z0-9._~:-]|%[0-9A-Fa-f]{2}){1,2400}")
_TAG = re.compile(r'\*|(?:W/)?"([!#-~]{1,100})"')
_Enum = TypeVar("_Enum", bound=StrEnum)

ID: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
"""The form of the ids that the gateway gives."""


def chosen(headers: Headers, name: str, codes: type[_Enum], default: _Enum | None = None) -> _Enum:
    """Return the code a header names. Raises BadRequestError where it is missing, repeated or unknown."""
    if default is not None and name.lower() not in headers:
        return default
    try:
        return codes(_one(headers, name))
    except ValueError:
        raise _bad(name, "unknown_code") from None


def token(headers: Headers, name: str, pattern: re.Pattern[str]) -> str:
    """Return a header's value if the whole of it fits the pattern. Raises BadRequestError."""
    value = _one(headers, name)
    if pattern.fullmatch(value) is None:
        raise _bad(name, "pattern")
    return value


def subject(headers: Headers) -> str | None:
    """Return whom the document is about in the words of its format, percent-encoded in UTF-8 (RFC 3986 section 2.1).

    Raises BadRequestError for what is not encoded, or names nobody.
    """
    if "gx-subject" not in headers:
        return None
    written = token(headers, "GX-Subject", _ENCODED)
    try:
        named = unquote(written, encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        raise _bad("GX-Subject", "pattern") from None
    if not can_be_a_subject(named):
        raise _bad("GX-Subject", "pattern")
    return named


def known_form(name: str) -> str:
    """Return an id from the path if it has the form of ours. Raises UnknownIdError: nothing is asked of the store."""
    if ID.fullmatch(name) is None:
        raise UnknownIdError
    return name


def idempotency_key(headers: Headers) -> str:
    """Return the Idempotency-Key every POST carries."""
    return token(headers, "Idempotency-Key", _KEY)


def demanded(headers: Headers) -> Demand:
    """Return which version a change was made on (If-Match). Raises BadRequestError for what is no entity tag."""
    if "if-match" not in headers:
        return Demand(None)
    return Demand(_tags(headers, "If-Match"))


def has_already(headers: Headers, tag: str) -> bool:
    """Say whether the client has this version (If-None-Match, compared weakly: RFC 9110 section 13.1.2)."""
    return "if-none-match" in headers and bool({tag, "*"} & _tags(headers, "If-None-Match"))


def is_demanded(headers: Headers, tag: str) -> bool:
    """Say whether a change is meant for this version; one that names no version is meant for any (If-Match).

    Compared weakly, as FHIR does (R4, 3.1.0.5). Raises BadRequestError for what is no entity tag.
    """
    return "if-match" not in headers or bool({tag, "*"} & _tags(headers, "If-Match"))


def require_tags(headers: Headers) -> None:
    """Raise BadRequestError for a condition on a look that is no entity tag."""
    if "if-none-match" in headers:
        _tags(headers, "If-None-Match")


def require_plain(headers: Headers) -> None:
    """Raise BadRequestError (415) for a body that is compressed: it would be taken for damaged (RFC 9110, 8.4)."""
    if {one.strip().lower() for one in ",".join(headers.getlist("content-encoding")).split(",")} - {"", "identity"}:
        raise BadRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding", "content_encoding")


def versioned(request: Request, tag: str, content: Document, *, weak: bool = False) -> Response:
    """Answer with a version of a resource under its tag, or with 304 and nothing where the client has it.

    `weak` is for what changes without meaning anything, such as a proof under a newer checkpoint.
    """
    headers = {"ETag": f'W/"{tag}"' if weak else f'"{tag}"'}
    if has_already(request.headers, tag):
        return Response(status_code=304, headers=headers)
    return JSONResponse(content, headers=headers)


def _tags(headers: Headers, name: str) -> frozenset[str]:
    listed = [one.strip() for value in headers.getlist(name) for one in value.split(",")]
    found = [_TAG.fullmatch(one) for one in listed]
    if not all(found):
        raise _bad(name, "entity_tag")
    return frozenset(one[1] or "*" for one in found if one)


def _one(headers: Headers, name: str) -> str:
    values = headers.getlist(name)
    if len(values) != 1:
        raise _bad(name, "repeated" if values else "required")
    return values[0].strip()


def _bad(name: str, rule: str) -> BadRequestError:
    return BadRequestError(HTTPStatus.BAD_REQUEST, name, rule)

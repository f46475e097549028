"""Reads request headers and ids in paths: closed lists and tokens, one value each."""

import re
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from starlette.datastructures import Headers

from gateway.web.problems import BadRequestError, UnknownIdError

_KEY = re.compile(r"[A-Za-z0-9._:-]{8,100}")
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_Enum = TypeVar("_Enum", bound=StrEnum)


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


def known_form(name: str) -> str:
    """Return an id from the path if it has the form of ours. Raises UnknownIdError: nothing is asked of the store."""
    if _ID.fullmatch(name) is None:
        raise UnknownIdError
    return name


def idempotency_key(headers: Headers) -> str:
    """Return the Idempotency-Key every POST carries."""
    return token(headers, "Idempotency-Key", _KEY)


def _one(headers: Headers, name: str) -> str:
    values = headers.getlist(name)
    if len(values) != 1:
        raise _bad(name, "repeated" if values else "required")
    return values[0].strip()


def _bad(name: str, rule: str) -> BadRequestError:
    return BadRequestError(HTTPStatus.BAD_REQUEST, name, rule)

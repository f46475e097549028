"""Reads how a request names a person: by the agency's own reference, or by the code of her receipt. In bodies only."""

import re
from http import HTTPStatus
from typing import Final

from gateway.web.problems import BadRequestError
from schemas.documents import Document

_REFERENCE_LENGTH = 80
_WRITTEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:*~$=-]{0,79}")
"""A reference as schema referral/1.0 and its like take one: what is none of those could never be referred under."""
_CODE_LENGTH = 32


def new_reference(document: Document) -> str:
    """Return a reference that shall stand for her from now on, as every document writes one. Raises BadRequestError."""
    written = reference(document)
    if _WRITTEN.fullmatch(written) is None:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/person_ref", "pattern")
    return written


def reference(document: Document) -> str:
    """Return the agency's own reference for her. Raises BadRequestError."""
    return member(document, "person_ref", _REFERENCE_LENGTH)


def member(document: Document, name: str, longest: int = _CODE_LENGTH) -> str:
    """Return a member that must be a short text. Raises BadRequestError."""
    value = document.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, f"/{name}", "required")
    return value


def by_code(document: Document) -> tuple[str, bool] | None:
    """Read {"code": ..., "everything"?: true}; None where no code is shown. Raises BadRequestError."""
    if "code" not in document:
        return None
    if not document.keys() <= {"code", "everything"}:
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/*", "additionalProperties")
    everything = document.get("everything", False)
    if not isinstance(everything, bool):
        raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "/everything", "type")
    return member(document, "code"), everything

"""`authorization_details` (RFC 9396): read strictly, and cut to what a person registered.

An unknown type, member or code refuses the request, and so does anything beyond the registration: what a client asks
for is narrowed only where it left something open.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeVar

from gateway.core.access.token_details import DETAILS_TYPE, UNLIMITED, Act, Detail, Details, in_words
from gateway.oauth.compact import read_json
from gateway.oauth.errors import InvalidAuthorizationDetailsError, UnverifiableError, Why
from schemas.vocabulary import Coded, Purpose

MOST_DETAILS: Final = 8
MOST_LISTED: Final = 32
"""Recipients or purposes in one detail."""

LONGEST: Final = 3072
"""Characters of all details of a token: it has to fit into a header with everything else."""

_MEMBERS: Final = frozenset({"type", "actions", "recipients", "purposes"})
_AGENCY: Final = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
_Code = TypeVar("_Code", bound=Coded)


def granted(asked: str | None, limit: Detail) -> Details:
    """Return the details of a token: what was asked for, within the client's limit; all of that where nothing was.

    Raises `InvalidAuthorizationDetailsError`.
    """
    if asked is None:
        return () if limit == UNLIMITED else (limit,)
    try:
        details = tuple(_within(detail, limit) for detail in details_of(read_json(asked)))
    except UnverifiableError as error:
        raise InvalidAuthorizationDetailsError(error.why) from None
    if len(json.dumps(in_words(details))) > LONGEST:
        raise InvalidAuthorizationDetailsError(Why.DETAILS)
    return details


def details_of(value: object) -> Details:
    """Read details from JSON. Raises `UnverifiableError` for anything that is not exactly of the one type."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_DETAILS:
        raise UnverifiableError(Why.DETAILS)
    return tuple(map(_detail, value))


def _detail(value: object) -> Detail:
    if not isinstance(value, Mapping) or not value.keys() <= _MEMBERS or value.get("type") != DETAILS_TYPE:
        raise UnverifiableError(Why.DETAILS)
    acts, purposes = _codes(value, "actions", Act), _codes(value, "purposes", Purpose)
    recipients = _listed(value, "recipients")
    if recipients is not None and not all(map(_AGENCY.fullmatch, recipients)):
        raise UnverifiableError(Why.DETAILS)
    return Detail(frozenset(Act) if acts is None else acts, recipients, purposes)


def _within(detail: Detail, limit: Detail) -> Detail:
    """Fill in what was left open from the limit, and refuse what goes beyond it."""
    filled = replace(
        detail,
        recipients=limit.recipients if detail.recipients is None else detail.recipients,
        purposes=limit.purposes if detail.purposes is None else detail.purposes,
    )
    if not filled.is_within(limit):
        raise UnverifiableError(Why.DETAILS_BEYOND)
    return filled


def _codes(value: Mapping[str, object], name: str, codes: type[_Code]) -> frozenset[_Code] | None:
    listed = _listed(value, name)
    try:
        return None if listed is None else frozenset(map(codes, listed))
    except ValueError:
        raise UnverifiableError(Why.DETAILS) from None


def _listed(value: Mapping[str, object], name: str) -> frozenset[str] | None:
    """Return the distinct texts of a list that is there and not empty."""
    if name not in value:
        return None
    listed = value[name]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_LISTED:
        raise UnverifiableError(Why.DETAILS)
    texts = frozenset(one for one in listed if isinstance(one, str))
    if len(texts) != len(listed):
        raise UnverifiableError(Why.DETAILS)
    return texts

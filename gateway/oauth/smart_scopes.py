"""SMART scopes (`system/Task.rs`) and what they are with us: a table, read both ways.

FHIR systems ask for what their vendor configured, wildcards included. What we have not, or the client was not
registered for, is left out, and the answer says what was granted (RFC 6749 section 3.3); a request of which nothing is
left is refused.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from gateway.core.access.scopes import Scope
from gateway.oauth.errors import InvalidScopeError, Why

GRANTS: Final[Mapping[str, Mapping[str, frozenset[Scope]]]] = {
    "Task": {
        "c": frozenset({Scope.SEND_REFERRALS}),
        "r": frozenset({Scope.READ_REFERRALS, Scope.READ_INBOX}),
        "u": frozenset({Scope.ACKNOWLEDGE_INBOX}),
        "s": frozenset({Scope.READ_REFERRALS, Scope.READ_INBOX}),
    },
    "Bundle": {"c": frozenset({Scope.SEND_REFERRALS})},
    "Consent": {"c": frozenset({Scope.RECORD_CONSENTS})},
}
"""What each permission (create, read, update, delete, search) on each type gives, if a person registered it."""

SMART_PREFIX: Final = "system/"
"""What the scopes of a backend service begin with; those of a user or a patient are of no use here."""

_FORM: Final = re.compile(r"system/([A-Za-z]{1,64}|\*)\.(c?r?u?d?s?|read|write|\*)(?:\?[!-~]{1,256})?")
_OLDER: Final = {"read": "rs", "write": "cud", "*": "cruds"}
"""What SMART 1 wrote for them."""


def granted(asked: str, held: Collection[Scope]) -> frozenset[Scope]:
    """Return what is granted of what is asked. Raises InvalidScopeError for another form, and when nothing is left.

    A scope with a query would be narrower than what we can hold it to, and gives nothing.
    """
    found = frozenset[Scope]()
    for name in asked.split(" "):
        form = _FORM.fullmatch(name)
        if form is None or not form[2]:
            raise InvalidScopeError(Why.SCOPE)
        if "?" not in name:
            found |= _given(form[1], _OLDER.get(form[2], form[2])) & frozenset(held)
    if not found:
        raise InvalidScopeError(Why.SCOPE)
    return found


def told(scopes: Collection[Scope]) -> str:
    """Return what these are in SMART's words."""
    return " ".join(_names(frozenset(scopes)))


def supported() -> list[str]:
    """Return all there can be."""
    return [*_names(frozenset(Scope))]


def _given(kind: str, permissions: str) -> frozenset[Scope]:
    tables = GRANTS.values() if kind == "*" else [GRANTS.get(kind, {})]
    return frozenset[Scope]().union(*(table.get(one, frozenset()) for table in tables for one in permissions))


def _names(scopes: frozenset[Scope]) -> Iterator[str]:
    for kind, table in GRANTS.items():
        permissions = "".join(one for one, given in table.items() if given & scopes)
        if permissions:
            yield f"system/{kind}.{permissions}"

"""What a person registered a client for, beside its scopes. No token is ever made that goes beyond it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.core.access.token_details import UNLIMITED, Act, Detail
from schemas.documents import Document, Json
from schemas.vocabulary import Purpose


@dataclass(frozen=True, slots=True)
class ClientRights:
    """The bounds of one client.

    `limit` is to whom it may refer and for what. `resources` are the resource servers besides this gateway for which it
    may ask for tokens (RFC 8707). `audience` is the name of the resource server it is itself, which asks about tokens
    (RFC 7662) and gets none.
    """

    limit: Detail = UNLIMITED
    resources: frozenset[str] = field(default_factory=frozenset)
    audience: str | None = None


EVERY_RIGHT: Final = ClientRights()
"""Every recipient and purpose that agreements allow, at this gateway alone."""


def rights_document(rights: ClientRights) -> Document:
    """Write rights as they are stored; what is not limited is left out."""
    limit = rights.limit
    lists: dict[str, frozenset[str] | None] = {
        "acts": None if limit.acts == UNLIMITED.acts else frozenset(limit.acts),
        "recipients": limit.recipients,
        "purposes": None if limit.purposes is None else frozenset(limit.purposes),
        "resources": rights.resources or None,
    }
    document: dict[str, Json] = {name: [*sorted(some)] for name, some in lists.items() if some is not None}
    return document if rights.audience is None else {**document, "audience": rights.audience}


def rights_of(document: Document) -> ClientRights:
    """Read rights as they were stored."""
    acts, purposes = _listed(document, "acts"), _listed(document, "purposes")
    limit = Detail(
        UNLIMITED.acts if acts is None else frozenset(map(Act, acts)),
        _listed(document, "recipients"),
        None if purposes is None else frozenset(map(Purpose, purposes)),
    )
    audience = document.get("audience")
    return ClientRights(
        limit, _listed(document, "resources") or frozenset(), None if audience is None else str(audience)
    )


def _listed(document: Mapping[str, Json], name: str) -> frozenset[str] | None:
    value = document.get(name)
    return frozenset(map(str, value)) if isinstance(value, list) else None

"""What of a case event lies readable and what lies sealed, and how it comes together again.

Readable are codes, agency ids and days that say nothing about who she is. Sealed under her data key are the day she
turns 18 (it is her birthday), an instrument's reference and the words of necessity. Never return a hidden term to
a door.
"""

from collections.abc import Mapping
from dataclasses import replace

from consent.case import CaseEvent
from gateway.core.crypto.sealing import Place, open_at_rest, seal_at_rest
from gateway.core.errors import Defect
from schemas.canonical import canonical
from schemas.case_codes import CaseEventType
from schemas.decoding import decode_json
from schemas.documents import Document, Json

SCHEMA = "case_event/1.0"
HIDDEN = frozenset({"adult_on", "reference", "necessity"})
"""Terms that are never readable at rest and never told."""


def event_in(document: Document) -> tuple[CaseEventType, Document]:
    """Return the type and the terms of a valid case event document: its one member of `event`."""
    events = document["event"]
    if not isinstance(events, Mapping):
        raise Defect("a case event that is no object was validated")
    name, terms = next(iter(events.items()))
    return CaseEventType(name), terms if isinstance(terms, Mapping) else {}


def readable(event: CaseEvent) -> CaseEvent:
    """Return the event as it may lie readable."""
    return replace(event, terms={name: value for name, value in event.terms.items() if name not in HIDDEN})


def sealed_terms(event: CaseEvent, data_key: bytes, nonce: bytes) -> bytes | None:
    """Seal what may not lie readable; None where there is nothing of it."""
    hidden: dict[str, Json] = {name: value for name, value in event.terms.items() if name in HIDDEN}
    return seal_at_rest(data_key, _place(event.id), canonical(hidden), nonce) if hidden else None


def with_hidden(event: CaseEvent, sealed: bytes | None, data_key: bytes) -> CaseEvent:
    """Return the event with what was sealed. Raises OperatorError when it does not open under that key."""
    if sealed is None:
        return event
    return replace(event, terms={**event.terms, **decode_json(open_at_rest(data_key, _place(event.id), sealed))})


def needs_opening(kind: CaseEventType) -> bool:
    """Say whether a rule reads a hidden term of this type of event: the day a child turns 18 (K-06), and no other."""
    return kind is CaseEventType.AGE_DETERMINED


def _place(event: str) -> Place:
    return Place("case_event", "sealed", event.encode(), 1)

"""Reads case events back: their readable terms; what is sealed stays sealed here."""

import json

from consent.case import CaseEvent
from gateway.store.moments import moment
from schemas.case_codes import CaseEventType


def case_event_of(event: str, kind: str, at: int, by: str, terms: str) -> CaseEvent:
    """Return the event; a type this program does not know raises ValueError, and nothing is permitted on it."""
    return CaseEvent(event, CaseEventType(kind), moment(at), by, json.loads(terms))

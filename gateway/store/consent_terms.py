"""A consent's terms as codes, agency ids and times, which is all the decision needs.

Everything else about it is sealed.
"""

import json

from consent.facts import Restriction
from consent.policy import ConsentDecision
from consent.records import Consent, ConsentEvent, ConsentEventType
from gateway.store.moments import moment, ticks
from schemas.canonical import canonical_trusted
from schemas.vocabulary import ConsentState, DataCategory, GivenBy, Purpose


def terms_text(consent: Consent) -> str:
    """Write the terms of a consent as recorded."""
    return canonical_trusted(
        {
            "id": consent.id,
            "discloser": consent.discloser,
            "recipient": consent.recipient,
            "decision": consent.decision.value,
            "purposes": sorted(consent.purposes),
            "categories": sorted(consent.categories),
            "restrictions": [[entry.category.value, entry.recipient] for entry in consent.restrictions],
            "state": consent.state.value,
            "decided_at": ticks(consent.decided_at),
            "begins": ticks(consent.begins),
            "ends": ticks(consent.ends),
            "given_by": consent.given_by.value,
            "confirmed": consent.confirmed,
        }
    ).decode()


def event_of(kind: str, at: int, terms: str | None) -> ConsentEvent:
    """Read one event back; a code this program does not know raises ValueError, and nothing is permitted on it."""
    return ConsentEvent(ConsentEventType(kind), moment(at), None if terms is None else _consent(terms))


def _consent(text: str) -> Consent:
    terms = json.loads(text)
    return Consent(
        id=terms["id"],
        version=1,
        discloser=terms["discloser"],
        recipient=terms["recipient"],
        decision=ConsentDecision(terms["decision"]),
        purposes=frozenset(map(Purpose, terms["purposes"])),
        categories=frozenset(map(DataCategory, terms["categories"])),
        restrictions=tuple(Restriction(DataCategory(category), to) for category, to in terms["restrictions"]),
        state=ConsentState(terms["state"]),
        decided_at=moment(terms["decided_at"]),
        begins=moment(terms["begins"]),
        ends=moment(terms["ends"]),
        given_by=GivenBy(terms["given_by"]),
        confirmed=terms["confirmed"],
    )

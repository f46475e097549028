"""A consent's terms as codes, agency ids and times, which is all the decision needs.

Everything else about it is sealed.
"""

import json

from consent.facts import Restriction
from consent.policy import ConsentDecision
from consent.records import Consent, ConsentEvent, ConsentEventType, NewTerms
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


def discloser_text(agency: str) -> str:
    """Return what stands in the terms of a consent as recorded by that agency, and in no other terms."""
    return f'"discloser":{json.dumps(agency)}'


def event_text(event: ConsentEvent) -> str | None:
    """Write the terms of one event, or None where it has none."""
    if event.recorded is not None:
        return terms_text(event.recorded)
    return None if event.terms is None else _new_terms_text(event.terms)


def event_of(kind: str, at: int, terms: str | None) -> ConsentEvent:
    """Read one event back; a code this program does not know raises ValueError, and nothing is permitted on it."""
    type_, when = ConsentEventType(kind), moment(at)
    if terms is None:
        return ConsentEvent(type_, when)
    if type_ is ConsentEventType.RECORDED:
        return ConsentEvent(type_, when, recorded=_consent(terms))
    return ConsentEvent(type_, when, terms=_new_terms(terms))


def _new_terms_text(terms: NewTerms) -> str:
    return canonical_trusted(
        {
            "said_at": ticks(terms.said_at),
            "purposes": None if terms.purposes is None else sorted(terms.purposes),
            "categories": None if terms.categories is None else sorted(terms.categories),
            "restrictions": [[entry.category.value, entry.recipient] for entry in terms.restrictions],
            "ends": None if terms.ends is None else ticks(terms.ends),
            "given_by": None if terms.given_by is None else terms.given_by.value,
            "confirmed": terms.confirmed,
        }
    ).decode()


def _new_terms(text: str) -> NewTerms:
    terms = json.loads(text)
    purposes, categories, given_by = terms["purposes"], terms["categories"], terms["given_by"]
    return NewTerms(
        said_at=moment(terms["said_at"]),
        purposes=None if purposes is None else frozenset(map(Purpose, purposes)),
        categories=None if categories is None else frozenset(map(DataCategory, categories)),
        restrictions=tuple(Restriction(DataCategory(category), to) for category, to in terms["restrictions"]),
        ends=None if terms["ends"] is None else moment(terms["ends"]),
        given_by=None if given_by is None else GivenBy(given_by),
        confirmed=terms["confirmed"],
    )


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

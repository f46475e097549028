"""Reads what is known about people, by blind index only, and remembers it until its head moves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from sqlalchemy import Engine, bindparam, func, select

from consent.case import CaseEvent, case_of
from consent.records import ConsentEvent, standing
from gateway.core.cases.events import needs_opening, with_hidden
from gateway.core.errors import OperatorError
from gateway.core.heads import Head, binding_head, pair_head, person_head
from gateway.core.known import KnownPerson, Probing
from gateway.core.ports import PersonKeys
from gateway.store.heads import asked_head
from gateway.store.moments import moment
from gateway.store.prepared import Connected, PreparedIn, PreparedStatement, Rows, reading, together
from gateway.store.reading.memory import Memory
from gateway.store.reading.nobody import NOBODY, SAID_BY_NOBODY, SaidRow
from gateway.store.rows.case_terms import case_event_of
from gateway.store.rows.codes import PERSON_LINK
from gateway.store.rows.consent_terms import discloser_text, event_of
from gateway.store.rows.line import BINDING, CASE_EVENT, CONSENT_EVENT, LIKENESS, LOCK, PARCEL, REFERRAL, STRIKE

_FactRow: TypeAlias = tuple[bytes, str, str, int, str, str, bytes | None]
"""One case event as it is stored: person, event, type, moment, by whom, terms, what is sealed."""

_SAID, _FACT = CONSENT_EVENT.c, CASE_EVENT.c
_BOUND = PreparedStatement(select(BINDING.c.person).where(BINDING.c.blind == bindparam("blind_ref")))
_LINKED = PreparedStatement(select(PERSON_LINK.c.other).where(PERSON_LINK.c.person == bindparam("of")))
_STRIKES = PreparedStatement(select(STRIKE.c.recipient, STRIKE.c.at).where(STRIKE.c.pair == bindparam("counted")))
_LOCKED = PreparedStatement(select(LOCK.c.at).where(LOCK.c.pair == bindparam("counted")))
_EVENTS = PreparedIn(
    lambda people: (
        select(_SAID.person, _SAID.consent, _SAID.type, _SAID.at, _SAID.terms)
        .where(_SAID.person.in_(people))
        .order_by(_SAID.id)
    )
)
_FACTS = PreparedIn(
    lambda people: (
        select(_FACT.person, _FACT.event, _FACT.type, _FACT.at, _FACT.by, _FACT.terms, _FACT.sealed)
        .where(_FACT.person.in_(people))
        .order_by(_FACT.id)
    )
)


@dataclass(frozen=True, slots=True)
class PeopleReader:
    """`gateway.core.ports.People` over the database."""

    engine: Engine
    memory: Memory
    keys: PersonKeys

    def known(self, blind_ref: bytes) -> KnownPerson | None:
        """Return the person bound to that reference."""
        person = self.memory.recall(("binding", blind_ref), lambda: self._bound(blind_ref))
        return None if person is None else self._unless_erased(blind_ref, person)

    def asked_about(self, blind_ref: bytes) -> KnownPerson | None:
        """Return the person bound to that reference; where nobody is, read and remember as much as for somebody.

        From how long a refusal takes, nobody may learn whether she is known (DESIGN section 5).
        """
        name = binding_head(blind_ref)
        person = self.memory.recall(("asked about", blind_ref), lambda: (self._bound(blind_ref)[0], (name,)))
        if person is not None and (known := self._unless_erased(blind_ref, person)) is not None:
            return known
        self.memory.recall(("nobody", blind_ref), lambda: (self._read_records(NOBODY, (SAID_BY_NOBODY,)), (name,)))
        return None

    def person(self, person: bytes) -> KnownPerson:
        """Return the person of that id; for one who was erased, nothing is known and her head has version 0."""
        return self.memory.recall(("person", person), lambda: self._read(person))

    def _unless_erased(self, blind_ref: bytes, person: bytes) -> KnownPerson | None:
        """Return her, or None where another node erased her: that she was bound is then forgotten here too."""
        known = self.person(person)
        if known.head.version:
            return known
        self.memory.forget([binding_head(blind_ref)])
        return None

    def of_consent(self, consent: str, recorded_by: str | None = None) -> KnownPerson | None:
        """Return the person that consent is about; where an agency is named, only if it recorded that consent."""
        query = select(CONSENT_EVENT.c.person).where(CONSENT_EVENT.c.consent == consent)
        if recorded_by is not None:
            query = query.where(CONSENT_EVENT.c.terms.contains(discloser_text(recorded_by), autoescape=True))
        with self.engine.connect() as connection:
            person = connection.execute(query.limit(1)).scalar_one_or_none()
        return None if person is None else self.person(person)

    def history(self, person: bytes) -> Mapping[str, tuple[ConsentEvent, ...]]:
        """Return everything that happened to each consent of that person, in order."""
        everyone = self.person(person).everyone
        with reading(self.engine) as connection:
            histories = _histories(cast("Sequence[SaidRow]", _EVENTS.rows(connection, everyone)))
        return {consent: tuple(events) for (_, consent), events in histories.items()}

    def of_override(self, override: str) -> KnownPerson | None:
        """Return the person that override was asked for."""
        with self.engine.connect() as connection:
            person = connection.execute(
                select(CASE_EVENT.c.person).where(CASE_EVENT.c.override == override).limit(1)
            ).scalar_one_or_none()
        return None if person is None else self.person(person)

    def alike(self, likeness: bytes, beside: Sequence[bytes]) -> int:
        """Return how many people beside these records a notice of that likeness was asked for (P-05)."""
        people = select(func.count(LIKENESS.c.person.distinct()))
        with self.engine.connect() as connection:
            return connection.execute(
                people.where(LIKENESS.c.likeness == likeness, LIKENESS.c.person.not_in(beside))
            ).scalar_one()

    def probing(self, pair: bytes) -> Probing:
        """Return how often that pair was refused."""
        return self.memory.recall(("pair", pair), lambda: self._strikes(pair))

    def reached(self, person: bytes, client: str, recipient: str) -> bool:
        """Say whether that client's referral of this record to that recipient was permitted before."""
        hers = select(PARCEL.c.id).join(REFERRAL, REFERRAL.c.id == PARCEL.c.referral).where(PARCEL.c.person == person)
        theirs = hers.where(PARCEL.c.recipient == recipient, REFERRAL.c.client == client)
        with self.engine.connect() as connection:
            return connection.execute(theirs.limit(1)).first() is not None

    def forget(self, heads: Sequence[str]) -> None:
        """Drop what is remembered under those heads."""
        self.memory.forget(heads)

    def _bound(self, blind_ref: bytes) -> tuple[bytes | None, Sequence[str]]:
        with reading(self.engine) as connection:
            rows = _BOUND.rows(connection, {"blind_ref": blind_ref})
        return (cast("bytes", rows[0][0]), (binding_head(blind_ref),)) if rows else (None, ())

    def _read(self, person: bytes) -> tuple[KnownPerson, Sequence[str]]:
        hers = self._read_records(person)
        if not all(head.version for head in hers.heads):
            return KnownPerson(person, Head(person_head(person), 0), ()), ()
        return hers, tuple(head.id for head in hers.heads)

    def _read_records(self, person: bytes, besides: Sequence[SaidRow] = ()) -> KnownPerson:
        """Read the head first: events that arrive in between make the version older than the events, never newer."""
        heads: dict[bytes, Head] = {}
        with reading(self.engine) as connection:
            with together(connection):  # Nearly nobody is linked: the events are asked for before that is known.
                head, others = _asked_linked(connection, person)
                happened, found = _asked_events(connection, (person,))
            heads[person], waiting = head(), others()
            if waiting:
                while waiting:  # Each head before the links it guards, and all of them before any event.
                    record = waiting.pop()
                    if record not in heads:
                        with together(connection):
                            head, others = _asked_linked(connection, record)
                        heads[record] = head()
                        waiting += others()
                with together(connection):
                    happened, found = _asked_events(connection, tuple(heads))
            histories = _histories((*cast("Sequence[SaidRow]", happened()), *besides))
            rows = cast("Sequence[_FactRow]", found())
        facts = tuple(
            self._opened(owner, case_event_of(event, kind, at, by, terms), sealed)
            for owner, event, kind, at, by, terms, sealed in rows
        )
        return KnownPerson(
            person,
            heads[person],
            tuple(standing(history) for history in histories.values()),
            {record: head for record, head in heads.items() if record != person},
            {consent: record for record, consent in histories if record != person},
            facts=facts,
            case=case_of(facts),
        )

    def _opened(self, person: bytes, event: CaseEvent, sealed: bytes | None) -> CaseEvent:
        """Return the event with what the rules read of what lies sealed, as long as she is not erased."""
        if sealed is None or not needs_opening(event.type):
            return event
        try:
            return with_hidden(event, sealed, self.keys.of(person))
        except OperatorError:
            return event

    def _strikes(self, pair: bytes) -> tuple[Probing, Sequence[str]]:
        name = pair_head(pair)
        with reading(self.engine) as connection:
            with together(connection):
                head, strikes = asked_head(connection, name), _STRIKES.asked(connection, {"counted": pair})
                locked = _LOCKED.asked(connection, {"counted": pair})
            refused = cast("Sequence[tuple[str, int]]", strikes())
            return Probing(head(), tuple((to, moment(at)) for to, at in refused), bool(locked())), (name,)


def _histories(rows: Iterable[SaidRow]) -> dict[tuple[bytes, str], list[ConsentEvent]]:
    """Return the events of every consent, in the order they were written."""
    histories: dict[tuple[bytes, str], list[ConsentEvent]] = {}
    for person, consent, kind, at, terms in rows:
        histories.setdefault((person, consent), []).append(event_of(kind, at, terms))
    return histories


def _asked_linked(connection: Connected, person: bytes) -> tuple[Callable[[], Head], Callable[[], list[bytes]]]:
    """Ask for her head, and for the records that are linked to hers."""
    head, others = asked_head(connection, person_head(person)), _LINKED.asked(connection, {"of": person})
    return head, lambda: [cast("bytes", other) for (other,) in others()]


def _asked_events(connection: Connected, people: Sequence[bytes]) -> tuple[Callable[[], Rows], Callable[[], Rows]]:
    """Ask for what these records' consents and cases hold."""
    return _EVENTS.asked(connection, people), _FACTS.asked(connection, people)

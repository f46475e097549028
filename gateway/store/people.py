"""Reads what is known about people, by blind index only, and remembers it until its head moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from consent.records import ConsentEvent, standing
from gateway.core.errors import Defect
from gateway.core.heads import Head, binding_head, pair_head, person_head
from gateway.core.known import KnownPerson, Probing
from gateway.store.consent_terms import event_of
from gateway.store.memory import Memory
from gateway.store.moments import moment
from gateway.store.rows import BINDING, CONSENT_EVENT, HEAD, LOCK, STRIKE


@dataclass(frozen=True, slots=True)
class PeopleReader:
    """`gateway.core.ports.People` over the database."""

    engine: Engine
    memory: Memory

    def known(self, blind_ref: bytes) -> KnownPerson | None:
        """Return the person bound to that reference."""
        person = self.memory.recall(("binding", blind_ref), lambda: self._bound(blind_ref))
        return None if person is None else self.person(person)

    def person(self, person: bytes) -> KnownPerson:
        """Return the person of that id."""
        return self.memory.recall(("person", person), lambda: self._read(person))

    def of_consent(self, consent: str) -> KnownPerson | None:
        """Return the person that consent is about."""
        with self.engine.connect() as connection:
            person = connection.execute(
                select(CONSENT_EVENT.c.person).where(CONSENT_EVENT.c.consent == consent).limit(1)
            ).scalar_one_or_none()
        return None if person is None else self.person(person)

    def history(self, person: bytes) -> Mapping[str, tuple[ConsentEvent, ...]]:
        """Return everything that happened to each consent of that person, in order."""
        with self.engine.connect() as connection:
            histories = _histories(connection, self.person(person).everyone)
        return {consent: tuple(events) for (_, consent), events in histories.items()}

    def probing(self, pair: bytes) -> Probing:
        """Return how often that pair was refused."""
        return self.memory.recall(("pair", pair), lambda: self._strikes(pair))

    def forget(self, heads: Sequence[str]) -> None:
        """Drop what is remembered under those heads."""
        self.memory.forget(heads)

    def _bound(self, blind_ref: bytes) -> tuple[bytes | None, Sequence[str]]:
        with self.engine.connect() as connection:
            person: bytes | None = connection.execute(
                select(BINDING.c.person).where(BINDING.c.blind == blind_ref)
            ).scalar_one_or_none()
        return person, () if person is None else (binding_head(blind_ref),)

    def _read(self, person: bytes) -> tuple[KnownPerson, Sequence[str]]:
        """Read the head first: events that arrive in between make the version older than the events, never newer."""
        name = person_head(person)
        with self.engine.connect() as connection:
            version = _version(connection, name)
            histories = _histories(connection, (person,))
        if not version:
            raise Defect("a person without a head")
        return KnownPerson(person, Head(name, version), tuple(standing(history) for history in histories.values())), (
            name,
        )

    def _strikes(self, pair: bytes) -> tuple[Probing, Sequence[str]]:
        name = pair_head(pair)
        with self.engine.connect() as connection:
            version = _version(connection, name)
            rows = connection.execute(select(STRIKE.c.recipient, STRIKE.c.at).where(STRIKE.c.pair == pair)).all()
            locked = connection.execute(select(LOCK.c.at).where(LOCK.c.pair == pair)).one_or_none() is not None
        strikes = tuple((recipient, moment(at)) for recipient, at in rows)
        return Probing(Head(name, version), strikes, locked), (name,)


def _histories(connection: Connection, everyone: Sequence[bytes]) -> dict[tuple[bytes, str], list[ConsentEvent]]:
    """Read the events of every consent of these records, in the order they were written."""
    table = CONSENT_EVENT.c
    rows = connection.execute(
        select(table.person, table.consent, table.type, table.at, table.terms)
        .where(table.person.in_(everyone))
        .order_by(table.id)
    ).all()
    histories: dict[tuple[bytes, str], list[ConsentEvent]] = {}
    for person, consent, kind, at, terms in rows:
        histories.setdefault((person, consent), []).append(event_of(kind, at, terms))
    return histories


def _version(connection: Connection, head: str) -> int:
    version: int | None = connection.execute(select(HEAD.c.version).where(HEAD.c.id == head)).scalar_one_or_none()
    return version or 0

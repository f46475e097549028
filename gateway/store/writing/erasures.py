"""Erasing people in the database: every row that could lead to them, and what an erasure reads beforehand (A-04)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, union, update

from gateway.core.cases.child_clock import OVERDUE
from gateway.core.cases.coming_of_age import COMING
from gateway.core.cases.overrides import ENDED, REVIEW_OVERDUE
from gateway.core.consents.codes import code_head
from gateway.core.erasure.ports import Asked
from gateway.core.heads import ERASURES, binding_head, pair_head, person_head
from gateway.core.rows import BindingRow
from gateway.store.database import Database, scrubbed
from gateway.store.heads import version_of
from gateway.store.moments import moment, ticks
from gateway.store.rows.attachments import ATTACHMENT, PIECE
from gateway.store.rows.codes import CODE, CODE_USE, PERSON_LINK
from gateway.store.rows.line import (
    BINDING,
    CASE_EVENT,
    CLIENT,
    CONSENT_EVENT,
    DELIVERY,
    ERASURE_ASKED,
    ERASURE_KEPT,
    ERASURE_PENDING,
    HEAD,
    LIKENESS,
    NOTICE,
    PARCEL,
    PERSON,
    PERSON_LEAF,
    REFERRAL,
    REPLACEMENT,
    SIGNED_RECEIPT,
)
from gateway.store.rows.officers import WAITING
from gateway.store.writing import tries

HERS: tuple[Table, ...] = (
    BINDING,
    CONSENT_EVENT,
    CASE_EVENT,
    CODE,
    CODE_USE,
    PERSON_LINK,
    LIKENESS,
    PARCEL,
    PERSON_LEAF,
    SIGNED_RECEIPT,
    ATTACHMENT,
)
"""Tables whose rows go by their column `person`. A test holds that every table with such a column is dealt with."""

_SOME = 5_000


def erase(connection: Connection, people: Sequence[bytes], pairs: Sequence[bytes], now: datetime) -> tuple[str, ...]:
    """Delete every row about these records; the ids of the heads that went with them."""
    heads = forget(connection, people, pairs)
    owe(connection, people, now)
    return heads


def owe(connection: Connection, people: Sequence[bytes], now: datetime) -> None:
    """Note whose keys are still to be destroyed."""
    connection.execute(insert(ERASURE_PENDING), [{"person": person, "at": ticks(now)} for person in people])


def forget(connection: Connection, people: Sequence[bytes], pairs: Sequence[bytes]) -> tuple[str, ...]:
    """Delete every row about these records; their keys stay."""
    heads = _heads(connection, people, pairs)
    files = select(ATTACHMENT.c.id).where(ATTACHMENT.c.person.in_(people))
    connection.execute(delete(PIECE).where(PIECE.c.attachment.in_(files)))
    for table, theirs in beside(people):
        connection.execute(delete(table).where(theirs))
    connection.execute(update(NOTICE).where(NOTICE.c.person.in_(people)).values(person=None))
    for table in HERS:
        connection.execute(delete(table).where(table.c.person.in_(people)))
    connection.execute(delete(PERSON).where(PERSON.c.id.in_(people)))
    tries.forget(connection, pairs)
    connection.execute(delete(HEAD).where(HEAD.c.id.in_(heads)))
    return heads


def beside(people: Sequence[bytes]) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    """Return the rows that lead to these records through others of theirs, in the order they are deleted in."""
    consents = select(CONSENT_EVENT.c.consent).where(CONSENT_EVENT.c.person.in_(people))
    referrals = union(
        select(PERSON_LEAF.c.referral).where(PERSON_LEAF.c.person.in_(people), PERSON_LEAF.c.referral.is_not(None)),
        select(PARCEL.c.referral).where(PARCEL.c.person.in_(people)),
    )
    messages = select(PARCEL.c.id).where(PARCEL.c.person.in_(people))
    return (
        (DELIVERY, DELIVERY.c.message.in_(messages)),
        (WAITING, WAITING.c.consent.in_(consents)),
        (REPLACEMENT, REPLACEMENT.c.referral.in_(referrals)),
        (REFERRAL, REFERRAL.c.id.in_(referrals)),
    )


def end(connection: Connection, people: Sequence[bytes]) -> None:
    """Forget that the keys of these records were still to be destroyed."""
    connection.execute(delete(ERASURE_PENDING).where(ERASURE_PENDING.c.person.in_(people)))


def _heads(connection: Connection, people: Sequence[bytes], pairs: Sequence[bytes]) -> tuple[str, ...]:
    """Name every head that is hers or of something of hers."""
    blinds = connection.execute(select(BINDING.c.blind).where(BINDING.c.person.in_(people))).scalars()
    digests = connection.execute(select(CODE.c.digest).where(CODE.c.person.in_(people))).scalars()
    asked = select(CASE_EVENT.c.override).where(CASE_EVENT.c.person.in_(people), CASE_EVENT.c.override.is_not(None))
    overrides = connection.execute(asked.distinct()).scalars().all()
    facts = connection.execute(select(CASE_EVENT.c.event).where(CASE_EVENT.c.person.in_(people))).scalars()
    return (
        *map(person_head, people),
        *(f"{OVERDUE}:{person.hex()}" for person in people),
        *(f"{COMING}:{fact}" for fact in facts),
        *map(binding_head, blinds),
        *map(code_head, digests),
        *(f"{flag}:{override}" for override in overrides for flag in (ENDED, REVIEW_OVERDUE)),
        *map(pair_head, pairs),
    )


def kept(connection: Connection, request: str) -> tuple[bytes, ...]:
    """Return the records that erasure keeps."""
    return tuple(connection.execute(select(ERASURE_KEPT.c.person).where(ERASURE_KEPT.c.request == request)).scalars())


def _asked(connection: Connection, request: str, agency: str, at: int, ordered: int, review: bytes) -> Asked:
    return Asked(request, agency, moment(at), bool(ordered), bytes(review), kept(connection, request))


@dataclass(frozen=True, slots=True)
class ErasureReader:
    """`gateway.core.erasure.erasing.ErasureBook` over the database."""

    database: Database

    def bindings(self, people: Sequence[bytes]) -> tuple[BindingRow, ...]:
        """Return every reference by which agencies name these records."""
        query = select(BINDING.c.blind, BINDING.c.person, BINDING.c.agency, BINDING.c.sealed_ref)
        with self.database.reading.connect() as connection:
            rows = connection.execute(query.where(BINDING.c.person.in_(people))).all()
        return tuple(BindingRow(*row) for row in rows)

    def clients(self, agency: str) -> tuple[str, ...]:
        """Return the ids of an agency's clients."""
        with self.database.reading.connect() as connection:
            return tuple(connection.execute(select(CLIENT.c.id).where(CLIENT.c.agency == agency)).scalars())

    def heads(self, people: Sequence[bytes], pairs: Sequence[bytes]) -> tuple[str, ...]:
        """Return the ids of the heads that go with these records, and with what was counted under these pairs."""
        with self.database.reading.connect() as connection:
            return _heads(connection, people, pairs)

    def pending(self) -> tuple[bytes, ...]:
        """Return the records whose keys are still to be destroyed."""
        with self.database.reading.connect() as connection:
            return tuple(connection.execute(select(ERASURE_PENDING.c.person)).scalars())

    def asked(self) -> tuple[Asked, ...]:
        """Return every erasure that waits, the oldest first."""
        with self.database.reading.connect() as connection:
            rows = connection.execute(select(ERASURE_ASKED).order_by(ERASURE_ASKED.c.at, ERASURE_ASKED.c.id)).all()
            return tuple(_asked(connection, *row) for row in rows)

    def counted(self) -> int:
        """Return how many erasures this database has seen."""
        with self.database.reading.connect() as connection:
            return version_of(connection, ERASURES)

    def people(self) -> Iterator[bytes]:
        """Yield the id of every record, some at a time: nobody holds the database while they are looked at."""
        last = b""
        while True:
            query = select(PERSON.c.id).where(PERSON.c.id > last).order_by(PERSON.c.id).limit(_SOME)
            with self.database.reading.connect() as connection:
                found = connection.execute(query).scalars().all()
            yield from found
            if len(found) < _SOME:
                return
            last = found[-1]

    def scrubbed(self) -> bool:
        """Let no deleted row stay readable in SQLite's files; PostgreSQL's vacuum is the operator's (ADR 0036)."""
        return scrubbed(self.database.writing)

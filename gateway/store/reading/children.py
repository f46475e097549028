"""Reads whom facts about children were recorded about, and what was received about them (K-07)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, and_, or_, select

from gateway.core.cases.child_clock import CHILD_FACTS, ToldOf
from gateway.store.moments import ticks
from gateway.store.rows.line import BINDING, CASE_EVENT, PARCEL
from gateway.store.rows.states import ParcelState
from schemas.case_codes import CaseEventType
from schemas.vocabulary import Purpose

_OF = CASE_EVENT.c
_FACTS = select(_OF.person).where(_OF.type.in_(sorted(CHILD_FACTS))).distinct()


@dataclass(frozen=True, slots=True)
class ChildReader:
    """`gateway.core.cases.child_clock.ChildBook` over the database."""

    engine: Engine

    def begun(self, after: datetime, before: datetime) -> Sequence[bytes]:
        """Return whom a fact about children was recorded about in that span."""
        within = _FACTS.where(_OF.at >= ticks(after), _OF.at <= ticks(before))
        with self.engine.connect() as connection:
            return [*connection.execute(within.order_by(_OF.person)).scalars()]

    def recorded_by(self, agency: str | None, after: bytes, limit: int) -> Sequence[bytes]:
        """Return whom that agency (None: any) recorded such a fact about, by id, after that id."""
        theirs = _FACTS if agency is None else _FACTS.where(_OF.by == agency)
        with self.engine.connect() as connection:
            return [*connection.execute(theirs.where(_OF.person > after).order_by(_OF.person).limit(limit)).scalars()]

    def responsible(self, agency: str, after: bytes, limit: int) -> Sequence[bytes]:
        """Return whom that agency recorded such a fact about, or was recorded as guardian of, by id, after that id.

        Terms are canonical JSON, and an agency's id holds nothing that LIKE would read as a pattern.
        """
        guarded = and_(_OF.type == CaseEventType.GUARDIAN_RECORDED.value, _OF.terms.like(f'%"guardian":"{agency}"%'))
        theirs = _FACTS.where(or_(_OF.by == agency, guarded))
        with self.engine.connect() as connection:
            return [*connection.execute(theirs.where(_OF.person > after).order_by(_OF.person).limit(limit)).scalars()]

    def told_of(self, people: Sequence[bytes]) -> Sequence[ToldOf]:
        """Return every referral about these records that was received."""
        received = select(PARCEL.c.recipient, PARCEL.c.purpose).where(
            PARCEL.c.person.in_(people), PARCEL.c.state == ParcelState.DELIVERED.value
        )
        with self.engine.connect() as connection:
            return [ToldOf(recipient, Purpose(purpose)) for recipient, purpose in connection.execute(received)]

    def references(self, people: Sequence[bytes], agency: str) -> Sequence[tuple[bytes, bytes]]:
        """Return that agency's references for these records, sealed."""
        own = select(BINDING.c.person, BINDING.c.sealed_ref).where(
            BINDING.c.person.in_(people), BINDING.c.agency == agency
        )
        with self.engine.connect() as connection:
            return [(bytes(person), bytes(sealed)) for person, sealed in connection.execute(own)]

"""Exchanges whose time is over: finding them, and forgetting what only an exchange under way needs (A-04)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, and_, exists, or_, select, update

from gateway.core.erasure.retention import EndedExchange
from gateway.core.referral_life import WITH_ITS_RECIPIENT
from gateway.store.moments import ticks
from gateway.store.rows.line import PARCEL, PERSON_LEAF, REFERRAL
from gateway.store.writing import attachments
from gateway.store.writing.parcels import IN_FLIGHT
from schemas.vocabulary import Purpose

_WITH_ITS_RECIPIENT = sorted(state.value for state in WITH_ITS_RECIPIENT)


@dataclass(frozen=True, slots=True)
class ExchangeReader:
    """`gateway.core.erasure.retention.Exchanges` over the database; reads every parcel, and needs no index."""

    engine: Engine

    async def over(self, now: datetime, after: str, limit: int) -> tuple[EndedExchange, ...]:
        """Return those whose time is over and of which something is left to forget."""
        return await asyncio.to_thread(self._over, now, after, limit)

    def _over(self, now: datetime, after: str, limit: int) -> tuple[EndedExchange, ...]:
        keyed = exists().where(
            PERSON_LEAF.c.person == PARCEL.c.person,
            PERSON_LEAF.c.referral == PARCEL.c.referral,
            PERSON_LEAF.c.wrapped_key.is_not(None),
        )
        left = or_(REFERRAL.c.sealed_reference.is_not(None), PARCEL.c.state.in_(IN_FLIGHT), keyed)
        is_over = and_(PARCEL.c.use_until <= ticks(now), REFERRAL.c.state.not_in(_WITH_ITS_RECIPIENT))
        query = (
            select(PARCEL)
            .join(REFERRAL, REFERRAL.c.id == PARCEL.c.referral)
            .where(is_over, PARCEL.c.id > after, left)
            .order_by(PARCEL.c.id)
            .limit(limit)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return tuple(
            EndedExchange(
                row.id, row.referral, row.person, row.sender, row.recipient, Purpose(row.purpose),
                row.state in IN_FLIGHT,
            )
            for row in rows
        )  # fmt: skip


def end(connection: Connection, over: Sequence[tuple[bytes, str]]) -> None:
    """Forget the files, the senders' own numbers, and the keys of what the log says about these."""
    people, referrals = {person for person, _ in over}, {referral for _, referral in over}
    attachments.end(connection, and_(PARCEL.c.person.in_(people), PARCEL.c.referral.in_(referrals)))
    forgotten = {"sealed_reference": None, "reference_blind": None}
    connection.execute(update(REFERRAL).where(REFERRAL.c.id.in_(referrals)).values(**forgotten))
    hers = and_(PERSON_LEAF.c.person.in_(people), PERSON_LEAF.c.referral.in_(referrals))
    connection.execute(update(PERSON_LEAF).where(hers).values(wrapped_key=None))

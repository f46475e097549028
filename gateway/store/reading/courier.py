"""What the courier reads, outside any transaction (`gateway.core.lanes.LaneBook`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import BigInteger, BindParameter, ColumnElement, Engine, Select, and_, bindparam, exists, or_, select

from gateway.core.endpoints import Brings, Endpoint, endpoint_of
from gateway.core.lanes import Dead, Tried
from gateway.store.moments import moment, ticks
from gateway.store.rows.line import DELIVERY, ENDPOINT, LANE, NOTICE, PARCEL, json_document
from gateway.store.rows.states import ParcelState
from gateway.store.writing.notices import may_go as notice_may_go
from gateway.store.writing.parcels import may_go
from schemas.notice_codes import NoticeState
from schemas.vocabulary import DeliveryMode, Urgency

_NOW: Final[BindParameter[int]] = bindparam("now", type_=BigInteger)
"""The moment a question is asked at, in ticks."""


@dataclass(frozen=True, slots=True)
class CourierReader:
    """Lanes, endpoints and dead letters."""

    engine: Engine

    def ready(self, now: datetime) -> Sequence[str]:
        """Return the recipients for whom something waits and whose lane is free and not resting."""
        with self.engine.connect() as connection:
            return connection.execute(_ready(), {_NOW.key: ticks(now)}).scalars().all()

    def endpoint(self, agency: str) -> Endpoint | None:
        """Return an agency's registered endpoint."""
        with self.engine.connect() as connection:
            row = connection.execute(select(ENDPOINT).where(ENDPOINT.c.agency == agency)).one_or_none()
        return None if row is None else endpoint_of(json_document(row.document), row.sealed, row.secret)

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return every endpoint, by agency."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(ENDPOINT).order_by(ENDPOINT.c.agency)).all()
        return tuple(endpoint_of(json_document(row.document), row.sealed, row.secret) for row in rows)

    def failures(self, recipient: str) -> int:
        """Return how often in a row its lane failed."""
        with self.engine.connect() as connection:
            query = select(LANE.c.failures).where(LANE.c.recipient == recipient)
            return connection.execute(query).scalar_one_or_none() or 0

    def tried(self, messages: Sequence[str]) -> dict[str, Tried]:
        """Return what is known of earlier tries of these messages."""
        query = select(DELIVERY.c.message, DELIVERY.c.attempts, DELIVERY.c.steps)
        with self.engine.connect() as connection:
            rows = connection.execute(query.where(DELIVERY.c.message.in_(messages))).all()
        return {row.message: Tried(row.attempts, row.steps) for row in rows}

    def untold(self, recipient: str, now: datetime, limit: int) -> Sequence[str]:
        """Return the ids of what waits for a recipient and of which it was not told yet."""
        parcels = select(PARCEL.c.id).where(PARCEL.c.recipient == recipient, _may_be_told(ticks(now))).limit(limit)
        notices = (
            select(NOTICE.c.id).where(NOTICE.c.recipient == recipient, _notice_may_be_told(ticks(now))).limit(limit)
        )
        with self.engine.connect() as connection:
            return [*connection.execute(parcels).scalars(), *connection.execute(notices).scalars()]

    def dead(self, limit: int) -> Sequence[Dead]:
        """Return the dead letters, the oldest first."""
        columns = (PARCEL.c.referral, PARCEL.c.sender, PARCEL.c.recipient, PARCEL.c.urgency)
        query = select(*columns, DELIVERY.c.code, DELIVERY.c.attempts, DELIVERY.c.at)
        query = query.join(DELIVERY, DELIVERY.c.message == PARCEL.c.id).where(
            PARCEL.c.recipient.in_(select(LANE.c.recipient)), PARCEL.c.state == ParcelState.DEAD.value
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(DELIVERY.c.at).limit(limit)).all()
        return [Dead(*row[:3], Urgency(row.urgency), row.code or "", row.attempts, moment(row.at or 0)) for row in rows]


@cache
def _ready() -> Select[str]:
    """Make the question that is asked many times a second, once."""
    free = and_(LANE.c.held_until < _NOW, LANE.c.resume <= _NOW)
    brought = and_(ENDPOINT.c.brings == Brings.REFERRALS.value, or_(_parcel_waits(), _notice_waits()))
    hinted = and_(ENDPOINT.c.brings == Brings.HINTS.value, or_(_parcel_untold(), _notice_untold()))
    query = select(LANE.c.recipient).join(ENDPOINT, ENDPOINT.c.agency == LANE.c.recipient)
    return query.where(free, or_(brought, hinted))


def _parcel_waits() -> ColumnElement[bool]:
    pushed = PARCEL.c.mode == DeliveryMode.NATIVE_PUSH.value
    return exists().where(PARCEL.c.recipient == LANE.c.recipient, may_go(_NOW), pushed)


def _notice_waits() -> ColumnElement[bool]:
    return exists().where(NOTICE.c.recipient == LANE.c.recipient, notice_may_go(_NOW))


def _parcel_untold() -> ColumnElement[bool]:
    return exists().where(PARCEL.c.recipient == LANE.c.recipient, _may_be_told(_NOW))


def _notice_untold() -> ColumnElement[bool]:
    return exists().where(NOTICE.c.recipient == LANE.c.recipient, _notice_may_be_told(_NOW))


def _may_be_told(now: int | ColumnElement[int]) -> ColumnElement[bool]:
    told = exists().where(DELIVERY.c.message == PARCEL.c.id, DELIVERY.c.told.is_not(None))
    fetched = PARCEL.c.mode != DeliveryMode.NATIVE_PUSH.value
    return and_(PARCEL.c.state == ParcelState.QUEUED.value, PARCEL.c.due <= now, fetched, ~told)


def _notice_may_be_told(now: int | ColumnElement[int]) -> ColumnElement[bool]:
    told = exists().where(DELIVERY.c.message == NOTICE.c.id, DELIVERY.c.told.is_not(None))
    return and_(NOTICE.c.state == NoticeState.QUEUED.value, NOTICE.c.due <= now, ~told)

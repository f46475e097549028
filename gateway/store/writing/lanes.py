"""Lanes and what is brought in them, inside the writer's transaction (`gateway.core.lanes.LaneSteps`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, insert, or_, select, update
from sqlalchemy import Row as SqlRow

from gateway.core.endpoints import EndpointRow
from gateway.core.in_flight import Gone
from gateway.core.lanes import Aged, Lane, Tried
from gateway.store.moments import ticks
from gateway.store.rows.line import AGENCY, DELIVERY, ENDPOINT, LANE, NOTICE, PARCEL, json_text
from gateway.store.rows.states import ParcelState
from gateway.store.writing import rests
from schemas.notice_codes import NoticeState
from schemas.vocabulary import Urgency

_WAITS = (ParcelState.QUEUED.value, ParcelState.SENDING.value, ParcelState.DEAD.value)
_GONE = (PARCEL.c.id, PARCEL.c.sender, PARCEL.c.recipient, PARCEL.c.referral, PARCEL.c.person)
_AGED = (PARCEL.c.id, PARCEL.c.referral, PARCEL.c.sender, PARCEL.c.recipient, PARCEL.c.person, PARCEL.c.urgency)


@dataclass(frozen=True, slots=True)
class LaneWriter:
    """The steps, on the connection of one transaction."""

    connection: Connection
    now: datetime

    def file(self, row: EndpointRow) -> None:
        """Write down an endpoint, and open its lane: one registered anew rests for no earlier failure."""
        for table, key in ((ENDPOINT, ENDPOINT.c.agency), (LANE, LANE.c.recipient)):
            self.connection.execute(delete(table).where(key == row.agency))
        filed = {"agency": row.agency, "brings": str(row.document["brings"]), "document": json_text(row.document)}
        self.connection.execute(insert(ENDPOINT), {**filed, "secret": row.secret, "sealed": row.sealed})
        opened = {"recipient": row.agency, "token": b"", "held_until": 0, "resume": 0, "failures": 0}
        self.connection.execute(insert(LANE), opened)

    def hold(self, lane: Lane, until: datetime) -> bool:
        """Take a lane that nobody holds and that is not resting."""
        now = ticks(self.now)
        free = and_(LANE.c.recipient == lane.recipient, LANE.c.held_until < now, LANE.c.resume <= now)
        taken = update(LANE).where(free).values(token=lane.token, held_until=ticks(until))
        return self.connection.execute(taken).rowcount == 1

    def holds(self, lane: Lane) -> bool:
        """Say whether nobody else took it since; on PostgreSQL nobody does until this transaction ends."""
        query = select(LANE.c.token).where(LANE.c.recipient == lane.recipient).with_for_update()
        return self.connection.execute(query).scalar_one_or_none() == lane.token

    def leave(self, lane: Lane, resume: datetime, failures: int) -> None:
        """Let it go."""
        self.connection.execute(
            update(LANE)
            .where(LANE.c.recipient == lane.recipient, LANE.c.token == lane.token)
            .values(token=b"", held_until=0, resume=ticks(resume), failures=failures)
        )

    def put_back(self, message: str) -> None:
        """Put back what this turn handed out for the first time; anything else stays sending, and may go at once."""
        mine = and_(PARCEL.c.id == message, PARCEL.c.state == ParcelState.SENDING.value, PARCEL.c.handed_out == 1)
        back = update(PARCEL).where(mine).values(state=ParcelState.QUEUED.value, lease_until=None, handed_out=0)
        if self.connection.execute(back).rowcount == 0:
            self.postpone(message, self.now)

    def count_try(self, message: str, code: str, steps: int) -> Tried:
        """Count a try that failed."""
        known = self.connection.execute(select(DELIVERY).where(DELIVERY.c.message == message)).one_or_none()
        attempts = 1 if known is None else known.attempts + 1
        values = {"attempts": attempts, "steps": steps, "code": code, "at": ticks(self.now)}
        if known is None:
            self.connection.execute(insert(DELIVERY), {"message": message, **values, "told": None, "alarmed": None})
        else:
            self.connection.execute(update(DELIVERY).where(DELIVERY.c.message == message).values(values))
        return Tried(attempts, steps)

    def postpone(self, message: str, until: datetime) -> None:
        """Keep a message or notice that is sending from being handed out again until then."""
        for table, sending in ((PARCEL, ParcelState.SENDING.value), (NOTICE, NoticeState.SENDING.value)):
            mine = and_(table.c.id == message, table.c.state == sending)
            self.connection.execute(update(table).where(mine).values(lease_until=ticks(until)))

    def give_up(self, message: str) -> bool:
        """Make a dead letter of it; the payload stays, under her data key, for who decides."""
        mine = and_(PARCEL.c.id == message, PARCEL.c.state == ParcelState.SENDING.value)
        done = self.connection.execute(update(PARCEL).where(mine).values(state=ParcelState.DEAD.value))
        return done.rowcount == 1

    def rerun(self, recipient: str | None, referrals: Sequence[str]) -> tuple[Gone, ...]:
        """Let dead letters be tried again. They go back to sending, not to queued: they may have left before.

        Their time begins anew, in which they are given up and somebody is alarmed.
        """
        which: list[ColumnElement[bool]] = [PARCEL.c.state == ParcelState.DEAD.value]
        which += [PARCEL.c.recipient == recipient] if recipient is not None else []
        which += [PARCEL.c.referral.in_(referrals)] if referrals else []
        rows = self.connection.execute(select(*_GONE).where(*which).order_by(PARCEL.c.due)).all()
        dead = [row.id for row in rows]
        again = {"state": ParcelState.SENDING.value, "lease_until": ticks(self.now) - 1, "due": ticks(self.now)}
        self.connection.execute(update(PARCEL).where(PARCEL.c.id.in_(dead)).values(again))
        self.connection.execute(update(DELIVERY).where(DELIVERY.c.message.in_(dead)).values(attempts=1, alarmed=None))
        return tuple(Gone(*row) for row in rows)

    def end_rests(self, longest: timedelta) -> int:
        """Let whatever waits for a moment further ahead than that wait no more."""
        return rests.end(self.connection, self.now, longest)

    def note_told(self, waiting: Sequence[str]) -> None:
        """Note that the recipient was told of these."""
        now = ticks(self.now)
        for message in waiting:
            known = update(DELIVERY).where(DELIVERY.c.message == message).values(told=now)
            if self.connection.execute(known).rowcount == 0:
                self.connection.execute(insert(DELIVERY), {"message": message, "attempts": 0, "steps": 0, "told": now})

    def mark_aged(self, before: datetime, routine_before: datetime, limit: int) -> tuple[Aged, ...]:
        """Return, and mark, what was due before that moment and did not arrive."""
        late = self.connection.execute(_late(before, routine_before).limit(limit)).all()
        for row in late:
            known = update(DELIVERY).where(DELIVERY.c.message == row.id).values(alarmed=ticks(self.now))
            if self.connection.execute(known).rowcount == 0:
                values = {"message": row.id, "attempts": 0, "steps": 0, "alarmed": ticks(self.now)}
                self.connection.execute(insert(DELIVERY), values)
        return tuple(_aged(row) for row in late)


def _aged(row: SqlRow[*tuple[object, ...]]) -> Aged:
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    message, referral, sender, recipient = (found[name] for name in ("id", "referral", "sender", "recipient"))
    return Aged(message, referral, sender, recipient, found["person"], Urgency(found["urgency"]))


def _late(before: datetime, routine_before: datetime) -> Select[*tuple[object, ...]]:
    """Find what waits too long: from the agencies, so that each is looked up by recipient, state and age."""
    is_routine = PARCEL.c.urgency == Urgency.ROUTINE.value
    old = or_(and_(~is_routine, PARCEL.c.due < ticks(before)), and_(is_routine, PARCEL.c.due < ticks(routine_before)))
    known = exists().where(DELIVERY.c.message == PARCEL.c.id, DELIVERY.c.alarmed.is_not(None))
    of_each = PARCEL.c.recipient == AGENCY.c.id
    query = select(*_AGED).select_from(AGENCY).join(PARCEL, and_(of_each, PARCEL.c.state.in_(_WAITS)))
    return query.where(PARCEL.c.due < ticks(max(before, routine_before)), old, ~known).order_by(PARCEL.c.due)

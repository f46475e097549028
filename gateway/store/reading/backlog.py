"""Reads what waits for recipients; counts only, of everybody together."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from gateway.core.delivery.backlog import Backlog
from gateway.core.ports import Clock
from gateway.store.moments import moment
from gateway.store.rows.line import PARCEL
from gateway.store.rows.states import ParcelState
from schemas.vocabulary import Urgency

_PENDING = (ParcelState.QUEUED.value, ParcelState.SENDING.value, ParcelState.DEAD.value)


@dataclass(frozen=True, slots=True)
class BacklogReader:
    """Reads it anew each time."""

    engine: Engine
    clock: Clock

    def now(self) -> Backlog:
        """Return what waits now."""
        of = (PARCEL.c.state, PARCEL.c.urgency)
        waiting = select(*of, func.count(), func.min(PARCEL.c.due)).where(PARCEL.c.state.in_(_PENDING)).group_by(*of)
        with self.engine.connect() as connection:
            rows = connection.execute(waiting).all()
        now, pending = self.clock.now(), dict.fromkeys(_PENDING, 0)
        oldest = {urgency.value: 0.0 for urgency in Urgency}
        for state, urgency, count, due in rows:
            pending[state] += count
            if state != ParcelState.DEAD:
                oldest[urgency] = max(oldest[urgency], (now - moment(due)).total_seconds())
        return Backlog(pending, oldest)

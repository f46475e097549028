"""Reads what waits for recipients; counts only, of everybody together."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from gateway.core.backlog import Backlog
from gateway.core.ports import Clock
from gateway.store.moments import moment
from gateway.store.rows import PARCEL
from gateway.store.states import ParcelState

_WAITING = (ParcelState.QUEUED.value, ParcelState.SENDING.value)


@dataclass(frozen=True, slots=True)
class BacklogReader:
    """Reads it anew each time."""

    engine: Engine
    clock: Clock

    def now(self) -> Backlog:
        """Return what waits now."""
        waiting = (
            select(PARCEL.c.state, func.count(), func.min(PARCEL.c.due))
            .where(PARCEL.c.state.in_(_WAITING))
            .group_by(PARCEL.c.state)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(waiting).all()
        pending = dict.fromkeys(_WAITING, 0) | {state: count for state, count, _ in rows}
        oldest = min((moment(due) for state, _, due in rows if state == ParcelState.QUEUED), default=self.clock.now())
        return Backlog(pending, max(0.0, (self.clock.now() - oldest).total_seconds()))

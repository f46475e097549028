"""Reads the locks on probing: whose systems were locked, and when (A-01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from gateway.core.oversight.probing_releases import Lock
from gateway.store.moments import moment, ticks
from gateway.store.rows.line import LOCK


@dataclass(frozen=True, slots=True)
class LockReader:
    """`gateway.core.oversight.probing_releases.LockBook` over the database."""

    engine: Engine

    def locked_between(self, since: datetime, until: datetime) -> tuple[int, datetime]:
        """Return how often something was locked after one moment until another, and when last."""
        meant = LOCK.c.at > ticks(since), LOCK.c.at <= ticks(until)
        each = select(LOCK.c.agency, LOCK.c.at).where(*meant).distinct().subquery()
        with self.engine.connect() as connection:
            count, newest = connection.execute(select(func.count(), func.max(each.c.at)).select_from(each)).one()
        return count, since if newest is None else moment(newest)

    def newest(self, since: datetime, until: datetime, limit: int) -> Sequence[Lock]:
        """Return what `locked_between` counts, the newest first."""
        meant = LOCK.c.at > ticks(since), LOCK.c.at <= ticks(until)
        query = select(LOCK.c.agency, LOCK.c.at).where(*meant).distinct().order_by(LOCK.c.at.desc(), LOCK.c.agency)
        with self.engine.connect() as connection:
            return [Lock(agency, moment(at)) for agency, at in connection.execute(query.limit(limit))]

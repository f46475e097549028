"""What was tried for whom, in the database: forgotten with her (A-04), or since an officer lifted a lock (ADR 0141)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, select

from gateway.store.moments import moment, ticks
from gateway.store.rows.line import LOCK, STRIKE


def forget(connection: Connection, pairs: Sequence[bytes]) -> bool:
    """Delete what was counted under these pairs, and the locks on them; False where no lock was among it."""
    connection.execute(delete(STRIKE).where(STRIKE.c.pair.in_(pairs)))
    return connection.execute(delete(LOCK).where(LOCK.c.pair.in_(pairs))).rowcount > 0


@dataclass(frozen=True, slots=True)
class LockReader:
    """`gateway.core.oversight.probing_releases.LockBook` over the database."""

    engine: Engine

    def locked_between(self, since: datetime, until: datetime) -> tuple[int, datetime]:
        """Return how often something was locked after one moment until another, and when last."""
        meant = LOCK.c.at > ticks(since), LOCK.c.at <= ticks(until)
        query = select(func.count(LOCK.c.at.distinct()), func.max(LOCK.c.at)).where(*meant)
        with self.engine.connect() as connection:
            count, newest = connection.execute(query).one()
        return count, since if newest is None else moment(newest)

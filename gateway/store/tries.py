"""What was tried for whom, in the database: forgotten with her (A-04), or since an officer lifted a lock (ADR 0141)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, select

from gateway.core.officer_records import Change, ForgetTries
from gateway.store.moments import moment, ticks
from gateway.store.officer_rows import change_officers
from gateway.store.rows import LOCK, STRIKE


def forget(connection: Connection, these: ForgetTries) -> bool:
    """Delete what was counted under these pairs, and the locks on them; False where no lock was among it."""
    connection.execute(delete(STRIKE).where(STRIKE.c.pair.in_(these.pairs)))
    return connection.execute(delete(LOCK).where(LOCK.c.pair.in_(these.pairs))).rowcount > 0


def changed(connection: Connection, change: Change, now: datetime) -> bool:
    """Make an officer's change, to what was tried or what is kept about officers; False where nothing was as asked."""
    if isinstance(change, ForgetTries):
        return forget(connection, change)
    return change_officers(connection, change, now)


@dataclass(frozen=True, slots=True)
class LockReader:
    """`gateway.courier.duties.LockBook` over the database."""

    engine: Engine

    def locked_since(self, since: datetime) -> tuple[int, datetime]:
        """Return how often something was locked after that moment, and when last. Lifted locks do not count."""
        query = select(func.count(LOCK.c.at.distinct()), func.max(LOCK.c.at)).where(LOCK.c.at > ticks(since))
        with self.engine.connect() as connection:
            count, newest = connection.execute(query).one()
        return count, since if newest is None else moment(newest)

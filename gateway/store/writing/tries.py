"""What was tried for whom, in the database: forgotten with her (A-04), or since an officer lifted a lock (ADR 0141)."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete

from gateway.store.rows.line import LOCK, STRIKE


def forget(connection: Connection, pairs: Sequence[bytes]) -> bool:
    """Delete what was counted under these pairs, and the locks on them; False where no lock was among it."""
    connection.execute(delete(STRIKE).where(STRIKE.c.pair.in_(pairs)))
    return connection.execute(delete(LOCK).where(LOCK.c.pair.in_(pairs))).rowcount > 0

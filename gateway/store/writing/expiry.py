"""Deletes what has run out and nobody may need again.

Proofs, tokens, answers, sessions, links, challenges, codes, questions for room, files nobody brought. A bounded number
at a time, by index, inside the writer's transaction, so that no request waits for a long delete.
"""

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Table, delete, select

from gateway.store.moments import ticks
from gateway.store.rows.capacity import ANSWER, QUESTION
from gateway.store.rows.codes import CODE, CODE_TRY, CODE_USE
from gateway.store.rows.line import IDEMPOTENCY, REVOKED_TOKEN, USED_PROOF
from gateway.store.rows.officers import CHALLENGE, INVITATION, REIDENTIFICATION, SESSION
from gateway.store.writing import attachments

GRACE = timedelta(minutes=5)
"""How long something is kept after it has run out: another node's clock may be behind, and a replay must meet it."""


def forget_expired(connection: Connection, now: datetime, limit: int) -> bool:
    """Delete up to `limit` rows of each table, and fewer files; True when one of them was full to that limit."""
    before = ticks(now - GRACE)
    deleted = (
        _forget(connection, USED_PROOF, USED_PROOF.c.id, before, limit),
        _forget(connection, REVOKED_TOKEN, REVOKED_TOKEN.c.jti, before, limit),
        _forget(connection, IDEMPOTENCY, IDEMPOTENCY.c.key, before, limit),
        *(
            _forget(connection, table, table.c.digest, before, limit)
            for table in (CHALLENGE, INVITATION, SESSION, CODE, CODE_USE)
        ),
        *(
            _forget(connection, table, table.c.id, before, limit)
            for table in (CODE_TRY, ANSWER, QUESTION, REIDENTIFICATION)
        ),
    )
    late = attachments.end_expired(connection, before, limit)
    return max(deleted) >= limit or late


def _forget(connection: Connection, table: Table, key: Column[object], before: int, limit: int) -> int:
    oldest = select(key).where(table.c.expires < before).order_by(table.c.expires).limit(limit)
    return connection.execute(delete(table).where(key.in_(oldest))).rowcount

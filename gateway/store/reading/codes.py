"""Reads one-time codes and the wrong ones that were tried; nothing here is remembered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from gateway.core.consents.codes import KnownCode, Tries, code_head, tries_head
from gateway.core.records.code_rows import CodeKind, CodeRow, CodeUse, CodeUseRow
from gateway.store.heads import head_of
from gateway.store.moments import moment, ticks
from gateway.store.rows.codes import CODE, CODE_TRY, CODE_USE


@dataclass(frozen=True, slots=True)
class CodeReader:
    """`gateway.core.consents.codes.Codes` over the database."""

    engine: Engine

    def code(self, kind: CodeKind, digests: tuple[bytes, ...]) -> KnownCode | None:
        """Return the code that has one of these digests; its head is read first, so it is never newer than its uses."""
        with self.engine.connect() as connection:
            heads = {digest: head_of(connection, code_head(digest)) for digest in digests}
            found = connection.execute(
                select(CODE).where(CODE.c.digest.in_(digests), CODE.c.kind == kind.value)
            ).one_or_none()
            if found is None:
                return None
            uses = connection.execute(select(CODE_USE).where(CODE_USE.c.digest == found.digest)).all()
        expires = None if found.expires is None else moment(found.expires)
        row = CodeRow(found.digest, kind, found.person, found.consent, expires)
        used = (CodeUseRow(use.digest, use.person, CodeUse(use.use), use.agency, moment(use.expires)) for use in uses)
        return KnownCode(row, heads[found.digest], tuple(used))

    def tries(self, client: str, kind: CodeKind, now: datetime) -> Tries:
        """Return how many wrong codes still count against that client."""
        with self.engine.connect() as connection:
            head = head_of(connection, tries_head(client, kind))
            counting = CODE_TRY.c.expires > ticks(now)
            count: int = connection.execute(
                select(func.count())
                .select_from(CODE_TRY)
                .where(CODE_TRY.c.client == client, CODE_TRY.c.kind == kind.value, counting)
            ).scalar_one()
        return Tries(head, count)

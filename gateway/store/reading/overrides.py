"""Reads overrides of all people together: which are not over and judged, and how many of one author's there are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from gateway.core.cases.overrides import ENDED, REVIEW_OVERDUE, Watched
from gateway.core.heads import Head, approvals_head
from gateway.store.heads import head_of
from gateway.store.moments import moment, ticks
from gateway.store.rows.line import CASE_EVENT, HEAD
from schemas.case_codes import CaseEventType

_OF = CASE_EVENT.c
_ASKED = CASE_EVENT.alias("asked")


@dataclass(frozen=True, slots=True)
class OverrideReader:
    """`gateway.core.cases.overrides.OverrideBook` over the database."""

    engine: Engine

    def approved(self) -> Sequence[Watched]:
        """Return every override that was approved and is not over and judged. There are few."""
        approved = _OF.type == CaseEventType.OVERRIDE_APPROVED.value
        query = (
            select(_OF.override, _OF.person, _OF.at, _ASKED.c.by, _ASKED.c.terms)
            .join(_ASKED, (_ASKED.c.override == _OF.override) & (_ASKED.c.type == CaseEventType.OVERRIDE_REQUESTED))
            .where(approved)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
            flags = {f"{kind}:{row.override}" for row in rows for kind in (ENDED, REVIEW_OVERDUE)}
            told = set(connection.execute(select(HEAD.c.id).where(HEAD.c.id.in_(flags))).scalars())
            later = connection.execute(
                select(_OF.override, _OF.type).where(_OF.override.in_([row.override for row in rows]))
            ).all()
        known = {(row.override, row.type) for row in later}
        watched = (
            Watched(
                override=row.override,
                person=row.person,
                author=row.by,
                approved_at=moment(row.at),
                ends=datetime.fromisoformat(json.loads(row.terms)["ends"]),
                stopped=(row.override, CaseEventType.OVERRIDE_STOPPED.value) in known,
                reviewed=(row.override, CaseEventType.OVERRIDE_REVIEWED.value) in known,
                ended_told=f"{ENDED}:{row.override}" in told,
                overdue_told=f"{REVIEW_OVERDUE}:{row.override}" in told,
            )
            for row in rows
        )
        return [one for one in watched if not (one.reviewed and (one.ended_told or one.stopped))]

    def approvals_since(self, author: str, since: datetime) -> tuple[int, Head]:
        """Return how many overrides that author asked for were approved since then, with the version of the count."""
        query = (
            select(func.count())
            .select_from(CASE_EVENT)
            .join(_ASKED, (_ASKED.c.override == _OF.override) & (_ASKED.c.type == CaseEventType.OVERRIDE_REQUESTED))
            .where(_OF.type == CaseEventType.OVERRIDE_APPROVED.value, _ASKED.c.by == author, _OF.at >= ticks(since))
        )
        with self.engine.connect() as connection:  # The version first: it may be older than the count, never newer.
            head = head_of(connection, approvals_head(author))
            count = connection.execute(query).scalar_one()
        return count, head

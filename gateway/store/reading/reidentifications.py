"""Reads requests for re-identification, always from the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from gateway.core.oversight.reidentifying import Asked
from gateway.core.records.officer_records import ReidentificationRow
from gateway.store.moments import moment, ticks
from gateway.store.rows.officers import REIDENTIFICATION


@dataclass(frozen=True, slots=True)
class ReidentificationReader:
    """`gateway.core.oversight.reidentifying.Requests` over the database."""

    engine: Engine

    def request(self, request: str) -> Asked | None:
        """Return the request of that number, run out or not."""
        query = select(REIDENTIFICATION).where(REIDENTIFICATION.c.id == request)
        with self.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        at, expires = moment(row.at), moment(row.expires)
        asked = ReidentificationRow(row.id, row.recipient, row.blind, row.reason, row.author, at, expires)
        return Asked(asked, row.approver, row.shown is not None)

    def shown_since(self, author: str, since: datetime) -> int:
        """Return how many answers an officer was shown since then."""
        mine = (REIDENTIFICATION.c.author == author, REIDENTIFICATION.c.shown > ticks(since))
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).where(*mine)).scalar_one()

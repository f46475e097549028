"""Reads what was written down about consents, sealed as it is, always from the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from consent.records import ConsentEventType
from gateway.core.consents.papers import SealedEvent
from gateway.store.rows.line import CONSENT_EVENT


@dataclass(frozen=True, slots=True)
class ConsentEventReader:
    """`gateway.core.consents.papers.ConsentEvents` over the database."""

    engine: Engine

    def of(self, consent: str) -> Sequence[SealedEvent]:
        """Return every event of a consent, in the order of the log."""
        table = CONSENT_EVENT.c
        wanted = select(table.type, table.sealed).where(table.consent == consent).order_by(table.id)
        with self.engine.connect() as connection:
            return [SealedEvent(ConsentEventType(kind), sealed) for kind, sealed in connection.execute(wanted)]

"""Reads which key signs (`gateway.core.rotation.signing_keys`), from the database: every node changes over."""

from dataclasses import dataclass

from sqlalchemy import Engine, select

from gateway.core.heads import SIGNING_KEY as HEAD
from gateway.core.rotation.signing_keys import SigningState
from gateway.store.heads import head_of
from gateway.store.moments import moment
from gateway.store.tables.signing_keys import SIGNING_KEY


@dataclass(frozen=True, slots=True)
class SigningReader:
    """The changes of key that are committed."""

    engine: Engine

    def state(self) -> SigningState:
        """Return which key signs now."""
        newest = select(SIGNING_KEY).order_by(SIGNING_KEY.c.number.desc()).limit(1)
        with self.engine.connect() as connection:
            head = head_of(connection, HEAD)
            row = connection.execute(newest).one_or_none()
        if row is None:
            return SigningState(0, None, keeps_previous=False, head=head)
        return SigningState(row.number, moment(row.since), row.keeps_previous, head)

"""Attachments in the database: bringing them in pieces, finding them while they may be fetched, ending them (M-09).

What ends a disclosure ends its files in the same transaction, whether it is still on its way or was delivered long ago:
`end` is asked with the same condition that stops parcels.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, delete, or_, select, update
from sqlalchemy import Row as SqlRow

from gateway.core.heads import Head
from gateway.core.named_files import Shelved
from gateway.core.referral_life import OVER
from gateway.core.stages import Chosen
from gateway.store.heads import head_of
from gateway.store.moments import ticks
from gateway.store.rows.attachments import ATTACHMENT, PIECE
from gateway.store.rows.line import PARCEL, REFERRAL, parcel_of
from gateway.store.rows.states import AttachmentState, ParcelState
from schemas.vocabulary import DataCategory

_GOING_ON = (
    PARCEL.c.state.not_in((ParcelState.STOPPED.value, ParcelState.RECALLED.value)),
    REFERRAL.c.state.not_in([state.value for state in OVER]),
)
CHOSEN_BY: Final = (PARCEL.c.recipient, PARCEL.c.sends, PARCEL.c.consent)
"""The columns that `Chosen` asks about."""

_FILES_AT_ONCE = 8
"""Files of which the housekeeping deletes the pieces in one transaction."""


@dataclass(frozen=True, slots=True)
class AttachmentWriter:
    """`gateway.core.records.attachment_rows.AttachmentSteps` inside the writer's transaction."""

    connection: Connection
    now: datetime

    def begin(self, attachment: str, upload: bytes) -> bool:
        """Begin an attempt; the pieces of an earlier one go."""
        awaited = and_(ATTACHMENT.c.id == attachment, _awaited(self.now))
        begun = self.connection.execute(update(ATTACHMENT).where(awaited).values(upload=upload)).rowcount == 1
        if begun:
            _empty(self.connection, [attachment])
        return begun

    def keep(self, attachment: str, upload: bytes, number: int, sealed: bytes) -> bool:
        """Keep one piece of the attempt that counts."""
        if not self._counts(attachment, upload):
            return False
        self.connection.execute(PIECE.insert().values(attachment=attachment, number=number, sealed=sealed))
        return True

    def empty(self, attachment: str, upload: bytes) -> None:
        """Forget the pieces of the attempt that counts."""
        if self._counts(attachment, upload):
            _empty(self.connection, [attachment])

    def complete(self, attachment: str, upload: bytes) -> bool:
        """Say that all of it is there: it is kept as long as its disclosure is."""
        if not self._counts(attachment, upload):
            return False
        done = {"state": AttachmentState.COMPLETE.value, "expires": None}
        self.connection.execute(update(ATTACHMENT).where(ATTACHMENT.c.id == attachment).values(**done))
        return True

    def end(self, message: str) -> None:
        """Delete the files of a message."""
        found = select(ATTACHMENT.c.id).where(ATTACHMENT.c.message == message)
        _delete(self.connection, self.connection.execute(found).scalars().all())

    def may_be_fetched(self, attachment: str, recipient: str) -> bool:
        """Say whether its recipient holds the message, and all of it is there."""
        complete = ATTACHMENT.c.state == AttachmentState.COMPLETE.value
        query = _joined(ATTACHMENT.c.id == attachment, complete, _held_by(recipient, self.now))
        return self.connection.execute(query).first() is not None

    def _counts(self, attachment: str, upload: bytes) -> bool:
        attempt = and_(ATTACHMENT.c.id == attachment, ATTACHMENT.c.upload == upload, _awaited(self.now))
        return self.connection.execute(select(ATTACHMENT.c.id).where(attempt)).first() is not None


@dataclass(frozen=True, slots=True)
class AttachmentReader:
    """`gateway.core.named_files.Shelf` over the database."""

    engine: Engine

    def of_sender(self, agency: str, referral: str, number: int) -> Shelved | None:
        """Return one that this agency's own referral names."""
        named = and_(ATTACHMENT.c.referral == referral, ATTACHMENT.c.number == number)
        return self._found(named, PARCEL.c.sender == agency)

    def of_recipient(self, agency: str, message: str, number: int, now: datetime) -> Shelved | None:
        """Return one of a message this agency holds."""
        named = and_(ATTACHMENT.c.message == message, ATTACHMENT.c.number == number)
        return self._found(named, _held_by(agency, now))

    async def piece(self, attachment: str, number: int, heads: Sequence[Head]) -> bytes | None:
        """Return a piece as it was kept, unless one of these heads has moved."""
        return await asyncio.to_thread(self._piece, attachment, number, heads)

    def _piece(self, attachment: str, number: int, heads: Sequence[Head]) -> bytes | None:
        query = select(PIECE.c.sealed).where(PIECE.c.attachment == attachment, PIECE.c.number == number)
        with self.engine.connect() as connection:
            sealed: bytes | None = connection.execute(query).scalar_one_or_none()
            moved = any(head_of(connection, head.id) != head for head in heads)
        return None if moved else sealed

    def _found(self, *which: ColumnElement[bool]) -> Shelved | None:
        with self.engine.connect() as connection:
            row = connection.execute(_joined(*which)).one_or_none()
        return None if row is None else _shelved(row)


def end(connection: Connection, which: ColumnElement[bool]) -> None:
    """Delete every file of the parcels that `which` names, whatever became of those parcels."""
    named = select(ATTACHMENT.c.id).join(PARCEL, PARCEL.c.id == ATTACHMENT.c.message).where(which)
    _delete(connection, connection.execute(named).scalars().all())


def end_chosen(connection: Connection, people: Sequence[bytes], which: Sequence[Chosen]) -> None:
    """Delete the files of every parcel about one of these people that fits one of these, delivered ones too (C-15)."""
    files = select(ATTACHMENT.c.id, *CHOSEN_BY).join(PARCEL, PARCEL.c.id == ATTACHMENT.c.message)
    rows = connection.execute(files.where(PARCEL.c.person.in_(people))).all()
    _delete(connection, fitting(rows, which))


def fitting(rows: Sequence[SqlRow[*tuple[object, ...]]], which: Sequence[Chosen]) -> list[str]:
    """Return the ids of the rows (`id`, and `CHOSEN_BY` of its parcel) that fit one of these."""
    held = ((row, frozenset(map(DataCategory, row.sends.split()))) for row in rows)
    return [row.id for row, sends in held if any(one.fits(row.recipient, sends, row.consent) for one in which)]


def end_expired(connection: Connection, before: int, limit: int) -> bool:
    """Delete files that nobody brought in time; True when more may be waiting."""
    most = min(limit, _FILES_AT_ONCE)
    late = select(ATTACHMENT.c.id).where(ATTACHMENT.c.expires < before).order_by(ATTACHMENT.c.expires).limit(most)
    found = connection.execute(late).scalars().all()
    _delete(connection, found)
    return len(found) >= most


def _held_by(recipient: str, now: datetime) -> ColumnElement[bool]:
    """Say of which messages a recipient may have the files: those under its lease, and those it acknowledged (M-03)."""
    leased = and_(PARCEL.c.state == ParcelState.SENDING.value, PARCEL.c.lease_until >= ticks(now))
    return and_(PARCEL.c.recipient == recipient, or_(leased, PARCEL.c.state == ParcelState.DELIVERED.value))


def _awaited(now: datetime) -> ColumnElement[bool]:
    return and_(ATTACHMENT.c.state == AttachmentState.AWAITED.value, ATTACHMENT.c.expires > ticks(now))


def _joined(*which: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    """Ask for files with the parcels that name them, where nothing has ended."""
    own = [column.label(f"attachment_{column.name}") for column in ATTACHMENT.c]
    parcel = PARCEL.c.id == ATTACHMENT.c.message
    joined = select(*own, PARCEL).join(PARCEL, parcel).join(REFERRAL, REFERRAL.c.id == PARCEL.c.referral)
    return joined.where(*which, *_GOING_ON)


def _shelved(row: SqlRow[tuple[object, ...]]) -> Shelved:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return Shelved(
        id=values["attachment_id"],
        number=values["attachment_number"],
        size_class=values["attachment_size_class"],
        sealed=values["attachment_sealed"],
        complete=values["attachment_state"] == AttachmentState.COMPLETE,
        parcel=parcel_of(row),
    )


def _delete(connection: Connection, attachments: Sequence[str]) -> None:
    if attachments:
        _empty(connection, attachments)
        connection.execute(delete(ATTACHMENT).where(ATTACHMENT.c.id.in_(attachments)))


def _empty(connection: Connection, attachments: Sequence[str]) -> None:
    connection.execute(delete(PIECE).where(PIECE.c.attachment.in_(attachments)))

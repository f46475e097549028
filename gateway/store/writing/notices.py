"""Notices in the database: inside the writer's transaction, and read for those who fetch or list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    ScalarSelect,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy import Row as SqlRow

from gateway.core.records.notice_records import ASKS, OPEN, Held, Notice, Place, Received
from gateway.core.referral_life import OVER
from gateway.store.moments import moment, ticks
from gateway.store.rows.line import NOTICE, PARCEL, REFERRAL
from gateway.store.rows.states import ParcelState
from schemas.notice_codes import NoticeAsk, NoticeKind, NoticeState, ObjectionGround
from schemas.vocabulary import DataCategory, Purpose, ReferralState

_LEFT = tuple(
    state.value for state in (ParcelState.SENDING, ParcelState.DEAD, ParcelState.RECALLED, ParcelState.DELIVERED)
)
_RECEIVED = (PARCEL.c.id, PARCEL.c.referral, PARCEL.c.sender, PARCEL.c.recipient, PARCEL.c.person)
_OPEN = sorted(state.value for state in OPEN)
_OVER = sorted(state.value for state in OVER)
_WHOLE = [kind.value for kind, asks in ASKS.items() if asks is NoticeAsk.ERASE]
_HANDED_OUT = NOTICE.c.state != NoticeState.QUEUED.value


def _counted() -> ScalarSelect[int]:
    """Count a notice among all of its kind about its referral, closed ones too: its place never changes."""
    other = NOTICE.alias()
    same = (other.c.referral == NOTICE.c.referral, other.c.kind == NOTICE.c.kind)
    up_to = tuple_(other.c.created, other.c.id) <= tuple_(NOTICE.c.created, NOTICE.c.id)
    counted = select(func.count()).select_from(other).where(*same, up_to)
    return counted.correlate(NOTICE).scalar_subquery()


_NTH = _counted()  # Once: to name every column of the table anew takes longer than to ask.


@dataclass(frozen=True, slots=True)
class NoticeWriter:
    """`gateway.core.records.notice_records.NoticeSteps` on the connection of one transaction."""

    connection: Connection
    now: datetime

    def owed(self, kind: NoticeKind, person: bytes, consents: Sequence[str] | None = None) -> tuple[Received, ...]:
        """Return what of hers may have left without a notice of that kind."""
        hers = PARCEL.c.person == person
        return self._owed(kind, hers if consents is None else and_(hers, PARCEL.c.consent.in_(consents)))

    def owed_for(self, kind: NoticeKind, sender: str, reference_blind: bytes) -> tuple[Received, ...]:
        """Return the same for what an agency sent under one of its own numbers."""
        mine = and_(REFERRAL.c.sender == sender, REFERRAL.c.reference_blind == reference_blind)
        rows = self.connection.execute(select(REFERRAL.c.id, REFERRAL.c.person).where(mine)).all()
        persons = {row.person for row in rows if row.person is not None}
        return self._owed(kind, and_(PARCEL.c.person.in_(persons), PARCEL.c.referral.in_([row.id for row in rows])))

    def held(self, person: bytes) -> tuple[Held, ...]:
        """Return what of hers may have left and nobody was asked to erase whole, with what it carried."""
        whole = exists().where(NOTICE.c.about == PARCEL.c.id, NOTICE.c.kind.in_(_WHOLE))
        query = select(PARCEL).where(PARCEL.c.person == person, PARCEL.c.state.in_(_LEFT), ~whole).order_by(PARCEL.c.id)
        return tuple(map(_held, self.connection.execute(query)))

    def add(self, notice: Notice) -> None:
        """Insert one."""
        self.connection.execute(
            insert(NOTICE).values(
                id=notice.id,
                kind=notice.kind.value,
                about=notice.about,
                referral=notice.referral,
                sender=notice.sender,
                recipient=notice.recipient,
                person=notice.person,
                created=ticks(notice.created),
                due=ticks(notice.due),
                deadline=ticks(notice.deadline),
                state=notice.state.value,
                replaced_by=notice.replaced_by,
                categories=" ".join(sorted(notice.categories)) or None,
                use_until=None if notice.use_until is None else ticks(notice.use_until),
            )
        )

    def end(self, referral: str) -> None:
        """Revoke a referral that is not over yet."""
        still_open = and_(REFERRAL.c.id == referral, REFERRAL.c.state.not_in(_OVER))
        self.connection.execute(update(REFERRAL).where(still_open).values(state=ReferralState.REVOKED.value))

    def notice(self, recipient: str, notice: str) -> Notice | None:
        """Return a notice that was handed out to this recipient."""
        return _handed_out(self.connection, recipient, notice)

    def lease(self, notice: str, until: datetime) -> Notice | None:
        """Hand one out."""
        done = self.connection.execute(
            update(NOTICE)
            .where(NOTICE.c.id == notice, may_go(ticks(self.now)))
            .values(state=NoticeState.SENDING.value, lease_until=ticks(until))
        )
        if done.rowcount != 1:
            return None
        return _notice(self.connection.execute(select(NOTICE).where(NOTICE.c.id == notice)).one())

    def move(self, notice: str, state: NoticeState, ground: ObjectionGround | None) -> None:
        """Set how far it has come."""
        said = None if ground is None else ground.value
        self.connection.execute(update(NOTICE).where(NOTICE.c.id == notice).values(state=state.value, ground=said))

    def late(self, limit: int) -> tuple[Notice, ...]:
        """Return open notices past their deadline that nobody was alarmed about yet."""
        is_late = and_(NOTICE.c.state.in_(_OPEN), NOTICE.c.deadline < ticks(self.now), NOTICE.c.escalated_at.is_(None))
        query = select(NOTICE).where(is_late).order_by(NOTICE.c.deadline, NOTICE.c.id).limit(limit)
        return tuple(_notice(row) for row in self.connection.execute(query))

    def escalate(self, notice: str) -> None:
        """Note that somebody was alarmed, now."""
        self.connection.execute(update(NOTICE).where(NOTICE.c.id == notice).values(escalated_at=ticks(self.now)))

    def _owed(self, kind: NoticeKind, which: ColumnElement[bool]) -> tuple[Received, ...]:
        same = NOTICE.c.kind == kind.value
        if kind is NoticeKind.RESTRICTION:  # It may be released and set again.
            same = and_(same, NOTICE.c.state.in_(_OPEN))
        erased = and_(NOTICE.c.state == NoticeState.ERASED.value, NOTICE.c.kind != NoticeKind.NARROWING.value)
        told = exists().where(NOTICE.c.about == PARCEL.c.id, or_(same, erased))
        query = select(*_RECEIVED).where(which, PARCEL.c.state.in_(_LEFT), ~told).order_by(PARCEL.c.id)
        return tuple(Received(*row) for row in self.connection.execute(query))


@dataclass(frozen=True, slots=True)
class NoticeReader:
    """`gateway.core.records.notice_records.Notices` over the database."""

    engine: Engine

    def waiting(self, recipient: str, now: datetime, limit: int) -> Sequence[Notice]:
        """Return up to `limit` that may be handed out, the oldest first."""
        query = (
            select(NOTICE)
            .where(NOTICE.c.recipient == recipient, may_go(ticks(now)))
            .order_by(NOTICE.c.due)
            .limit(limit)
        )
        with self.engine.connect() as connection:
            return [_notice(row) for row in connection.execute(query)]

    def handed_out(self, recipient: str, notice: str) -> Notice | None:
        """Return a notice that was handed out to this recipient."""
        with self.engine.connect() as connection:
            return _handed_out(connection, recipient, notice)

    def listed(self, sender: str | None, *, still_open: bool, after: Place, limit: int) -> Sequence[Notice]:
        """Return notices by referral, kind and age, after that place."""
        *pair, nth = after
        of_pair = and_(NOTICE.c.referral == pair[0], NOTICE.c.kind == pair[1], nth < _NTH)
        query = select(NOTICE).where(or_(tuple_(NOTICE.c.referral, NOTICE.c.kind) > (pair[0], pair[1]), of_pair))
        if sender is not None:
            query = query.where(NOTICE.c.sender == sender)
        if still_open:
            query = query.where(NOTICE.c.state.in_(_OPEN))
        query = query.order_by(NOTICE.c.referral, NOTICE.c.kind, NOTICE.c.created, NOTICE.c.id).limit(limit)
        with self.engine.connect() as connection:
            return [_notice(row) for row in connection.execute(query)]

    def place(self, notice: Notice) -> Place:
        """Return where it stands in lists."""
        with self.engine.connect() as connection:
            nth = connection.execute(select(_NTH).where(NOTICE.c.id == notice.id)).scalar_one_or_none()
        return notice.referral, notice.kind.value, nth or 0


def may_go(now: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Say which notices may be handed out at a moment (in ticks): queued and due, or under a lease that ran out."""
    return or_(
        and_(NOTICE.c.state == NoticeState.QUEUED.value, NOTICE.c.due <= now),
        and_(NOTICE.c.state == NoticeState.SENDING.value, NOTICE.c.lease_until < now),
    )


def _handed_out(connection: Connection, recipient: str, notice: str) -> Notice | None:
    mine = and_(NOTICE.c.id == notice, NOTICE.c.recipient == recipient, _HANDED_OUT)
    row = connection.execute(select(NOTICE).where(mine)).one_or_none()
    return None if row is None else _notice(row)


def _notice(row: SqlRow[tuple[object, ...]]) -> Notice:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    ground, escalated = values["ground"], values["escalated_at"]
    return Notice(
        id=values["id"],
        kind=NoticeKind(values["kind"]),
        about=values["about"],
        referral=values["referral"],
        sender=values["sender"],
        recipient=values["recipient"],
        person=values["person"],
        created=moment(values["created"]),
        due=moment(values["due"]),
        deadline=moment(values["deadline"]),
        state=NoticeState(values["state"]),
        ground=None if ground is None else ObjectionGround(ground),
        replaced_by=values["replaced_by"],
        escalated_at=None if escalated is None else moment(escalated),
        categories=frozenset(map(DataCategory, (values["categories"] or "").split())),
        use_until=None if values["use_until"] is None else moment(values["use_until"]),
    )


def _held(row: SqlRow[tuple[object, ...]]) -> Held:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    received = Received(*(values[name] for name in ("id", "referral", "sender", "recipient", "person")))
    sends = frozenset(map(DataCategory, values["sends"].split()))
    return Held(received, Purpose(values["purpose"]), values["consent"], sends, moment(values["use_until"]))

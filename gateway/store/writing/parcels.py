"""Moving parcels between their states, inside the writer's transaction, and reading what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, and_, bindparam, case, or_, select, update

from gateway.core.in_flight import Gone, InFlight
from gateway.core.known import Whose
from gateway.core.referral_life import OVER, WITH_ITS_RECIPIENT
from gateway.core.stages import Chosen, Parcel
from gateway.store.moments import ticks
from gateway.store.prepared import Connected, PreparedStatement
from gateway.store.rows.line import PARCEL, REFERRAL, parcel_of
from gateway.store.rows.states import ParcelState
from gateway.store.writing import attachments
from schemas.answer_codes import AnswerCode
from schemas.vocabulary import DataCategory, DeliveryMode, Ground, ReferralState, Urgency

_WIPED = b""
IN_FLIGHT: Final = (ParcelState.QUEUED.value, ParcelState.SENDING.value, ParcelState.DEAD.value)
"""What has not arrived and still has its payload; what was given up too, for a person may have it tried again."""

_ARRIVED_AFTER_ALL = (ParcelState.SENDING.value, ParcelState.DEAD.value)
_GONE = (PARCEL.c.id, PARCEL.c.sender, PARCEL.c.recipient, PARCEL.c.referral, PARCEL.c.person, PARCEL.c.state)
_WITH_ITS_RECIPIENT = sorted(state.value for state in WITH_ITS_RECIPIENT)

# Run for each parcel that leaves or arrives.
_THIS: Final = PARCEL.c.id == bindparam("message")
_MINE: Final = and_(_THIS, PARCEL.c.recipient == bindparam("to"))
_LEFT: Final = or_(*(PARCEL.c.state == state for state in (*_ARRIVED_AFTER_ALL, ParcelState.RECALLED.value)))
_HANDED_OUT: Final = PreparedStatement(select(PARCEL.c.referral, PARCEL.c.state).where(_MINE, _LEFT))
_DELIVERED: Final = PreparedStatement(
    update(PARCEL).where(_MINE).values(state=ParcelState.DELIVERED.value, payload=_WIPED)
)
_WHOSE: Final = PreparedStatement(select(PARCEL.c.person, PARCEL.c.referral).where(_THIS))
_BECOME: Final = PreparedStatement(
    update(REFERRAL).where(REFERRAL.c.id == bindparam("of")).values(state=bindparam("becomes"))
)


def stop_where(connection: Connection, which: ColumnElement[bool]) -> InFlight:
    """Stop every parcel in flight that `which` names.

    Queued ones never leave; those that are sending, or were tried and given up, are never handed out again. The files
    of all that it names end, of delivered ones too.
    """
    attachments.end(connection, which)
    rows = connection.execute(select(*_GONE).where(which, PARCEL.c.state.in_(IN_FLIGHT))).all()
    if not rows:
        return InFlight((), ())
    stopped = case(
        (PARCEL.c.state == ParcelState.QUEUED.value, ParcelState.STOPPED.value), else_=ParcelState.RECALLED.value
    )
    connection.execute(update(PARCEL).where(which, PARCEL.c.state.in_(IN_FLIGHT)).values(state=stopped, payload=_WIPED))
    connection.execute(
        update(REFERRAL)
        .where(REFERRAL.c.id.in_([row.referral for row in rows]))
        .values(state=ReferralState.REVOKED.value)
    )
    gone = [(Gone(row.id, row.sender, row.recipient, row.referral, row.person), row.state) for row in rows]
    return InFlight(
        tuple(parcel for parcel, state in gone if state == ParcelState.QUEUED),
        tuple(parcel for parcel, state in gone if state != ParcelState.QUEUED),
    )


def stop_consents(connection: Connection, person: bytes, consents: Sequence[str]) -> InFlight:
    """Stop what rests on these consents of hers."""
    return stop_where(connection, and_(PARCEL.c.person == person, PARCEL.c.consent.in_(consents)))


def stop_chosen(connection: Connection, people: Sequence[bytes], which: Sequence[Chosen]) -> InFlight:
    """Stop what is in flight about one of these people and fits one of these. Few are, so each is looked at.

    The files of delivered ones that fit end, too.
    """
    attachments.end_chosen(connection, people, which)
    theirs = and_(PARCEL.c.person.in_(people), PARCEL.c.state.in_(IN_FLIGHT))
    rows = connection.execute(select(PARCEL.c.id, *attachments.CHOSEN_BY).where(theirs)).all()
    meant = attachments.fitting(rows, which)
    return stop_where(connection, PARCEL.c.id.in_(meant)) if meant else InFlight((), ())


def stop_referrals(connection: Connection, sender: str, reference_blind: bytes) -> InFlight | None:
    """Stop what this agency sent under one of its own numbers; None when it sent nothing under it."""
    mine = and_(REFERRAL.c.sender == sender, REFERRAL.c.reference_blind == reference_blind)
    rows = connection.execute(select(REFERRAL.c.id, REFERRAL.c.person).where(mine)).all()
    if not rows:
        return None
    referrals, persons = [row.id for row in rows], {row.person for row in rows if row.person is not None}
    people = tuple(sorted(persons))
    # Parcels are found by person: one index less to write for every referral.
    stopped = stop_where(connection, and_(PARCEL.c.person.in_(persons), PARCEL.c.referral.in_(referrals)))
    connection.execute(update(REFERRAL).where(REFERRAL.c.id.in_(referrals)).values(state=ReferralState.REVOKED.value))
    return InFlight(stopped.stopped, stopped.may_have_left, people)


def may_go(now: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Say which parcels may be handed out at a moment (in ticks): queued and due, or under a lease that ran out."""
    return or_(
        and_(PARCEL.c.state == ParcelState.QUEUED.value, PARCEL.c.due <= now),
        and_(PARCEL.c.state == ParcelState.SENDING.value, PARCEL.c.lease_until < now),
    )


_LEASE: Final = PreparedStatement(
    update(PARCEL)
    .where(_THIS, may_go(bindparam("moment", type_=BigInteger)))
    .values(
        state=ParcelState.SENDING.value,
        lease_until=bindparam("until", type_=BigInteger),
        handed_out=PARCEL.c.handed_out + 1,
    )
)


def lease(connection: Connection, message: str, now: datetime, until: datetime) -> bool:
    """Move a parcel to sending: the point of no return. How often it was handed out is counted."""
    return _LEASE.changed(connection, {"message": message, "moment": ticks(now), "until": ticks(until)}) == 1


def stop(connection: Connection, message: str) -> bool:
    """Stop one parcel; its referral could not be delivered. False when it was not in flight any more."""
    gone = stop_where(connection, PARCEL.c.id == message)
    for parcel in gone.stopped:
        _set_state(connection, parcel.referral, ReferralState.FAILED)
    return bool(gone.stopped or gone.may_have_left)


def acknowledge(connection: Connection, recipient: str, message: str) -> str | None:
    """Move a parcel that was handed out to delivered and wipe its payload."""
    mine = {"message": message, "to": recipient}
    rows = cast("Sequence[tuple[str, str]]", _HANDED_OUT.rows(connection, mine))
    for referral, state in rows:
        _DELIVERED.changed(connection, mine)
        if state in _ARRIVED_AFTER_ALL:
            _set_state(connection, referral, ReferralState.RECEIVED)
    return rows[0][0] if rows else None


def whose(connection: Connected, message: str) -> Whose | None:
    """Return whom a message is about."""
    rows = cast("Sequence[tuple[bytes, str]]", _WHOSE.rows(connection, {"message": message}))
    return Whose(*rows[0]) if rows else None


def referral_state(connection: Connection, recipient: str, message: str) -> ReferralState | None:
    """Return the state of the referral a parcel that was delivered to this recipient belongs to."""
    query = (
        select(REFERRAL.c.state)
        .join(PARCEL, REFERRAL.c.id == PARCEL.c.referral)
        .where(PARCEL.c.id == message, PARCEL.c.recipient == recipient, PARCEL.c.state == ParcelState.DELIVERED.value)
    )
    state: str | None = connection.execute(query).scalar_one_or_none()
    return None if state is None else ReferralState(state)


def answer_referral(
    connection: Connection,
    now: datetime,
    recipient: str,
    message: str,
    said: tuple[ReferralState, AnswerCode | None],
) -> str | None:
    """Set what became of the referral a delivered parcel belongs to, as long as it is open (M-03)."""
    query = (
        select(PARCEL.c.referral, PARCEL.c.sends)
        .join(REFERRAL, REFERRAL.c.id == PARCEL.c.referral)
        .where(
            PARCEL.c.id == message,
            PARCEL.c.recipient == recipient,
            PARCEL.c.state == ParcelState.DELIVERED.value,
            REFERRAL.c.state.in_(_WITH_ITS_RECIPIENT),
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    (state, reason), referral = said, str(row.referral)
    answer = {"state": state.value, "reason": None if reason is None else reason.value, "answered": ticks(now)}
    connection.execute(update(REFERRAL).where(REFERRAL.c.id == referral).values(answer))
    if state in OVER and DataCategory.ATTACHMENT in row.sends.split():
        attachments.end(connection, PARCEL.c.id == message)
    return referral


def _set_state(connection: Connection, referral: str, state: ReferralState) -> None:
    _BECOME.changed(connection, {"of": referral, "becomes": state.value})


_SOONEST_FIRST = case(
    (PARCEL.c.urgency == Urgency.EMERGENCY.value, 0), (PARCEL.c.urgency == Urgency.URGENT.value, 1), else_=2
)


@dataclass(frozen=True, slots=True)
class OutboxReader:
    """What waits for a recipient."""

    engine: Engine

    def waiting(
        self,
        recipient: str,
        now: datetime,
        limit: int,
        *,
        pushed: bool = False,
        grounds: frozenset[Ground] | None = None,
    ) -> Sequence[Parcel]:
        """Return up to `limit` parcels that may go, the most urgent first, then the oldest; on some grounds, or any."""
        pushes = PARCEL.c.mode == DeliveryMode.NATIVE_PUSH.value
        on = () if grounds is None else (PARCEL.c.ground.in_(sorted(ground.value for ground in grounds)),)
        query = (
            select(PARCEL)
            .where(PARCEL.c.recipient == recipient, may_go(ticks(now)), pushes if pushed else ~pushes, *on)
            .order_by(_SOONEST_FIRST, PARCEL.c.due)
            .limit(limit)
        )
        with self.engine.connect() as connection:
            return [parcel_of(row) for row in connection.execute(query)]

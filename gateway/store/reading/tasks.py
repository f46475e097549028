"""Reads referrals by their parties (`gateway.core.tasks`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Select, select

from gateway.core.tasks import PartyTask, Side, Wanted
from gateway.store.moments import moment
from gateway.store.rows.line import PARCEL, REFERRAL
from gateway.store.rows.states import ParcelState
from schemas.answer_codes import answer_code
from schemas.vocabulary import Purpose, ReferralState

_HANDED_OUT = (ParcelState.SENDING.value, ParcelState.DELIVERED.value, ParcelState.RECALLED.value)
"""What its recipient has seen, or may have: nothing before it left is ever shown (C-04)."""

_SHOWN = (
    *(REFERRAL.c.sender, REFERRAL.c.recipient, REFERRAL.c.purpose, REFERRAL.c.state),
    *(REFERRAL.c.reason, REFERRAL.c.at, REFERRAL.c.answered),
)


@dataclass(frozen=True, slots=True)
class TaskReader:
    """`gateway.core.tasks.TaskReader` over the database."""

    engine: Engine

    def of_party(self, agency: str, wanted: Wanted, limit: int) -> Sequence[PartyTask]:
        """Return what that agency sent, then what it was handed."""
        found: list[PartyTask] = []
        with self.engine.connect() as connection:
            for side in Side:
                behind = wanted.on(side)
                if behind is not None and len(found) < limit:
                    query = _filtered(_query(side, agency, behind), side, wanted)
                    found += _read(connection, side, query.limit(limit - len(found)))
        return found


def _query(side: Side, agency: str, behind: str) -> Select[tuple[object, ...]]:
    if side is Side.SENT:
        own = (REFERRAL.c.id, REFERRAL.c.person, REFERRAL.c.sealed_reference)
        mine = (REFERRAL.c.sender == agency, REFERRAL.c.outcome == "permitted", REFERRAL.c.id > behind)
        return select(*own, *_SHOWN).where(*mine).order_by(REFERRAL.c.id)
    theirs = (PARCEL.c.recipient == agency, PARCEL.c.state.in_(_HANDED_OUT), PARCEL.c.id > behind)
    joined = select(PARCEL.c.id, *_SHOWN).join(REFERRAL, REFERRAL.c.id == PARCEL.c.referral)
    return joined.where(*theirs).order_by(PARCEL.c.id)


def _filtered(query: Select[tuple[object, ...]], side: Side, wanted: Wanted) -> Select[tuple[object, ...]]:
    name = REFERRAL.c.id if side is Side.SENT else PARCEL.c.id
    asked = ((name, wanted.id), (REFERRAL.c.sender, wanted.sender), (REFERRAL.c.recipient, wanted.recipient))
    query = query.where(*(shown == value for shown, value in asked if value is not None))
    return query if wanted.states is None else query.where(REFERRAL.c.state.in_(sorted(wanted.states)))


def _read(connection: Connection, side: Side, query: Select[tuple[object, ...]]) -> list[PartyTask]:
    return [
        PartyTask(
            id=row.id,
            side=side,
            sender=row.sender,
            recipient=row.recipient,
            purpose=Purpose(row.purpose),
            state=ReferralState(row.state),
            reason=None if row.reason is None else answer_code(row.reason),
            made=moment(row.at),
            answered=None if row.answered is None else moment(row.answered),
            person=row.person if side is Side.SENT else None,
            sealed_reference=row.sealed_reference if side is Side.SENT else None,
        )
        for row in connection.execute(query)
    ]

"""Corrections in the database: which referral may be replaced, and stopping what is left of it (A-03)."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, and_, exists, select

from gateway.core.in_flight import InFlight
from gateway.core.records.replacements import Earlier, Numbered
from gateway.core.referral_life import OVER
from gateway.store.rows.line import PARCEL, REFERRAL, REPLACEMENT
from gateway.store.writing.parcels import stop_where
from schemas.vocabulary import Purpose, ReferralState

_NEVER = (ReferralState.REVOKED.value, ReferralState.FAILED.value)
_OPEN = sorted(state.value for state in ReferralState if state not in OVER)


@dataclass(frozen=True, slots=True)
class ReplacementWriter:
    """`gateway.core.records.replacements.ReplacementSteps` inside the writer's transaction."""

    connection: Connection

    def earlier(self, sender: str, referral: str) -> Earlier | None:
        """Return a referral this agency sent that may be replaced."""
        return _earlier(self.connection, sender, referral)

    def newest(self, of: Numbered) -> Earlier | None:
        """Return the newest of them that may be replaced."""
        return _newest(self.connection, of)

    def stop(self, earlier: Earlier) -> InFlight:
        """Stop what is in flight of it. Parcels are found by person: one index less to write for every referral."""
        its = and_(PARCEL.c.person == earlier.person, PARCEL.c.referral == earlier.referral)
        return stop_where(self.connection, its)


@dataclass(frozen=True, slots=True)
class ReplacementReader:
    """`gateway.core.records.replacements.Replaceable` over the database."""

    engine: Engine

    def earlier(self, sender: str, referral: str) -> Earlier | None:
        """Return a referral this agency sent that may be replaced."""
        with self.engine.connect() as connection:
            return _earlier(connection, sender, referral)

    def newest(self, of: Numbered) -> Earlier | None:
        """Return the newest of them that may be replaced."""
        with self.engine.connect() as connection:
            return _newest(connection, of)


def _newest(connection: Connection, wanted: Numbered) -> Earlier | None:
    """Find it by its id: ids begin with the time."""
    of = REFERRAL.c
    numbered = and_(of.sender == wanted.sender, of.reference_blind == wanted.number)
    one_way = and_(of.recipient == wanted.recipient, of.purpose == wanted.purpose.value, of.state.in_(_OPEN))
    replaced = exists().where(REPLACEMENT.c.replaces == of.id)
    query = select(of.id).where(numbered, one_way, ~replaced).order_by(of.id.desc()).limit(1)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else _earlier(connection, wanted.sender, found)


def _earlier(connection: Connection, sender: str, referral: str) -> Earlier | None:
    of = REFERRAL.c
    sent = and_(of.id == referral, of.sender == sender, of.recipient.is_not(None), of.state.not_in(_NEVER))
    replaced = exists().where(REPLACEMENT.c.replaces == of.id)
    row = connection.execute(select(of.recipient, of.purpose, of.person).where(sent, ~replaced)).one_or_none()
    if row is None or row.person is None:
        return None
    version = connection.execute(select(REPLACEMENT.c.version).where(REPLACEMENT.c.referral == referral))
    return Earlier(referral, row.recipient, Purpose(row.purpose), row.person, version.scalar_one_or_none() or 1)

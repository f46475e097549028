"""Between what is kept about officers and its columns, and the few statements that change it."""

from datetime import datetime
from typing import assert_never

from sqlalchemy import ColumnElement, Connection, Delete, Table, Update, and_, delete, exists, update

from gateway.core.officer.signing import LONGEST
from gateway.core.records.officer_records import (
    AgreeReidentification,
    ChallengeRow,
    CountUse,
    CredentialRow,
    EndOfficer,
    EndSession,
    EndWaiting,
    InvitationRow,
    OfficerChange,
    OfficerInsert,
    OfficerRow,
    ReidentificationRow,
    RemoveCredential,
    SeeSession,
    SessionRow,
    SetRoles,
    ShowReidentification,
    SigningChange,
    TakeChallenge,
    TakeInvitation,
    WaitingRow,
)
from gateway.store.moments import ticks
from gateway.store.tables import officers
from gateway.store.tables.columns import Values, table_of

OFFICER = table_of(officers.OfficerTable)
CREDENTIAL = table_of(officers.OfficerCredentialTable)
INVITATION = table_of(officers.OfficerInvitationTable)
SESSION = table_of(officers.OfficerSessionTable)
CHALLENGE = table_of(officers.OfficerChallengeTable)
WAITING = table_of(officers.ConsentWaitingTable)
REIDENTIFICATION = table_of(officers.ReidentificationTable)


def officer_insertion(row: OfficerInsert) -> tuple[Table, Values]:
    """Return the table a row belongs to and its columns."""
    match row:
        case OfficerRow():
            return OFFICER, _granted(row) | {
                "id": row.id,
                "enrolled_by": row.enrolled_by,
                "at": ticks(row.at),
                "revoked": None if row.revoked is None else ticks(row.revoked),
            }
        case CredentialRow():
            return CREDENTIAL, {
                "id": row.id,
                "officer": row.officer,
                "public_key": row.public_key,
                "uses": row.uses,
                "at": ticks(row.at),
            }
        case InvitationRow():
            return INVITATION, _granted(row) | {
                "digest": row.digest,
                "officer": row.officer,
                "invited_by": row.invited_by,
                "expires": ticks(row.expires),
            }
        case SessionRow():
            begun, ends = ticks(row.begun), ticks(row.begun + LONGEST)
            seen = ticks(row.seen)
            return SESSION, {
                "digest": row.digest,
                "officer": row.officer,
                "begun": begun,
                "seen": seen,
                "expires": ends,
            }
        case ChallengeRow():
            return CHALLENGE, {"digest": row.digest, "bound": row.bound, "expires": ticks(row.expires)}
        case WaitingRow():
            return WAITING, _waiting(row)
        case ReidentificationRow():
            return REIDENTIFICATION, _reidentification(row)
        case _:
            assert_never(row)


def change_officers(connection: Connection, change: OfficerChange, now: datetime) -> bool:
    """Make the change; False where nothing was as it asks."""
    if isinstance(change, AgreeReidentification | ShowReidentification):
        return connection.execute(_step(change, ticks(now))).rowcount > 0
    changed = connection.execute(_statement(change, ticks(now))).rowcount > 0
    if changed and isinstance(change, EndOfficer | SetRoles | RemoveCredential):  # Begun as he or she was, or by whom?
        connection.execute(delete(INVITATION).where(INVITATION.c.invited_by == change.officer))
    if changed and isinstance(change, EndOfficer | RemoveCredential):
        connection.execute(delete(SESSION).where(SESSION.c.officer == change.officer))
    return changed


def _statement(change: SigningChange, now: int) -> Delete | Update:
    match change:
        case TakeChallenge():
            mine = and_(CHALLENGE.c.digest == change.digest, CHALLENGE.c.bound == change.bound)
            return delete(CHALLENGE).where(mine, CHALLENGE.c.expires > now)
        case TakeInvitation():
            return delete(INVITATION).where(INVITATION.c.digest == change.digest, INVITATION.c.expires > now)
        case CountUse():
            return update(CREDENTIAL).where(_counts(change)).values(uses=change.uses)
        case SeeSession():
            return update(SESSION).where(SESSION.c.digest == change.digest).values(seen=now)
        case EndSession():
            return delete(SESSION).where(SESSION.c.digest == change.digest)
        case SetRoles():
            roles = " ".join(sorted(change.roles))
            return update(OFFICER).where(_in_office(change.officer)).values(roles=roles)
        case EndOfficer():
            return update(OFFICER).where(_in_office(change.officer)).values(revoked=now)
        case RemoveCredential():
            other = CREDENTIAL.alias()
            another = exists().where(other.c.officer == change.officer, other.c.id != change.credential)
            mine = and_(CREDENTIAL.c.id == change.credential, CREDENTIAL.c.officer == change.officer)
            return delete(CREDENTIAL).where(mine, another)
        case EndWaiting():
            return delete(WAITING).where(WAITING.c.consent.in_(change.consents))
        case _:
            assert_never(change)


def _counts(change: CountUse) -> ColumnElement[bool]:
    """A passkey that counts has counted on; one that never counted still does not (WebAuthn Level 2, 6.1.1)."""
    ahead = CREDENTIAL.c.uses < change.uses
    good = ahead if change.uses else CREDENTIAL.c.uses == 0
    return and_(CREDENTIAL.c.id == change.credential, CREDENTIAL.c.officer == change.officer, good)


def _step(change: AgreeReidentification | ShowReidentification, now: int) -> Update:
    live = _live(change.request, now)
    if isinstance(change, AgreeReidentification):
        waits = and_(live, REIDENTIFICATION.c.author != change.approver, REIDENTIFICATION.c.approver.is_(None))
        return update(REIDENTIFICATION).where(waits).values(approver=change.approver)
    mine = and_(live, REIDENTIFICATION.c.author == change.author, REIDENTIFICATION.c.shown.is_(None))
    return update(REIDENTIFICATION).where(mine, REIDENTIFICATION.c.approver.is_not(None)).values(shown=now)


def _live(request: str, now: int) -> ColumnElement[bool]:
    return and_(REIDENTIFICATION.c.id == request, REIDENTIFICATION.c.expires > now)


def _in_office(officer: str) -> ColumnElement[bool]:
    return and_(OFFICER.c.id == officer, OFFICER.c.revoked.is_(None))


def _granted(row: OfficerRow | InvitationRow) -> Values:
    return {"label": row.label, "agency": row.agency, "roles": " ".join(sorted(row.roles))}


def _waiting(row: WaitingRow) -> Values:
    return {
        "consent": row.consent,
        "discloser": row.discloser,
        "recipient": row.recipient,
        "taker": row.taker,
        "author": row.author,
        "at": ticks(row.at),
    }


def _reidentification(row: ReidentificationRow) -> Values:
    return {
        "id": row.id,
        "recipient": row.recipient,
        "blind": row.blind,
        "reason": row.reason,
        "author": row.author,
        "approver": None,
        "at": ticks(row.at),
        "shown": None,
        "expires": ticks(row.expires),
    }

"""Reads what is kept about officers, always from the database: a revocation works at once and on every node."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, Row, select

from gateway.core.officer.ports import KnownOfficer
from gateway.core.officers import Officer, Role, officer_head
from gateway.core.records.officer_records import CredentialRow, InvitationRow, OfficerRow, SessionRow, WaitingRow
from gateway.store.heads import head_of
from gateway.store.moments import moment
from gateway.store.rows.officers import CREDENTIAL, INVITATION, OFFICER, SESSION, WAITING


@dataclass(frozen=True, slots=True)
class OfficerReader:
    """`gateway.core.officer.ports.OfficerBook` over the database."""

    engine: Engine

    def officer(self, officer: str) -> KnownOfficer | None:
        """Return the officer of that id. The head is read first: what is read after it is never older."""
        with self.engine.connect() as connection:
            head = head_of(connection, officer_head(officer))
            row = connection.execute(select(OFFICER).where(OFFICER.c.id == officer)).one_or_none()
            if row is None or row.revoked is not None or not head.version:
                return None
            lineage = _lineage(connection, row.enrolled_by)
        found = Officer(row.id, row.agency, _roles(row.roles), row.enrolled_by, lineage)
        return KnownOfficer(found, row.label, head)

    def officers(self) -> Sequence[OfficerRow]:
        """Return every officer there ever was, by time of enrolment."""
        with self.engine.connect() as connection:
            return [_officer(row) for row in connection.execute(select(OFFICER).order_by(OFFICER.c.at, OFFICER.c.id))]

    def credential(self, credential: bytes) -> CredentialRow | None:
        """Return the passkey of that id."""
        with self.engine.connect() as connection:
            row = connection.execute(select(CREDENTIAL).where(CREDENTIAL.c.id == credential)).one_or_none()
        return None if row is None else _credential(row)

    def credentials_of(self, officer: str) -> Sequence[CredentialRow]:
        """Return the passkeys of an officer."""
        with self.engine.connect() as connection:
            return [_credential(row) for row in connection.execute(select(CREDENTIAL).where(_of(officer)))]

    def invitation(self, digest: bytes) -> InvitationRow | None:
        """Return the invitation of that digest, run out or not."""
        with self.engine.connect() as connection:
            row = connection.execute(select(INVITATION).where(INVITATION.c.digest == digest)).one_or_none()
        if row is None:
            return None
        roles, expires = _roles(row.roles), moment(row.expires)
        return InvitationRow(row.digest, row.officer, row.label, row.agency, roles, row.invited_by, expires)

    def session(self, digest: bytes) -> SessionRow | None:
        """Return the session of that digest, run out or not."""
        with self.engine.connect() as connection:
            row = connection.execute(select(SESSION).where(SESSION.c.digest == digest)).one_or_none()
        return None if row is None else SessionRow(row.digest, row.officer, moment(row.begun), moment(row.seen))

    def waiting(self) -> Sequence[WaitingRow]:
        """Return the consents that wait for a second person, the oldest first (C-19)."""
        with self.engine.connect() as connection:
            return [_waiting(row) for row in connection.execute(select(WAITING).order_by(WAITING.c.at))]

    def waiting_for(self, consent: str) -> WaitingRow | None:
        """Return the one about that consent."""
        with self.engine.connect() as connection:
            row = connection.execute(select(WAITING).where(WAITING.c.consent == consent)).one_or_none()
        return None if row is None else _waiting(row)


def _lineage(connection: Connection, officer: str) -> frozenset[str]:
    """Return everybody from there to the first invitation, which nobody who signs in wrote."""
    found: set[str] = set()
    above: str | None = officer
    while above is not None and above not in found:
        found.add(above)
        above = connection.execute(select(OFFICER.c.enrolled_by).where(OFFICER.c.id == above)).scalar_one_or_none()
    return frozenset(found)


def _of(officer: str) -> ColumnElement[bool]:
    return CREDENTIAL.c.officer == officer


def _roles(text: str) -> frozenset[Role]:
    return frozenset(map(Role, text.split()))


def _officer(row: Row[tuple[object, ...]]) -> OfficerRow:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    revoked = None if values["revoked"] is None else moment(values["revoked"])
    return OfficerRow(
        values["id"],
        values["label"],
        values["agency"],
        _roles(values["roles"]),
        values["enrolled_by"],
        moment(values["at"]),
        revoked,
    )


def _credential(row: Row[tuple[object, ...]]) -> CredentialRow:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return CredentialRow(values["id"], values["officer"], values["public_key"], values["uses"], moment(values["at"]))


def _waiting(row: Row[tuple[object, ...]]) -> WaitingRow:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return WaitingRow(
        values["consent"],
        values["discloser"],
        values["recipient"],
        values["taker"],
        values["author"],
        moment(values["at"]),
    )

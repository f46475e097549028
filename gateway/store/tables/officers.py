"""Tables about people who sign in: no secret and nothing about the people they care for.

What a browser holds (a link, a session, a challenge) is here as a keyed digest only.
"""

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column

_CREDENTIAL = LargeBinary(1023)
"""The longest a credential's id may be (WebAuthn Level 2, section 4)."""


class OfficerTable(SQLModel, table=True):
    """Somebody who may sign in; `enrolled_by` is an officer's id or `operator`."""

    __tablename__ = "officer"
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    label: str = Field(sa_column=column(Kind.REGISTER, String(40)))
    agency: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    roles: str = Field(sa_column=column(Kind.CODE, String(128)))
    enrolled_by: str = Field(sa_column=column(Kind.ID, ID))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    revoked: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))


class OfficerCredentialTable(SQLModel, table=True):
    """An officer's passkey: its public key (COSE) and the highest count it has shown."""

    __tablename__ = "officer_credential"
    __table_args__ = (Index(None, "officer"),)
    id: bytes = Field(sa_column=column(Kind.ID, _CREDENTIAL, key=True))
    officer: str = Field(sa_column=column(Kind.ID, ID))
    public_key: bytes = Field(sa_column=column(Kind.REGISTER, LargeBinary()))
    uses: int = Field(sa_column=column(Kind.COUNT, BigInteger()))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class OfficerInvitationTable(SQLModel, table=True):
    """A one-time link that nobody used yet."""

    __tablename__ = "officer_invitation"
    __table_args__ = (Index(None, "expires"),)
    digest: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32), key=True))
    officer: str = Field(sa_column=column(Kind.ID, ID))
    label: str = Field(sa_column=column(Kind.REGISTER, String(40)))
    agency: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    roles: str = Field(sa_column=column(Kind.CODE, String(128)))
    invited_by: str = Field(sa_column=column(Kind.ID, ID))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class OfficerSessionTable(SQLModel, table=True):
    """Somebody who is signed in; `expires` is when that is over whatever happens."""

    __tablename__ = "officer_session"
    __table_args__ = (Index(None, "officer"), Index(None, "expires"))
    digest: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32), key=True))
    officer: str = Field(sa_column=column(Kind.ID, ID))
    begun: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    seen: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class OfficerChallengeTable(SQLModel, table=True):
    """A challenge that waits for its answer, and a digest of what it was made for."""

    __tablename__ = "officer_challenge"
    __table_args__ = (Index(None, "expires"),)
    digest: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32), key=True))
    bound: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32)))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class ConsentWaitingTable(SQLModel, table=True):
    """A consent that waits for a second person (C-19): which agency took it, which officer wrote it down."""

    __tablename__ = "consent_waiting"
    consent: str = Field(sa_column=column(Kind.ID, ID, key=True))
    discloser: str = Field(sa_column=column(Kind.ID, ID))
    recipient: str = Field(sa_column=column(Kind.ID, ID))
    taker: str = Field(sa_column=column(Kind.ID, ID))
    author: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class ReidentificationTable(SQLModel, table=True):
    """An officer asks who a recipient's pseudonym is: who asked and agreed, why, and whether the answer was shown."""

    __tablename__ = "reidentification"
    __table_args__ = (Index(None, "author"), Index(None, "expires"))
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    recipient: str = Field(sa_column=column(Kind.ID, ID))
    blind: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32)))
    reason: str = Field(sa_column=column(Kind.CODE, CODE))
    author: str = Field(sa_column=column(Kind.ID, ID))
    approver: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    shown: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))

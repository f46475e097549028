"""What is recorded about people beside their consents, and what is watched until somebody has looked at it."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Text
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column


class CaseEventTable(SQLModel, table=True):
    """One fact about a person; never updated (C-17). `terms` are codes, agency ids and days; the rest is sealed.

    `by` is an agency id, or `officer:` and an officer's id.
    """

    __tablename__ = "case_event"
    __table_args__ = (
        Index(None, "person"),
        Index(None, "override"),
        Index(None, "type", "at"),
        Index(None, "by", "type"),
    )
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, info={"kind": Kind.COUNT}))
    event: str = Field(sa_column=column(Kind.ID, ID))
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))
    type: str = Field(sa_column=column(Kind.CODE, CODE))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    by: str = Field(sa_column=column(Kind.ID, String(96)))
    override: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    terms: str = Field(sa_column=column(Kind.CODE, Text()))
    sealed: bytes | None = Field(default=None, sa_column=column(Kind.SEALED, LargeBinary(), optional=True))


class LikenessTable(SQLModel, table=True):
    """Whom a notice without identity was asked for, by what it would tell; deletable with the person (P-05)."""

    __tablename__ = "notice_likeness"
    __table_args__ = (Index(None, "likeness"), Index(None, "person"))
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, info={"kind": Kind.COUNT}))
    likeness: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32)))
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))

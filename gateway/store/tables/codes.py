"""One-time codes and links between records (`gateway.core.records.code_rows`): keyed digests, ids and times.

A table class validates nothing; rows are made in this folder only.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column


class CodeTable(SQLModel, table=True):
    """A code that was given out: its keyed digest, and the record it leads to."""

    __tablename__ = "code"
    __table_args__ = (Index(None, "expires"), Index(None, "person"), {"sqlite_with_rowid": False})
    digest: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32), key=True))
    kind: str = Field(sa_column=column(Kind.CODE, CODE))
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))
    consent: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    expires: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))


class CodeUseTable(SQLModel, table=True):
    """One use of a code, by an agency, for one of its records."""

    __tablename__ = "code_use"
    __table_args__ = (Index(None, "expires"), Index(None, "person"), {"sqlite_with_rowid": False})
    digest: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32), key=True))
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16), key=True))
    use: str = Field(sa_column=column(Kind.CODE, CODE))
    agency: str = Field(sa_column=column(Kind.ID, ID))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class CodeTryTable(SQLModel, table=True):
    """One wrong code, counted against a client until it expires."""

    __tablename__ = "code_try"
    __table_args__ = (Index(None, "client", "kind"), Index(None, "expires"))
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, info={"kind": Kind.COUNT}))
    client: str = Field(sa_column=column(Kind.ID, ID))
    kind: str = Field(sa_column=column(Kind.CODE, CODE))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class PersonLinkTable(SQLModel, table=True):
    """Two records are one person, in both directions; never changed."""

    __tablename__ = "person_link"
    __table_args__ = ({"sqlite_with_rowid": False},)
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16), key=True))
    other: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16), key=True))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))

"""Which key signs access tokens. A number, a time, and whether the one before still counts; no key is ever here."""

from sqlalchemy import BigInteger, Boolean, Integer, Table
from sqlmodel import Field, SQLModel

from gateway.core.records.signing_key_rows import SigningKeyRow
from gateway.store.moments import ticks
from gateway.store.tables.columns import Kind, Values, column, table_of


class SigningKeyTable(SQLModel, table=True):
    """Each change of the key that signs access tokens; never updated."""

    __tablename__ = "signing_key"
    number: int = Field(sa_column=column(Kind.COUNT, Integer(), key=True))
    since: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    keeps_previous: bool = Field(sa_column=column(Kind.CODE, Boolean()))


SIGNING_KEY = table_of(SigningKeyTable)


def signing_key_insertion(row: SigningKeyRow) -> tuple[Table, Values]:
    """Return the table a row belongs to and its columns."""
    return SIGNING_KEY, {"number": row.number, "since": ticks(row.since), "keeps_previous": row.keeps_previous}

"""The table of corrections (`gateway.core.replacing`): random ids and a number."""

from sqlalchemy import Index, Integer
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import ID, Kind, column


class ReplacementTable(SQLModel, table=True):
    """A referral that replaced another (A-03), and which version it is; deleted with the referral.

    None is replaced by two: whatever decided beside another, the database takes one of them.
    """

    __tablename__ = "replacement"
    __table_args__ = (Index(None, "replaces", unique=True), {"sqlite_with_rowid": False})
    referral: str = Field(sa_column=column(Kind.ID, ID, key=True))
    replaces: str = Field(sa_column=column(Kind.ID, ID))
    version: int = Field(sa_column=column(Kind.COUNT, Integer()))

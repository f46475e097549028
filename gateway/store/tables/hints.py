"""The table of hints (`gateway.core.hints`): a keyed digest, a sealed id, and times."""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import ID, Kind, column


class HintTable(SQLModel, table=True):
    """A case that an agency's system said had changed, until it was fetched and decided, and for a week at most.

    `record` is the case's id there, under the key ring; nothing else of a hint is kept.
    """

    __tablename__ = "hint"
    __table_args__ = (Index(None, "hook"), Index(None, "due"), {"sqlite_with_rowid": False})
    name: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32), key=True))
    hook: str = Field(sa_column=column(Kind.ID, ID))
    record: bytes = Field(sa_column=column(Kind.CREDENTIAL, LargeBinary()))
    since: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    due: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    count: int = Field(sa_column=column(Kind.COUNT, Integer()))
    tries: int = Field(sa_column=column(Kind.COUNT, Integer()))
    token: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))
    held_until: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))

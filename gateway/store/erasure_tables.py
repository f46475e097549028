"""The one row an erasure leaves behind until the key is destroyed (`gateway.core.erasing`)."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel

from gateway.store.columns import Kind, column


class ErasurePendingTable(SQLModel, table=True):
    """A record whose rows are gone and whose data key is still to be destroyed; deleted once it is."""

    __tablename__ = "erasure_pending"
    __table_args__ = ({"sqlite_with_rowid": False},)
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16), key=True))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))

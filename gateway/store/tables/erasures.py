"""What an erasure (`gateway.core.erasure`) leaves behind until it is carried out, and until the key is destroyed."""

from sqlalchemy import BigInteger, Boolean, LargeBinary
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import ID, Kind, column


class ErasurePendingTable(SQLModel, table=True):
    """A record whose rows are gone and whose data key is still to be destroyed; deleted once it is."""

    __tablename__ = "erasure_pending"
    __table_args__ = ({"sqlite_with_rowid": False},)
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16), key=True))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class ErasureAskedTable(SQLModel, table=True):
    """An erasure that was asked for and waits; `review` is the number for nobody under which overrides are judged."""

    __tablename__ = "erasure_asked"
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    agency: str = Field(sa_column=column(Kind.ID, ID))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    ordered: bool = Field(sa_column=column(Kind.CODE, Boolean()))
    review: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))


class ErasureKeptTable(SQLModel, table=True):
    """Everything that stood about one record when its erasure was asked for, as one value nobody meets."""

    __tablename__ = "erasure_kept"
    __table_args__ = ({"sqlite_with_rowid": False},)
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16), key=True))
    request: str = Field(sa_column=column(Kind.ID, ID))
    sealed: bytes = Field(sa_column=column(Kind.SEALED, LargeBinary()))

"""The tables of the courier: agencies' own systems, the lanes to them, and what was tried. Ids, codes and times."""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column


class EndpointTable(SQLModel, table=True):
    """An agency's own system; the document satisfies schema endpoint/1.0. `sealed` opens it, under the key ring."""

    __tablename__ = "endpoint"
    agency: str = Field(sa_column=column(Kind.ID, ID, key=True))
    brings: str = Field(sa_column=column(Kind.CODE, CODE))
    document: str = Field(sa_column=column(Kind.REGISTER, Text()))
    secret: int = Field(sa_column=column(Kind.COUNT, Integer()))
    sealed: bytes = Field(sa_column=column(Kind.CREDENTIAL, LargeBinary()))


class LaneTable(SQLModel, table=True):
    """Who brings a recipient its messages now, and how often in a row that failed (`gateway.core.lanes`)."""

    __tablename__ = "lane"
    recipient: str = Field(sa_column=column(Kind.ID, ID, key=True))
    token: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))
    held_until: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    resume: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    failures: int = Field(sa_column=column(Kind.COUNT, Integer()))


class DeliveryTable(SQLModel, table=True):
    """What is known of a message that did not arrive at once; there is none for one that did."""

    __tablename__ = "delivery"
    __table_args__ = ({"sqlite_with_rowid": False},)
    message: str = Field(sa_column=column(Kind.ID, ID, key=True))
    attempts: int = Field(sa_column=column(Kind.COUNT, Integer()))
    steps: int = Field(sa_column=column(Kind.COUNT, Integer()))
    code: str | None = Field(default=None, sa_column=column(Kind.CODE, CODE, optional=True))
    at: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))
    told: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))
    alarmed: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))


class SignedReceiptTable(SQLModel, table=True):
    """What a recipient signed when it had a message; `event` is that of the leaf that commits to it."""

    __tablename__ = "signed_receipt"
    __table_args__ = (Index(None, "person"), {"sqlite_with_rowid": False})
    message: str = Field(sa_column=column(Kind.ID, ID, key=True))
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))
    event: str = Field(sa_column=column(Kind.ID, ID))
    sealed: bytes = Field(sa_column=column(Kind.SEALED, LargeBinary()))

"""The tables of the files that disclosures name. Ids, numbers, codes and times; what is in them is sealed twice."""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column


class AttachmentTable(SQLModel, table=True):
    """A file that a disclosure names: `awaited` until `expires`, or `complete`. `sealed` is its length and digest.

    `upload` names the attempt to bring it that counts.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index(None, "message"),
        Index(None, "referral"),
        Index(None, "person"),
        Index(None, "expires"),
        {"sqlite_with_rowid": False},
    )
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    message: str = Field(sa_column=column(Kind.ID, ID))
    referral: str = Field(sa_column=column(Kind.ID, ID))
    number: int = Field(sa_column=column(Kind.COUNT, Integer()))
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))
    size_class: int = Field(sa_column=column(Kind.COUNT, BigInteger()))
    sealed: bytes = Field(sa_column=column(Kind.SEALED, LargeBinary()))
    state: str = Field(sa_column=column(Kind.CODE, CODE))
    upload: bytes | None = Field(default=None, sa_column=column(Kind.ID, LargeBinary(16), optional=True))
    expires: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))


class AttachmentPieceTable(SQLModel, table=True):
    """A piece of such a file, as its sender's client sealed it to the recipient, and sealed once more."""

    __tablename__ = "attachment_piece"
    attachment: str = Field(sa_column=column(Kind.ID, ID, key=True))
    number: int = Field(sa_column=column(Kind.COUNT, Integer(), key=True))
    sealed: bytes = Field(sa_column=column(Kind.SEALED, LargeBinary()))

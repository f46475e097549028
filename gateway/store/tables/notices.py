"""The table of notices to past recipients (C-10, A-03).

Ids, codes and times only: a notice works after her data key is gone, and says nothing about her.
"""

from sqlalchemy import BigInteger, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column


class NoticeTable(SQLModel, table=True):
    """A notice to a past recipient. States: `schemas.notice_codes.NoticeState`."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(None, "recipient", "state", "due"),
        Index(None, "about"),
        Index(None, "referral", "kind"),
        Index(None, "person"),
    )
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    kind: str = Field(sa_column=column(Kind.CODE, CODE))
    about: str = Field(sa_column=column(Kind.ID, ID))
    referral: str = Field(sa_column=column(Kind.ID, ID))
    sender: str = Field(sa_column=column(Kind.ID, ID))
    recipient: str = Field(sa_column=column(Kind.ID, ID))
    person: bytes | None = Field(default=None, sa_column=column(Kind.ID, LargeBinary(16), optional=True))
    created: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    due: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    deadline: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    state: str = Field(sa_column=column(Kind.CODE, CODE))
    ground: str | None = Field(default=None, sa_column=column(Kind.CODE, CODE, optional=True))
    replaced_by: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    lease_until: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))
    escalated_at: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))
    categories: str | None = Field(default=None, sa_column=column(Kind.CODE, Text(), optional=True))
    use_until: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))

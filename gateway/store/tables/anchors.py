"""The table of anchors (`gateway.core.log.anchors`): checkpoints as seen from outside. Nothing about anybody."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, Kind, column


class AnchorTable(SQLModel, table=True):
    """What a witness or a time-stamping authority said of one checkpoint; never updated, never deleted."""

    __tablename__ = "anchor"
    __table_args__ = (Index(None, "by", "at"), Index(None, "kind", "size"))
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, info={"kind": Kind.COUNT}))
    kind: str = Field(sa_column=column(Kind.CODE, CODE))
    by: str = Field(sa_column=column(Kind.REGISTER, String(256)))
    size: int = Field(sa_column=column(Kind.COUNT, BigInteger()))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    note: bytes = Field(sa_column=column(Kind.LEAF, LargeBinary()))
    content: bytes = Field(sa_column=column(Kind.LEAF, LargeBinary()))

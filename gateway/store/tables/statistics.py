"""Statistical releases: who takes part, who approved, and the table that was released. Never a person (P-04, P-06).

A table class validates nothing; rows are made in this folder only.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, Text
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column


class ReleaseStepTable(SQLModel, table=True):
    """One step of a release; never updated. `document` holds the numbers as they were released."""

    __tablename__ = "statistics_step"
    __table_args__ = (Index(None, "release"),)
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, info={"kind": Kind.COUNT}))
    release: str = Field(sa_column=column(Kind.ID, ID))
    quarter: str = Field(sa_column=column(Kind.CODE, CODE))
    step: str = Field(sa_column=column(Kind.CODE, CODE))
    agency: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    document: str | None = Field(default=None, sa_column=column(Kind.CODE, Text(), optional=True))

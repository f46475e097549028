"""The register of breaches: codes, ids and moments; never a person, never prose (A-05).

A table class validates nothing; rows are made in this folder only.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, Text
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column


class BreachStepTable(SQLModel, table=True):
    """One step of one entry; never updated. `terms` are codes, ids of agencies and referrals, and moments."""

    __tablename__ = "breach_step"
    __table_args__ = (Index(None, "breach"),)
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, info={"kind": Kind.COUNT}))
    breach: str = Field(sa_column=column(Kind.ID, ID))
    step: str = Field(sa_column=column(Kind.CODE, CODE))
    officer: str = Field(sa_column=column(Kind.ID, ID))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    terms: str = Field(sa_column=column(Kind.CODE, Text()))

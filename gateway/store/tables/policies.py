"""Country profiles on their way into force: proposed, approved by whom, in force since when. Never a person.

A table class validates nothing; rows are made in this folder only.
"""

from sqlalchemy import BigInteger, Column, Integer, Text
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column


class PolicyStepTable(SQLModel, table=True):
    """One step of a profile; never updated. `profile` is as proposed, `replay` what it would have changed."""

    __tablename__ = "policy_step"
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, info={"kind": Kind.COUNT}))
    digest: str = Field(sa_column=column(Kind.CODE, CODE))
    step: str = Field(sa_column=column(Kind.CODE, CODE))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    officer: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    profile: str | None = Field(default=None, sa_column=column(Kind.CODE, Text(), optional=True))
    replay: str | None = Field(default=None, sa_column=column(Kind.CODE, Text(), optional=True))

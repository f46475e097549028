"""Questions for room and what became of them (M-05): ids of agencies, codes and times; nothing leads to a person.

A table class validates nothing; rows are made in this folder only.
"""

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column


class RoomQuestionTable(SQLModel, table=True):
    """One question to one recipient: codes made coarse; forgotten when its answer can serve nobody any more."""

    __tablename__ = "room_question"
    __table_args__ = (Index(None, "recipient"), Index(None, "sender"), Index(None, "expires"))
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    sender: str = Field(sa_column=column(Kind.ID, ID))
    recipient: str = Field(sa_column=column(Kind.ID, ID))
    purpose: str = Field(sa_column=column(Kind.CODE, CODE))
    need: str = Field(sa_column=column(Kind.CODE, CODE))
    age: str = Field(sa_column=column(Kind.CODE, CODE))
    language: str | None = Field(default=None, sa_column=column(Kind.CODE, CODE, optional=True))
    region: str | None = Field(default=None, sa_column=column(Kind.CODE, CODE, optional=True))
    asked: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    answer_by: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class RoomAnswerTable(SQLModel, table=True):
    """One thing that became of a question; the newest counts. Never updated."""

    __tablename__ = "room_answer"
    __table_args__ = (Index(None, "question"), Index(None, "expires"))
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, info={"kind": Kind.COUNT}))
    question: str = Field(sa_column=column(Kind.ID, ID))
    answer: str = Field(sa_column=column(Kind.CODE, CODE))
    since: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))

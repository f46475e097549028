"""What every table of the database is made of: columns that say what kind of data they hold."""

from enum import unique
from typing import TypeAlias, TypeVar

from sqlalchemy import Column, String, Table
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from schemas.vocabulary import Coded

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

ID, CODE = String(64), String(64)
_T = TypeVar("_T")

Values: TypeAlias = "dict[str, str | int | bytes | bool | None]"
"""A row by its columns' names."""


@unique
class Kind(Coded):
    """What a column holds, from the point of view of somebody who steals the database."""

    ID = "id", "A random id, or an agency's or client's registered id."
    CODE = "code", "A member of a closed code list, or several."
    TIME = "time", "A moment."
    COUNT = "count", "A number or a version."
    BLIND = "blind", "A keyed digest; the key is not in the database."
    SEALED = "sealed", "Ciphertext under a person's data key, of one of few lengths."
    WRAPPED = "wrapped", "A data key, wrapped by the key ring; what wraps it is in no database."
    CREDENTIAL = "credential", "Ciphertext under a key of the key ring, which is in no database, of one of few lengths."
    REGISTER = (
        "register",
        "Public facts about agencies, agreements and clients: titles, contacts, public keys; what officers are called.",
    )
    LEAF = "leaf", "Ledger bytes and hashes: codes, ids and keyed commitments."


def column(kind: Kind, type_: TypeEngine[_T], *, key: bool = False, optional: bool = False) -> Column[_T]:
    """Return a column of that kind; nothing in it is counted up by the database."""
    return Column(type_, primary_key=key, nullable=optional, autoincrement=False, info={"kind": kind})


def table_of(model: type[SQLModel]) -> Table:
    """Return the table behind a model."""
    return SQLModel.metadata.tables[str(model.__tablename__)]

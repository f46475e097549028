"""Between codes and links and their columns."""

from typing import TypeAlias, assert_never

from sqlalchemy import Table
from sqlmodel import SQLModel

from gateway.core.code_rows import CodeInsert, CodeRow, CodeUseRow, LinkRow, TryRow
from gateway.store import code_tables
from gateway.store.moments import ticks

_Values: TypeAlias = "dict[str, str | int | bytes | bool | None]"


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


CODE = _table(code_tables.CodeTable)
CODE_USE = _table(code_tables.CodeUseTable)
CODE_TRY = _table(code_tables.CodeTryTable)
PERSON_LINK = _table(code_tables.PersonLinkTable)


def code_insertion(row: CodeInsert) -> tuple[Table, _Values]:
    """Return the table a row belongs to and its columns."""
    match row:
        case CodeRow():
            expires = None if row.expires is None else ticks(row.expires)
            of_whom: _Values = {"person": row.person, "consent": row.consent, "expires": expires}
            return CODE, {"digest": row.digest, "kind": row.kind.value, **of_whom}
        case CodeUseRow():
            by_whom: _Values = {"use": row.use.value, "agency": row.agency, "expires": ticks(row.expires)}
            return CODE_USE, {"digest": row.digest, "person": row.person, **by_whom}
        case TryRow():
            return CODE_TRY, {"client": row.client, "kind": row.kind.value, "expires": ticks(row.expires)}
        case LinkRow():
            return PERSON_LINK, {"person": row.person, "other": row.other, "at": ticks(row.at)}
        case _:
            assert_never(row)

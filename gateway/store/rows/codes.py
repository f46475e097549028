"""Between codes and links and their columns."""

from typing import assert_never

from sqlalchemy import Table

from gateway.core.records.code_rows import CodeInsert, CodeRow, CodeUseRow, LinkRow, TryRow
from gateway.store.moments import ticks
from gateway.store.tables import codes
from gateway.store.tables.columns import Values, table_of

CODE = table_of(codes.CodeTable)
CODE_USE = table_of(codes.CodeUseTable)
CODE_TRY = table_of(codes.CodeTryTable)
PERSON_LINK = table_of(codes.PersonLinkTable)


def code_insertion(row: CodeInsert) -> tuple[Table, Values]:
    """Return the table a row belongs to and its columns."""
    match row:
        case CodeRow():
            expires = None if row.expires is None else ticks(row.expires)
            of_whom: Values = {"person": row.person, "consent": row.consent, "expires": expires}
            return CODE, {"digest": row.digest, "kind": row.kind.value, **of_whom}
        case CodeUseRow():
            by_whom: Values = {"use": row.use.value, "agency": row.agency, "expires": ticks(row.expires)}
            return CODE_USE, {"digest": row.digest, "person": row.person, **by_whom}
        case TryRow():
            return CODE_TRY, {"client": row.client, "kind": row.kind.value, "expires": ticks(row.expires)}
        case LinkRow():
            return PERSON_LINK, {"person": row.person, "other": row.other, "at": ticks(row.at)}
        case _:
            assert_never(row)

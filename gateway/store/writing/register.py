"""Writes the register: agencies, agreements, clients, and what was revoked. Inside the writer's transaction only."""

import json

from sqlalchemy import Connection, Table, delete, insert, select, tuple_, update

from gateway.core.access.client_rights import rights_document
from gateway.core.heads import agreement_head
from gateway.core.rows import AgencyRow, AgreementRow, ClientRow
from gateway.store.moments import ticks, ticks_of_seconds
from gateway.store.rows.line import AGENCY, AGREEMENT, CLIENT, HEAD, REVOKED_TOKEN, json_text
from gateway.store.tables.columns import Values


def put(connection: Connection, row: AgencyRow | AgreementRow | ClientRow) -> None:
    """Insert the row, or replace the one of that id."""
    table, values = _columns(row)
    connection.execute(delete(table).where(table.c.id == row.id))
    connection.execute(insert(table), values)


def heads_beside(connection: Connection, row: AgreementRow) -> dict[str, int]:
    """Return the heads of the other agreements about the route of this one, with their versions."""
    route = (AGREEMENT.c.sender, AGREEMENT.c.recipient, AGREEMENT.c.purpose)
    same_route = tuple_(*route) == (row.sender, row.recipient, row.purpose.value)
    others = connection.execute(select(AGREEMENT.c.id).where(same_route, AGREEMENT.c.id != row.id)).scalars()
    names = [agreement_head(other) for other in others]
    query = select(HEAD.c.id, HEAD.c.version).where(HEAD.c.id.in_(names)).order_by(HEAD.c.id).with_for_update()
    return dict(connection.execute(query).all())


def disable_client(connection: Connection, client: str) -> bool:
    """Switch a client off; False when there is none of that id."""
    return connection.execute(update(CLIENT).where(CLIENT.c.id == client).values(enabled=False)).rowcount == 1


def revoke_token(connection: Connection, jti: str, expires_at: int) -> bool:
    """Remember a token as revoked; False when it was."""
    known = connection.execute(select(REVOKED_TOKEN.c.jti).where(REVOKED_TOKEN.c.jti == jti)).one_or_none()
    if known is None:
        connection.execute(insert(REVOKED_TOKEN), {"jti": jti, "expires": ticks_of_seconds(expires_at)})
    return known is None


def _columns(row: AgencyRow | AgreementRow | ClientRow) -> tuple[Table, Values]:
    match row:
        case AgencyRow():
            return AGENCY, {"id": row.id, "document": json_text(row.document)}
        case AgreementRow():
            return AGREEMENT, {
                "id": row.id,
                "sender": row.sender,
                "recipient": row.recipient,
                "purpose": row.purpose.value,
                "begins": ticks(row.begins),
                "ends": ticks(row.ends),
                "document": json_text(row.document),
            }
        case ClientRow():
            return CLIENT, {
                "id": row.id,
                "agency": row.agency,
                "scopes": " ".join(sorted(row.scopes)),
                "jwks": json.dumps(list(row.jwks)),
                "mode": row.mode.value,
                "rights": json_text(rights_document(row.rights)),
                "names": json.dumps([[name.kind.value, name.value] for name in row.names]),
                "enabled": True,
            }

"""OAuth clients, the kill switch, and single use.

What gateway/oauth asks of the database, by way of `gateway.wiring`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from gateway.core.access.certificates import CertificateName
from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import ClientRights, rights_of
from gateway.core.access.scopes import Scope
from gateway.store.reading.books import names_of
from gateway.store.rows.line import CLIENT, REVOKED_TOKEN, json_document


@dataclass(frozen=True, slots=True)
class StoredClient:
    """A client as registered: agency, public keys (RFC 7517), scopes, how it holds its tokens, bounds, names."""

    client_id: str
    agency: str
    jwks: Sequence[Mapping[str, object]]
    scopes: frozenset[Scope]
    enabled: bool
    mode: ClientMode
    rights: ClientRights
    names: Sequence[CertificateName]


@dataclass(frozen=True, slots=True)
class ClientReader:
    """Reads clients and revocations; always from the database, so that a kill switch works on every node at once."""

    engine: Engine

    def client(self, client_id: str) -> StoredClient | None:
        """Return the client of that id; what cannot be an id is nobody's, and no database is asked about it."""
        if not (client_id.isascii() and client_id.isprintable()):
            return None
        with self.engine.connect() as connection:
            row = connection.execute(select(CLIENT).where(CLIENT.c.id == client_id)).one_or_none()
        if row is None:
            return None
        scopes = frozenset(map(Scope, row.scopes.split()))
        mode, rights = ClientMode(row.mode), rights_of(json_document(row.rights))
        keys, names = json.loads(row.jwks), names_of(row.names)
        return StoredClient(row.id, row.agency, keys, scopes, row.enabled, mode, rights, names)

    def clients(self) -> tuple[StoredClient, ...]:
        """Return every client, by id."""
        with self.engine.connect() as connection:
            ids = connection.execute(select(CLIENT.c.id).order_by(CLIENT.c.id)).scalars().all()
        return tuple(found for client_id in ids if (found := self.client(client_id)) is not None)

    def revoked(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return the ids of disabled clients and of revoked tokens."""
        with self.engine.connect() as connection:
            clients = connection.execute(select(CLIENT.c.id).where(~CLIENT.c.enabled)).scalars().all()
            tokens = connection.execute(select(REVOKED_TOKEN.c.jti)).scalars().all()
        return frozenset(clients), frozenset(tokens)

    def is_revoked(self, client_id: str, token_jti: str) -> bool:
        """Say whether the client is unknown or switched off, or the token revoked."""
        with self.engine.connect() as connection:
            enabled = select(CLIENT.c.id).where(CLIENT.c.id == client_id, CLIENT.c.enabled)
            taken = select(REVOKED_TOKEN.c.jti).where(REVOKED_TOKEN.c.jti == token_jti)
            return connection.execute(enabled).first() is None or connection.execute(taken).first() is not None

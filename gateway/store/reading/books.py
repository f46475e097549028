"""Reads the register afresh, for registrations (`gateway.core.parties.registry.Books`)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from gateway.core.access.certificates import CertificateName, NameKind
from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import rights_of
from gateway.core.access.scopes import Scope
from gateway.core.heads import REGISTER, Head, client_head
from gateway.core.rows import ClientRow
from gateway.store.heads import head_of
from gateway.store.rows.line import AGENCY, AGREEMENT, CLIENT, json_document
from schemas.documents import Document


@dataclass(frozen=True, slots=True)
class BookReader:
    """The register as it stands in the database."""

    engine: Engine

    def head(self) -> Head:
        """Return the version of the whole register."""
        with self.engine.connect() as connection:
            return head_of(connection, REGISTER)

    def agency_documents(self) -> Sequence[Document]:
        """Return every agency's registration."""
        with self.engine.connect() as connection:
            return [json_document(text) for text in connection.execute(select(AGENCY.c.document)).scalars()]

    def agreement_documents(self) -> Sequence[Document]:
        """Return every signed agreement."""
        with self.engine.connect() as connection:
            return [json_document(text) for text in connection.execute(select(AGREEMENT.c.document)).scalars()]

    def client_keys(self) -> Sequence[tuple[str, str, Sequence[Mapping[str, object]]]]:
        """Return (client, agency, public keys) of every client."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(CLIENT.c.id, CLIENT.c.agency, CLIENT.c.jwks)).all()
        return [(row.id, row.agency, json.loads(row.jwks)) for row in rows]

    def client_row(self, client: str) -> tuple[ClientRow, Head] | None:
        """Return a client that is not switched off, and the version it was read at."""
        with self.engine.connect() as connection:
            head = head_of(connection, client_head(client))
            row = connection.execute(select(CLIENT).where(CLIENT.c.id == client, CLIENT.c.enabled)).one_or_none()
        if row is None:
            return None
        scopes, rights = frozenset(map(Scope, row.scopes.split())), rights_of(json_document(row.rights))
        keys, mode, names = tuple(json.loads(row.jwks)), ClientMode(row.mode), names_of(row.names)
        return ClientRow(row.id, row.agency, keys, scopes, mode, rights, names), head

    def certificate_names(self) -> frozenset[CertificateName]:
        """Return the names by which the clients of mutual TLS are known."""
        with self.engine.connect() as connection:
            found = connection.execute(select(CLIENT.c.names)).scalars().all()
        return frozenset(name for text in found for name in names_of(text))

    def audiences(self) -> frozenset[str]:
        """Return the names of the resource servers that may ask about tokens."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(CLIENT.c.rights).where(CLIENT.c.enabled)).scalars().all()
        named = (rights_of(json_document(row)).audience for row in rows)
        return frozenset(audience for audience in named if audience is not None)


def names_of(text: str) -> tuple[CertificateName, ...]:
    """Read the column of names."""
    return tuple(CertificateName(NameKind(kind), value) for kind, value in json.loads(text))

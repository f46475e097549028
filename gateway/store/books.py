"""Reads the register afresh, for registrations (`gateway.core.registry.Books`)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from gateway.store.rows import AGENCY, AGREEMENT, CLIENT, json_document
from schemas.documents import Document


@dataclass(frozen=True, slots=True)
class BookReader:
    """The register as it stands in the database."""

    engine: Engine

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

"""What a recipient's signed receipt is held against, and the receipts that were kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Engine, select

from gateway.core.encoding import unbase64
from gateway.core.known import Whose
from gateway.store.prepared import reading
from gateway.store.rows.line import AGENCY, SIGNED_RECEIPT, json_document
from gateway.store.writing import parcels


@dataclass(frozen=True, slots=True)
class ReceiptReader:
    """`gateway.core.signed_receipts.ReceiptBook` over the database."""

    engine: Engine

    def whose(self, message: str) -> Whose | None:
        """Return whom a message is about."""
        with reading(self.engine) as connection:
            return parcels.whose(connection, message)

    def signing_keys(self, agency: str) -> Mapping[str, bytes]:
        """Return an agency's registered Ed25519 keys by their ids."""
        with self.engine.connect() as connection:
            document = connection.execute(select(AGENCY.c.document).where(AGENCY.c.id == agency)).scalar_one_or_none()
        if document is None:
            return {}
        uses = cast("Mapping[str, Sequence[Mapping[str, str]]]", json_document(document).get("keys", {}))
        return {key["id"]: unbase64(key["public_key"]) for key in uses.get("signing", ())}

    def kept(self, message: str) -> bytes | None:
        """Return the sealed receipt of a message."""
        query = select(SIGNED_RECEIPT.c.sealed).where(SIGNED_RECEIPT.c.message == message)
        with self.engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

"""Reads agencies and agreements, and remembers them until their heads move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Engine, literal, select
from sqlalchemy import Row as SqlRow

from consent.records import Agreement
from gateway.core.agencies import Agency, RecipientKey
from gateway.core.boxes import Sealing
from gateway.core.encoding import unbase64
from gateway.core.heads import Head, agency_head, agreement_head
from gateway.core.ports import Clock
from gateway.store.moments import moment, ticks
from gateway.store.reading.memory import Memory
from gateway.store.rows.line import AGENCY, AGREEMENT, HEAD, json_document
from schemas.documents import Document
from schemas.vocabulary import DataCategory, DeliveryMode, FunctionClass, LegalBasis, Purpose


@dataclass(frozen=True, slots=True)
class DirectoryReader:
    """`gateway.core.ports.Directory` over the database."""

    engine: Engine
    memory: Memory
    clock: Clock

    def agency(self, agency: str) -> Agency | None:
        """Return the agency registered under that id."""
        return self.memory.recall(("agency", agency), lambda: self._agency(agency))

    def agreement(self, sender: str, recipient: str, purpose: Purpose) -> tuple[Agreement, Head] | None:
        """Return the newest agreement about that route of those in force now; where none is, the newest of all.

        So a renewal may be registered before it begins, and the one it renews holds until then.
        """
        key = ("agreement", sender, recipient, purpose)
        known = self.memory.recall(key, lambda: self._agreements(sender, recipient, purpose))
        now = self.clock.now()
        in_force = [found for found in known if found[0].in_force(now)]
        return next(iter(in_force or known), None)

    def agencies(self) -> tuple[Agency, ...]:
        """Return every agency, by id."""
        with self.engine.connect() as connection:
            ids = connection.execute(select(AGENCY.c.id).order_by(AGENCY.c.id)).scalars().all()
        return tuple(found for agency in ids if (found := self.agency(agency)) is not None)

    def partners(self, sender: str) -> tuple[Agency, ...]:
        """Return the agencies that one may send to now or later, by an agreement that has not ended, by id."""
        query = select(AGREEMENT.c.recipient).where(
            AGREEMENT.c.sender == sender, AGREEMENT.c.ends > ticks(self.clock.now())
        )
        with self.engine.connect() as connection:
            ids = connection.execute(query.distinct().order_by(AGREEMENT.c.recipient)).scalars().all()
        return tuple(found for agency in ids if (found := self.agency(agency)) is not None)

    def agreements(self) -> tuple[Document, ...]:
        """Return every signed agreement document, by id."""
        with self.engine.connect() as connection:
            documents = connection.execute(select(AGREEMENT.c.document).order_by(AGREEMENT.c.id)).scalars().all()
        return tuple(map(json_document, documents))

    def _agency(self, agency: str) -> tuple[Agency | None, Sequence[str]]:
        name = agency_head(agency)
        query = select(AGENCY.c.document, HEAD.c.version).join(HEAD, HEAD.c.id == name).where(AGENCY.c.id == agency)
        with self.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None, ()
        return _read_agency(json_document(row.document), Head(name, row.version)), (name,)

    def _agreements(
        self, sender: str, recipient: str, purpose: Purpose
    ) -> tuple[tuple[tuple[Agreement, Head], ...], Sequence[str]]:
        """Read every agreement about a route, the newest first."""
        # Terms and version in one statement: read apart, the version could be that of later terms.
        query = (
            select(AGREEMENT, HEAD.c.version)
            .join(HEAD, HEAD.c.id == literal(agreement_head("")) + AGREEMENT.c.id)
            .where(
                AGREEMENT.c.sender == sender, AGREEMENT.c.recipient == recipient, AGREEMENT.c.purpose == purpose.value
            )
            .order_by(AGREEMENT.c.begins.desc(), AGREEMENT.c.id)
        )
        with self.engine.connect() as connection:
            found = tuple(map(_read_agreement, connection.execute(query)))
        return found, [head.id for _, head in found]


def _read_agreement(row: SqlRow[tuple[object, ...]]) -> tuple[Agreement, Head]:
    document = cast("Document", json_document(row.document)["agreement"])
    agreement = Agreement(
        id=row.id,
        version=row.version,
        sender=row.sender,
        recipient=row.recipient,
        purpose=Purpose(row.purpose),
        categories=frozenset(map(DataCategory, cast("list[str]", document["categories"]))),
        begins=moment(row.begins),
        ends=moment(row.ends),
        retention_days=cast("int", document["retention_days"]),
        capacity_first=document.get("capacity_first") is True,
        legal_bases=frozenset(map(LegalBasis, cast("list[str]", document["legal_basis"]))),
    )
    return agreement, Head(agreement_head(row.id), row.version)


def _read_agency(document: Document, head: Head) -> Agency:
    keys = cast("Mapping[str, list[Mapping[str, str]]]", document.get("keys", {}))
    sealing = next(iter(keys.get("sealing", [])), None)
    return Agency(
        id=str(document["id"]),
        title=str(document["title"]),
        function=FunctionClass(str(document["function_class"])),
        country=str(document["country"]),
        adapter=str(document["adapter"]),
        delivery=DeliveryMode(str(document["delivery_mode"])),
        sealing_key=None if sealing is None else _recipient_key(sealing),
        head=head,
    )


def _recipient_key(key: Mapping[str, str]) -> RecipientKey:
    return RecipientKey(key["id"], unbase64(key["public_key"]), Sealing(key["use"]))

"""The adapter that a mapping makes: the contract's functions, with nothing of the system in the code."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.sdk.contract import (
    Inbound,
    Outbound,
    Outgoing,
    OutgoingNotice,
    ParsedReferral,
    StatusUpdate,
)
from adapters.sdk.errors import SubjectUnclearError, UnsupportedError
from adapters.sdk.manifest import Manifest
from adapters.sdk.mapping.cells import Record, read_records, write_record
from adapters.sdk.mapping.model import FieldMapping, Hook, Path
from adapters.sdk.mapping.reading import FILE, read_mapping
from adapters.sdk.mapping.reads import read_record
from adapters.sdk.mapping.writes import write_record as written_record

_ROW = re.compile(r"row-([1-9][0-9]{0,3})")
_NAMING: frozenset[Path] = frozenset({("subject", "person_ref"), ("sender_reference",)})


@dataclass(frozen=True, slots=True)
class Seen:
    """One field of a document as a person at a terminal sees it: where it goes, or why it stays. Holds her data."""

    name: str
    texts: tuple[str, ...]
    to: Path
    kept: str


class Mapped:
    """An adapter made of the `mapping.toml` in a package."""

    def __init__(self, package: str, hooks: Mapping[str, Hook] | None = None, filename: str = FILE) -> None:
        """Read and check the mapping. Raises MappingError."""
        self.mapping: FieldMapping = read_mapping(package, hooks, filename)

    @classmethod
    def of(cls, mapping: FieldMapping) -> "Mapped":
        """Return the adapter of a mapping that was read already."""
        made = cls.__new__(cls)
        made.mapping = mapping
        return made

    @property
    def manifest(self) -> Manifest:
        """What this adapter says about itself."""
        return self.mapping.manifest

    def parse(self, inbound: Inbound) -> ParsedReferral:
        """Read the record that `inbound.subject` names, or the only one.

        It is named by what its field for the person or for the sender's reference says, or as `row-N` from the first.
        """
        return read_record(self._one(inbound), self.mapping)

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write one record."""
        written, losses = written_record(outgoing, self.mapping)
        return Outbound(write_record(written, self.mapping), self.manifest.outgoing_media_type, losses)

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Raise UnsupportedError: a mapping is of records."""
        del update
        raise UnsupportedError("", "direction")

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        """Raise UnsupportedError: a mapping is of records; the recipient gets notice/1.0."""
        del notice
        raise UnsupportedError("", "direction")

    def seen(self, inbound: Inbound) -> tuple[Seen, ...]:
        """Return every field of the record that is meant: mapped, never sent, and unknown ones."""
        record = self._one(inbound)
        fields = {field.name: field for field in self.mapping.read_fields()}
        shown = [
            Seen(name, tuple(cell.text for cell in record.get(name, ())), field.to, field.kept)
            for name, field in fields.items()
            if name in record
        ]
        unknown = [name for name in record if name not in fields]
        texts = (tuple(cell.text for cell in record[name]) for name in unknown)
        return (
            *shown,
            *(Seen(name, said, (), "not in the mapping") for name, said in zip(unknown, texts, strict=True)),
        )

    def _one(self, inbound: Inbound) -> Record:
        records = read_records(inbound.body, self.mapping)
        found: Sequence[Record] = records
        if inbound.subject is not None:
            row = _ROW.fullmatch(inbound.subject)
            naming = [field.name for field in self.mapping.read_fields() if field.to in _NAMING]
            found = [
                record
                for number, record in enumerate(records, start=1)
                if (row is not None and int(row[1]) == number)
                or any(cell.text == inbound.subject for name in naming for cell in record.get(name, ()))
            ]
        if len(found) != 1:
            raise SubjectUnclearError("/rows")
        return found[0]

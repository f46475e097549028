"""What erasing people asks of the world: the database, and the store of data keys. Protocols only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.crypto.blind import Mark
from gateway.core.rows import BindingRow


@dataclass(frozen=True, slots=True)
class Asked:
    """An erasure that waits: who asked and when, and what `gateway.core.erasure_steps.Aside` says of it."""

    id: str
    agency: str
    at: datetime
    ordered: bool
    review: bytes
    people: tuple[bytes, ...]


class ErasureBook(Protocol):
    """What the database knows that an erasure needs, read outside any transaction."""

    def bindings(self, people: Sequence[bytes]) -> Sequence[BindingRow]:
        """Return every reference by which agencies name these records."""
        ...

    def clients(self, agency: str) -> Sequence[str]:
        """Return the ids of an agency's clients."""
        ...

    def heads(self, people: Sequence[bytes], pairs: Sequence[bytes]) -> tuple[str, ...]:
        """Return the ids of the heads that go with these records, and with what was counted under these pairs."""
        ...

    def pending(self) -> Sequence[bytes]:
        """Return the records whose rows are gone and whose keys are still to be destroyed."""
        ...

    def asked(self) -> Sequence[Asked]:
        """Return every erasure that was asked for and is not carried out yet, the oldest first."""
        ...

    def counted(self) -> int:
        """Return how many erasures this database has seen."""
        ...

    def people(self) -> Iterator[bytes]:
        """Yield the id of every record."""
        ...

    def scrubbed(self) -> bool:
        """Let no deleted row be readable in the files any more; False when that has to wait."""
        ...


class KeyStore(Protocol):
    """Where data keys are destroyed, and where it is listed that they were."""

    def destroy(self, gone: Mapping[bytes, Mark], at: datetime) -> None:
        """Destroy these keys for good and list the marks, in one commit. Raises OperatorError when it could not."""
        ...

    def destroyed(self) -> Mapping[int, frozenset[bytes]]:
        """Return the digests of everybody erased, by the epoch of the ring they were made under."""
        ...

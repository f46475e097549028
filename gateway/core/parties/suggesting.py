"""Which agencies a page may offer by name, so that nobody has to know ids by heart: never one more than she knows.

An officer of no agency who answers for the log reads all their names in it. An agency's officer is offered those that
her agency has an agreement to send to, and signed with them; whom others care for or work with is not for her (M-04).
"""

from collections.abc import Sequence
from typing import Final, Protocol

from gateway.core.agencies import Agency
from gateway.core.officers import Officer, Role

READS_ALL: Final = frozenset({Role.DPO})
"""Whose work is about every agency, where they belong to none."""


class AgencyBook(Protocol):
    """Lists agencies."""

    def agencies(self) -> Sequence[Agency]:
        """Return every registered agency, by id."""
        ...

    def partners(self, sender: str) -> Sequence[Agency]:
        """Return the agencies that one may send to now or later, by an agreement that has not ended, by id."""
        ...


def suggested(book: AgencyBook, officer: Officer) -> Sequence[Agency]:
    """Return the agencies whose names are offered to this officer; none to whoever the rules above do not name."""
    if officer.agency is not None:
        return book.partners(officer.agency)
    return book.agencies() if officer.has(READS_ALL) else ()

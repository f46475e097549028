"""What is known about one person, with the versions it was read at. Values only; nothing here reads or decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from consent.case import EMPTY, Case, CaseEvent
from consent.records import Consent
from gateway.core.heads import Head


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person on record: her random id, the version of her records, and every consent of hers as it stands.

    Where several records were found to be one person, `consents` are those of all of them, `linked` are the others with
    their versions, and `owners` says which of the others a consent stands under. `facts` are
    the case events of all of them in the order of their commit, and `case` what they add up to.
    """

    id: bytes
    head: Head
    consents: tuple[Consent, ...]
    linked: Mapping[bytes, Head] = field(default_factory=dict)
    owners: Mapping[str, bytes] = field(default_factory=dict)
    facts: tuple[CaseEvent, ...] = ()
    case: Case = EMPTY

    @property
    def heads(self) -> tuple[Head, ...]:
        """The versions of everything known about her."""
        return (self.head, *self.linked.values())

    @property
    def everyone(self) -> tuple[bytes, ...]:
        """The ids of every record that is hers."""
        return (self.id, *self.linked)

    def owner(self, consent: str) -> bytes:
        """Return the id of the record that consent stands under."""
        return self.owners.get(consent, self.id)


@dataclass(frozen=True, slots=True)
class Probing:
    """How often a client was refused on record grounds under one count: (recipient, moment) each."""

    head: Head
    strikes: tuple[tuple[str, datetime], ...]
    locked: bool


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom one message is about, and to which referral it belongs."""

    person: bytes
    referral: str

"""Everything on record that one decision rests on, with the versions it was read at."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from consent.disclosure import Disclosure
from consent.records import Agreement, Records
from gateway.core.agencies import Agency
from gateway.core.heads import Head
from gateway.core.known import KnownPerson
from gateway.core.ports import Directory
from gateway.core.stages import Stated
from schemas.catalogue import profile_name
from schemas.documents import CompiledProfile
from schemas.profiles import compiled
from schemas.vocabulary import DataCategory, Purpose

Crowd: TypeAlias = Mapping[frozenset[DataCategory], int]

NOBODY: Crowd = MappingProxyType({})
"""Where nobody was counted; no notice rests on it (P-05)."""


@dataclass(frozen=True, slots=True)
class Way:
    """From whom to whom, for what: the part of a dossier that says nothing about a person."""

    sender: Agency
    recipient: Agency | None
    purpose: Purpose
    agreement: Agreement | None
    profile: CompiledProfile | None
    heads: tuple[Head, ...]

    def disclosure(self, stated: Stated, *, sufficient: bool, room: bool) -> Disclosure:
        """State what is asked, in the words of the rules."""
        recipient = self.recipient.party if self.recipient else None
        return Disclosure(
            sender=self.sender.party,
            recipient=recipient,
            purpose=self.purpose,
            profile=self.profile,
            carries=stated.carries,
            sufficient=sufficient,
            age=stated.age,
            ground=stated.ground,
            room=room,
        )


def way(directory: Directory, sender: Agency, recipient: str, purpose: Purpose) -> Way:
    """Look up the route.

    A recipient nobody registered is None, and so is a profile or agreement that does not exist.
    """
    known = directory.agency(recipient)
    agreed = directory.agreement(sender.id, recipient, purpose) if known else None
    name = profile_name(known.function, purpose) if known else None
    heads = tuple(head for head in (sender.head, known.head if known else None, agreed[1] if agreed else None) if head)
    return Way(sender, known, purpose, agreed[0] if agreed else None, compiled(name) if name else None, heads)


def records(
    route: Way, person: KnownPerson | None, *, locked: bool = False, crowd: Crowd = NOBODY, tried: bool = False
) -> Records:
    """Fold what is on record into what the decision may look at: everything committed, whatever its clock said."""
    if person is None:
        return Records(route.agreement, None, locked)
    return Records(route.agreement, person.consents, locked, person.case, crowd, tried)

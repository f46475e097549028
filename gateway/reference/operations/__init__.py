"""What each operation takes and answers, by operation id: a module for each part of the API."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.reference.model import Operation
from gateway.reference.operations import attachments, consents, doors, fhir, inbox, own, people, referrals, rest

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        **referrals.OPERATIONS,
        **inbox.OPERATIONS,
        **attachments.OPERATIONS,
        **consents.OPERATIONS,
        **people.OPERATIONS,
        **rest.OPERATIONS,
        **doors.OPERATIONS,
        **fhir.OPERATIONS,
        **own.OPERATIONS,
    }
)
"""Every operation."""

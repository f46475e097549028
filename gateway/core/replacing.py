"""A corrected referral that replaces an earlier one (A-03): which one it may replace, and what becomes of that.

A correction is a referral like any other and walks the whole line. Beside it, in the same transaction, the earlier one
ends: what still waits of it is stopped, and a recipient that may have it is owed a notice that names what replaces it.
"""

from typing import Protocol

from gateway.core.blind import blind_sender_reference
from gateway.core.keys import MacKeys
from gateway.core.known import KnownPerson
from gateway.core.notices import NoticePlan, queued
from gateway.core.ports import Transaction
from gateway.core.replacements import Earlier, ReplacementRow
from gateway.core.stages import Parcel, Routing
from schemas.documents import Document


class Replaceable(Protocol):
    """Reads which referral may be replaced, outside any transaction."""

    def earlier(self, sender: str, referral: str) -> Earlier | None:
        """Return a referral this agency sent that is neither refused, revoked, failed nor replaced already."""
        ...

    def newest(self, sender: str, reference_blind: bytes) -> Earlier | None:
        """Return the newest referral of this agency's under that number that is still open and not replaced."""
        ...


def found(
    replaceable: Replaceable, keys: MacKeys, sender: str, routing: Routing, reference: str | None, person: KnownPerson
) -> Earlier | None:
    """Return what is to be corrected: the referral that is named, or else the newest open one under that number."""
    if routing.replaces is not None:
        earlier = replaceable.earlier(sender, routing.replaces)
    elif reference is not None:
        earlier = replaceable.newest(sender, blind_sender_reference(keys, sender, reference))
    else:
        return None
    return earlier if earlier is not None and is_of(earlier, routing, person) else None


def is_of(earlier: Earlier, routing: Routing, person: KnownPerson) -> bool:
    """Say whether a correction may replace it: the same person, told to the same recipient for the same purpose."""
    same_way = (earlier.recipient, earlier.purpose) == (routing.recipient, routing.purpose)
    return same_way and earlier.person in person.everyone


def corrected(answer: Document, earlier: Earlier | None) -> Document:
    """Return the sender's answer, with what was replaced and the version that this is."""
    return answer if earlier is None else {**answer, "replaces": earlier.referral, "version": earlier.version + 1}


def supersede(transaction: Transaction, earlier: Earlier, by: Parcel, notices: NoticePlan) -> None:
    """End the earlier one, and tell whoever may have it what replaces it (A-03)."""
    transaction.add(ReplacementRow(by.referral, earlier.referral, earlier.version + 1))
    transaction.replacements.stop(earlier)
    owed = [one for one in transaction.notices.owed(notices.kind, earlier.person) if one.referral == earlier.referral]
    queued(transaction, notices, owed, replaced_by=by.id)
    transaction.notices.end(earlier.referral)

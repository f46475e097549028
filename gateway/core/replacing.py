"""A corrected referral that replaces an earlier one (A-03): which one it may replace, and what becomes of that.

A correction is a referral like any other and walks the whole line. Beside it, in the same transaction, the earlier one
ends: what still waits of it is stopped, and a recipient that may have it is owed a notice that names what replaces it.
"""

from dataclasses import dataclass
from typing import Final

from gateway.core.crypto.blind import blind_sender_reference
from gateway.core.crypto.keys import MacKeys
from gateway.core.in_flight import Stopping
from gateway.core.known import KnownPerson
from gateway.core.log.stopping import log_stopped
from gateway.core.notice.notices import NoticePlan, queued
from gateway.core.ports import Transaction
from gateway.core.records.replacements import Earlier, Newest, Numbered, Replaceable, ReplacementRow
from gateway.core.stages import Parcel, Routing
from schemas.documents import Document


@dataclass(frozen=True, slots=True)
class Correction:
    """What a referral corrects, and what it rests on where the gateway looked for that itself."""

    earlier: Earlier | None = None
    newest: Newest | None = None

    @property
    def version(self) -> int:
        """Which version of what it tells this is; the first is 1."""
        return 1 if self.earlier is None else self.earlier.version + 1

    def about(self, routing: Routing, person: KnownPerson) -> "Correction":
        """Return it, without an earlier referral that this one may not replace."""
        fits = self.earlier is not None and is_of(self.earlier, routing, person)
        return self if fits else Correction(None, self.newest)


NOTHING: Final = Correction()


def found(replaceable: Replaceable, keys: MacKeys, sender: str, routing: Routing, reference: str | None) -> Correction:
    """Return what is to be corrected: the referral that is named, or else the newest open one under that number."""
    if routing.replaces is not None:
        return Correction(replaceable.earlier(sender, routing.replaces))
    if not routing.replaces_newest or reference is None:
        return Correction()
    number = blind_sender_reference(keys, sender, reference)
    of = Numbered(sender, number, routing.recipient, routing.purpose)
    newest = replaceable.newest(of)
    return Correction(newest, Newest(of, newest))


def is_of(earlier: Earlier, routing: Routing, person: KnownPerson) -> bool:
    """Say whether a correction may replace it: the same person, told to the same recipient for the same purpose."""
    same_way = (earlier.recipient, earlier.purpose) == (routing.recipient, routing.purpose)
    return same_way and earlier.person in person.everyone


def corrected(answer: Document, by: Correction) -> Document:
    """Return the sender's answer, with what was replaced and the version that this is."""
    return answer if by.earlier is None else {**answer, "replaces": by.earlier.referral, "version": by.version}


def supersede(transaction: Transaction, earlier: Earlier, by: Parcel, notices: NoticePlan) -> None:
    """End the earlier one, and tell whoever may have it what replaces it (A-03)."""
    transaction.add(ReplacementRow(by.referral, earlier.referral, earlier.version + 1))
    why = Stopping(notices.kind, notices.seed)
    log_stopped(transaction, why, transaction.replacements.stop(earlier))
    owed = [one for one in transaction.notices.owed(notices.kind, earlier.person) if one.referral == earlier.referral]
    queued(transaction, notices, owed, replaced_by=by.id)
    transaction.notices.end(earlier.referral)


def is_overtaken(transaction: Transaction, earlier: Earlier | None, newest: Newest | None, sender: str) -> bool:
    """Say whether what a correction rests on changed meanwhile: what it ends, or that there was nothing to end (A-03).

    Asked inside the transaction: two revisions of one case that are decided in the same moment, by two processes, are
    never both the first.
    """
    if newest is not None:
        return transaction.replacements.newest(newest.of) != newest.found
    return earlier is not None and transaction.replacements.earlier(sender, earlier.referral) != earlier

"""Who tries one recipient after another learns where somebody is from the one that answers (DESIGN section 5).

Every refusal on her record is counted twice for a client: under the reference it named, and under the record that
reference leads to. One too many under the reference locks it, and the sender is told. One too many under all records of
hers together refuses like anything else on her record, and only the log says why (ADR 0131): an agency that names one
person by several references has no more tries than with one, and does not learn from a lock that they are one person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from consent.decision import Refusal
from consent.policy import Policy
from consent.reasons import Audience, Reason
from gateway.core.crypto.blind import blind_pair, blind_tries
from gateway.core.crypto.keys import MacKeys
from gateway.core.heads import Head
from gateway.core.known import KnownPerson, Probing
from gateway.core.stages import Authenticated, SealedLeaf, Strike


class Counter(Protocol):
    """The part of `gateway.core.ports.People` that is needed here."""

    def probing(self, pair: bytes) -> Probing:
        """Return how often a client was refused under that count."""
        ...

    def reached(self, person: bytes, client: str, recipient: str) -> bool:
        """Say whether that client's referral of this record to that recipient was permitted before."""
        ...


class Asking(Protocol):
    """The part of a case on the line that is needed here (`gateway.core.exchange.Case`)."""

    @property
    def asked(self) -> Authenticated:
        """The request."""
        ...

    @property
    def at(self) -> datetime:
        """When."""
        ...

    @property
    def person(self) -> KnownPerson | None:
        """Whom it is about."""
        ...

    @property
    def tries(self) -> "Tries":
        """What was tried for her before."""
        ...


@dataclass(frozen=True, slots=True)
class Counted:
    """Under what a try is counted: the reference, and each record of hers, the one it leads to first."""

    reference: bytes
    records: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Tries:
    """What one client tried for one person until now."""

    counted: Counted
    reference: Probing
    records: tuple[Probing, ...]

    @property
    def heads(self) -> tuple[Head, ...]:
        """The versions of all of it."""
        return (self.reference.head, *(record.head for record in self.records))

    @property
    def here(self) -> tuple[tuple[bytes, Probing], ...]:
        """What a refusal now adds to: this reference and the record it leads to."""
        return ((self.counted.reference, self.reference), (self.counted.records[0], self.records[0]))


def counted_by(keys: MacKeys, client: str, person_ref: str, person: KnownPerson | None, blind: bytes) -> Counted:
    """Name the counts. Where nobody is known, the blind index of the reference stands for a record: as much work."""
    records = person.everyone if person else (blind,)
    return Counted(blind_pair(keys, client, person_ref), tuple(blind_tries(keys, client, one) for one in records))


def tries_of(people: Counter, counted: Counted) -> Tries:
    """Look up what was tried under these counts."""
    return Tries(counted, people.probing(counted.reference), tuple(map(people.probing, counted.records)))


def locks(people: Counter, policy: Policy, case: Asking) -> tuple[bool, bool]:
    """Say whether too many were tried under this reference, and if not, whether under all of hers together.

    Whom this client's referral of this very record reached before, it still reaches: help goes on, and no yes that it
    was given turns into a no by what was tried under another reference.
    """
    recipient, client = case.asked.routing.recipient, case.asked.caller.client_id
    if is_locked((case.tries.reference,), recipient, policy, case.at):
        return True, False
    if case.person is None or not is_locked(case.tries.records, recipient, policy, case.at):
        return False, False
    return False, not people.reached(case.person.id, client, recipient)


def is_locked(counts: Sequence[Probing], recipient: str, policy: Policy, at: datetime) -> bool:
    """Say whether no further recipient may be tried under these counts together.

    One of them was locked, or after `policy.probing_recipients` distinct recipients were refused within the window this
    would be another one: it is not even looked at.
    """
    since = at - timedelta(hours=policy.probing_window_hours)
    refused = {tried for count in counts for tried, moment in count.strikes if moment > since}
    return any(count.locked for count in counts) or len(refused - {recipient}) >= policy.probing_recipients


def strike(tries: Tries, refusal: Refusal, sides: tuple[str, str], alarm: Callable[[], SealedLeaf]) -> Strike | None:
    """Return what a refusal on her record counts; one too many locks, in the open under a reference, unseen under her.

    `sides` are the ids of sender and recipient. None for a refusal that says nothing of her, and under a reference that
    is locked already.
    """
    here = tuple(pair for pair, _ in tries.here)
    if Reason.PROBING_LOCKED in refusal.reasons:
        shut = tuple(pair for pair, count in tries.here if not count.locked)
        return None if tries.reference.locked else Strike((), *sides, shut, alarm())
    if Reason.TRIED_TOO_OFTEN in refusal.reasons:
        unseen = () if tries.records[0].locked else (tries.counted.records[0],)
        return Strike(here, *sides, unseen, alarm() if unseen else None)
    on_record = any(reason.audience is Audience.RECORD for reason in refusal.reasons)
    return Strike(here, *sides) if on_record else None

"""The way onward: from the outbox to the recipient, by way of a second confirmation.

Before a parcel leaves, everything it rests on is looked up and decided again, as of now. The commit that moves it from
queued to sending is the point of no return: after a withdrawal's commit nothing enters sending. Recipients fetch their
parcels here (`sealed-pull`, `plain-pull`), and what is brought to them (`native-push`, `gateway.core.delivery.pushing`)
passes the same gate; a lease that runs out puts a parcel back, and it is decided once more before it is handed out
again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from consent.decision import Permit
from consent.policy import Policy
from consent.reasons import Reason
from gateway.core.answers import NotFresh
from gateway.core.callers import Caller
from gateway.core.consents.bindings import sealed_binding
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.crypto.keys import KeyRing, Ring
from gateway.core.crypto.pseudonyms import Domain, pseudonym
from gateway.core.crypto.sealed_message import SealedMessage
from gateway.core.deciding_again import decided_again
from gateway.core.decision_leaves import parcel_leaf
from gateway.core.dossiers import Way
from gateway.core.errors import OperatorError
from gateway.core.heads import Head, binding_head
from gateway.core.log.anchors import ALWAYS, HELD_HERE, Outside
from gateway.core.log.leaves import PersonSecret
from gateway.core.notice.notifying import Notifying, ReadyNotice, Signature
from gateway.core.once_more import once_more
from gateway.core.packing import is_counted, unpacked
from gateway.core.ports import Clock, Directory, Entropy, Needs, People, PersonKeys, Recorder, Transaction
from gateway.core.rows import BindingRow
from gateway.core.stages import Parcel, SealedLeaf
from schemas.vocabulary import DataCategory, DeliveryMode, Ground

LEASE = timedelta(minutes=5)
"""How long a recipient has to acknowledge before a parcel may be fetched again."""

_LOOKS = 8
"""How often one fetch looks for something that may leave. Whatever it finds that may not is stopped by the look, and
what waits behind it comes next; whatever moved under the look is decided again."""


class Outbox(Protocol):
    """Parcels that may be handed out now: queued and due, or leased and not acknowledged in time."""

    def waiting(
        self,
        recipient: str,
        now: datetime,
        limit: int,
        *,
        pushed: bool = False,
        grounds: frozenset[Ground] | None = None,
    ) -> Sequence[Parcel]:
        """Return up to `limit` of them, to be fetched or to be brought, the most urgent first, then the oldest.

        Those on these `grounds` alone, where some are given.
        """
        ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message for a recipient: opened from the outer seal, still sealed to its own key where it has one."""

    message: str
    media_type: str
    body: bytes
    lease_until: datetime
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """One parcel decided again: it may leave (`permit`), or it stops.

    `binding` is there where the recipient will hold a pseudonym for her that it did not hold before: it may refer her
    on by that number.
    """

    parcel: Parcel
    permit: Permit | None
    heads: tuple[Head, ...]
    leaf: SealedLeaf
    binding: BindingRow | None = None


def heads_of(releases: Sequence[Release]) -> tuple[str, ...]:
    """Name every head these releases rest on, and those of the bindings they may make."""
    bound = {binding_head(release.binding.blind) for release in releases if release.binding is not None}
    return tuple({head.id for release in releases for head in release.heads} | bound)


@dataclass(frozen=True, slots=True)
class Leased:
    """What is sending now."""

    notices: tuple[ReadyNotice, ...]
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, slots=True)
class Lease:
    """Hand several parcels and notices to their recipient in one transaction."""

    caller: Caller
    releases: tuple[Release, ...]
    until: datetime
    notices: tuple[ReadyNotice, ...] = ()

    @property
    def needs(self) -> Needs:
        """The proof and every head the releases rest on."""
        return Needs(heads_of(self.releases), (self.caller,))

    def apply(self, transaction: Transaction) -> Leased | NotFresh:
        """Return the parcels and notices that are sending now."""
        if not_fresh := transaction.consume(self.caller):
            return not_fresh
        return leased(transaction, self.releases, self.notices, self.until)


def leased(
    transaction: Transaction, releases: Sequence[Release], notices: Sequence[ReadyNotice], until: datetime
) -> Leased:
    """Hand out what may leave still. A parcel whose ground moved meanwhile stays where it is, for the next time."""
    return Leased(
        tuple(ready for ready in notices if _handed_out(transaction, ready, until)),
        tuple(release.parcel for release in releases if _confirmed(transaction, release, until)),
    )


def _handed_out(transaction: Transaction, ready: ReadyNotice, until: datetime) -> bool:
    found = transaction.notices.lease(ready.notice.id, until)
    if found is None:
        return False
    transaction.append(replace(ready.leaf, person=found.person))  # She may have been erased meanwhile.
    return True


def _confirmed(transaction: Transaction, release: Release, until: datetime) -> bool:
    if transaction.moved(release.heads):
        return False
    if release.permit is None:
        if transaction.stop(release.parcel.id):  # Two fetches may meet here: what happened once is one leaf.
            transaction.append(release.leaf)
        return False
    if transaction.now >= release.permit.holds_until or not transaction.lease(release.parcel.id, until):
        return False
    transaction.append(release.leaf)
    if release.binding is not None:
        _bind(transaction, release.binding)
    return True


def _bind(transaction: Transaction, row: BindingRow) -> None:
    """Bind the number the recipient holds from now on, unless another message of hers has done so."""
    name = binding_head(row.blind)
    if not transaction.moved((Head(name, 0),)):
        transaction.add(row)
        transaction.bump(name)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Hands parcels to recipients."""

    directory: Directory
    people: People
    person_keys: PersonKeys
    outbox: Outbox
    keys: KeyRing
    policy: Policy
    clock: Clock
    entropy: Entropy
    recorder: Recorder
    notifying: Notifying
    outside: Outside = HELD_HERE

    async def lease(self, caller: Caller, limit: int) -> tuple[Delivered, ...] | NotFresh:
        """Hand out notices, then decide again about what waits for the caller's agency, and hand out what may leave.

        Nothing is handed on before the commit. Where all it looked at had to stop, it looks at what waits behind.
        """
        for _ in range(_LOOKS):
            now = self.clock.now()
            notices, releases = await self.ready(caller.agency, now, limit)
            outcome = await self.recorder.record(Lease(caller, releases, now + LEASE, notices))
            if isinstance(outcome, NotFresh):
                return outcome
            self.people.forget(heads_of(releases))
            delivered = (*self._opened(outcome, now + LEASE),)
            if delivered or not (notices or releases):
                return delivered
            caller = once_more(caller, self.clock, self.entropy)
        return ()

    async def ready(
        self, agency: str, now: datetime, limit: int, *, pushed: bool = False
    ) -> tuple[tuple[ReadyNotice, ...], tuple[Release, ...]]:
        """Return what waits for an agency: notices, written, and parcels, decided again. Nothing has left yet.

        While nobody outside sees the log, only grounds that need no witness are looked for (ADR 0057): nothing else may
        leave, and what may must not stand behind it.
        """
        recipient = self.directory.agency(agency)
        notices = await self.notifying.ready(recipient, now, limit) if recipient else ()
        room = limit - len(notices)
        grounds = None if self.outside.holds() else ALWAYS
        waiting = self.outbox.waiting(agency, now, room, pushed=pushed, grounds=grounds) if room else ()
        return notices, tuple(self._decided_again(parcel, now) for parcel in waiting)

    def opened(self, parcel: Parcel) -> bytes:
        """Open a parcel that is sending. Raises OperatorError where its person was erased meanwhile."""
        return unpacked(parcel, self.person_keys.of(parcel.person))

    def _opened(self, leased: Leased, until: datetime) -> Iterator[Delivered]:
        for ready in leased.notices:
            yield Delivered(ready.notice.id, ready.media_type, ready.body, until, ready.signature)
        for parcel in leased.parcels:
            try:
                body = self.opened(parcel)
            except OperatorError:  # Erased since the commit: that keeps no other message back.
                continue
            yield Delivered(parcel.id, parcel.media_type, body, until)

    def _decided_again(self, parcel: Parcel, at: datetime) -> Release:
        """Look everything up anew; a parcel leaves only if all it carries would be permitted now."""
        again = decided_again(self.directory, self.people, self.policy, parcel, at)
        reasons = again.reasons or self._cannot_be_read(again.route, parcel)
        kind = "disclosure.stopped" if reasons else "disclosure.sending"
        leaf = parcel_leaf(self.entropy, kind, at, parcel, reasons)
        permit = None if reasons else again.permit
        return Release(parcel, permit, again.heads, leaf, self._binding(parcel, permit) if permit else None)

    def _binding(self, parcel: Parcel, permit: Permit) -> BindingRow | None:
        """Return what binds her to the number the recipient will know her by, unless it knows her already."""
        if DataCategory.PSEUDONYM not in permit.profile.categories or is_counted(parcel.purpose):
            return None  # P-03: who counts people refers nobody on.
        held = pseudonym(self.keys, Domain(parcel.recipient, self.keys.epoch(Ring.PERSON)), parcel.person)
        blind = blind_person_ref(self.keys, parcel.recipient, held)
        if self.people.known(blind) is not None:
            return None
        secret = PersonSecret(parcel.person, self.person_keys.of(parcel.person))
        return sealed_binding(self.entropy, secret, blind, parcel.recipient, held)

    def _cannot_be_read(self, route: Way, parcel: Parcel) -> tuple[Reason, ...]:
        """Return why no decision could help it any more: she is gone, it was altered, or its key is not in use.

        None of these may keep the messages of others back.
        """
        try:
            data_key = self.person_keys.of(parcel.person)
        except OperatorError:
            return (Reason.PERSON_UNKNOWN,)
        try:
            opened = unpacked(parcel, data_key)
        except OperatorError:
            return (Reason.PARCEL_UNREADABLE,)
        if parcel.mode is not DeliveryMode.SEALED_PULL:
            return ()
        key = route.recipient.sealing_key if route.recipient else None
        sealed_to = SealedMessage.from_bytes(opened).key_id
        return () if key is not None and key.id == sealed_to else (Reason.RECIPIENT_KEY_CHANGED,)

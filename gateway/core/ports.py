"""What the line asks of the world: protocols only.

Doors implement them, `gateway.wiring` connects them, tests fake them.
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from consent.records import Agreement, ConsentEvent
from gateway.core.agencies import Agency
from gateway.core.answers import LeafSlot, NotFresh
from gateway.core.callers import Caller, UsedProof
from gateway.core.erasure_steps import ErasureSteps
from gateway.core.heads import Head
from gateway.core.hints import HintSteps
from gateway.core.in_flight import InFlight, Stopping
from gateway.core.known import KnownPerson, Probing, Whose
from gateway.core.lanes import LaneSteps
from gateway.core.records.attachment_rows import AttachmentSteps
from gateway.core.records.notice_records import NoticeSteps
from gateway.core.records.officer_records import OfficerChange
from gateway.core.records.replacements import ReplacementSteps
from gateway.core.rows import AgencyRow, AgreementRow, ClientRow, Row
from gateway.core.stages import Chosen, SealedLeaf
from schemas.answer_codes import AnswerCode
from schemas.documents import Document
from schemas.vocabulary import Purpose, ReferralState

Result_co = TypeVar("Result_co", covariant=True)
Result = TypeVar("Result")


class Clock(Protocol):
    """The time, UTC, timezone-aware."""

    def now(self) -> datetime:
        """Return the present moment."""
        ...


class Entropy(Protocol):
    """Randomness fit for keys."""

    def bytes(self, count: int) -> bytes:
        """Return that many random bytes."""
        ...


class Directory(Protocol):
    """Agencies and agreements. What it returns may be older than the database; `confirm` looks at the heads."""

    def agency(self, agency: str) -> Agency | None:
        """Return the agency registered under that id."""
        ...

    def agreement(self, sender: str, recipient: str, purpose: Purpose) -> tuple[Agreement, Head] | None:
        """Return the agreement about that route that is in force, else the newest there is."""
        ...


class People(Protocol):
    """What is known about people, found by blind index only."""

    def known(self, blind_ref: bytes) -> KnownPerson | None:
        """Return the person bound to that reference."""
        ...

    def asked_about(self, blind_ref: bytes) -> KnownPerson | None:
        """Return the person bound to that reference, for a decision: with equal work whether there is one or not.

        That nobody is bound may be older than the database; the decision rests on the head of the binding.
        """
        ...

    def person(self, person: bytes) -> KnownPerson:
        """Return the person of that id. Raises Defect when there is none."""
        ...

    def of_consent(self, consent: str, recorded_by: str | None = None) -> KnownPerson | None:
        """Return the person that consent is about; where an agency is named, only if it recorded that consent.

        Of another's nothing more is read than of an invented one: who asks must not see her history by the work (M-04).
        """
        ...

    def history(self, person: bytes) -> Mapping[str, tuple[ConsentEvent, ...]]:
        """Return everything that happened to each consent of that person, in order, those of linked records too."""
        ...

    def of_override(self, override: str) -> KnownPerson | None:
        """Return the person that override was asked for."""
        ...

    def alike(self, likeness: bytes, beside: Sequence[bytes]) -> int:
        """Return how many people beside these records a notice of that likeness was asked for (P-05)."""
        ...

    def probing(self, pair: bytes) -> Probing:
        """Return how often a client was refused under that count."""
        ...

    def reached(self, person: bytes, client: str, recipient: str) -> bool:
        """Say whether that client referred this very record of hers to that recipient before, and it was permitted."""
        ...

    def forget(self, heads: Sequence[str]) -> None:
        """Drop what is remembered under those heads, so that the next read sees the database."""
        ...


class PersonKeys(Protocol):
    """Data keys of people, in a store of their own."""

    def of(self, person: bytes) -> bytes:
        """Return her data key. Raises OperatorError when it was destroyed."""
        ...

    def create(self, person: bytes) -> bytes:
        """Make and durably store a data key for a new person."""
        ...

    def discard(self, person: bytes) -> None:
        """Forget a key that was made for somebody of whom nothing was recorded: never one of a person on record."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """What an Idempotency-Key was used for."""

    digest: bytes
    answer: Document


@dataclass(frozen=True, slots=True)
class Needs:
    """What an item will look at, so that the writer can read it for a whole batch in a few statements."""

    heads: tuple[str, ...] = ()
    callers: tuple[Caller, ...] = ()
    idempotency: tuple[bytes, ...] = ()
    proofs: tuple[bytes, ...] = ()
    clients: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()


class Transaction(ErasureSteps, Protocol):
    """The one database transaction of a batch, as an item sees it: later items see what earlier ones wrote."""

    @property
    def now(self) -> datetime:
        """The moment of this transaction."""
        ...

    @property
    def notices(self) -> NoticeSteps:
        """What happens to notices in this transaction."""
        ...

    @property
    def replacements(self) -> ReplacementSteps:
        """What happens to a referral that another one replaces."""
        ...

    @property
    def lanes(self) -> LaneSteps:
        """What happens to what the courier brings, and to the lanes it brings it in."""
        ...

    @property
    def hints(self) -> HintSteps:
        """What happens to hints that are not settled."""
        ...

    @property
    def attachments(self) -> AttachmentSteps:
        """What happens to the files that disclosures name."""
        ...

    def moved(self, heads: Sequence[Head]) -> tuple[str, ...]:
        """Return the ids of those heads whose version is another one now."""
        ...

    def bump(self, head: str) -> None:
        """Move a head to its next version."""
        ...

    def consume(self, caller: Caller) -> NotFresh | None:
        """Use up the caller's proof. None when it was fresh and neither client nor token is revoked."""
        ...

    def answered(self, key: bytes) -> Answered | None:
        """Return what that idempotency key was used for."""
        ...

    def append(self, leaf: SealedLeaf) -> LeafSlot:
        """Append a leaf to the log, and its person entry when it has one."""
        ...

    def add(self, row: Row) -> None:
        """Insert a row."""
        ...

    def stop_consents(self, person: bytes, consents: Sequence[str], why: Stopping) -> InFlight:
        """Stop every parcel that rests on these consents.

        Queued ones never leave, and each is an entry of the log; sending ones are never sent again.
        """
        ...

    def stop_parcels(self, people: Sequence[bytes], which: Sequence[Chosen], why: Stopping) -> InFlight:
        """Stop every parcel about one of these people that fits one of these."""
        ...

    def stop_referrals(self, sender: str, reference_blind: bytes, why: Stopping) -> InFlight | None:
        """Stop every parcel of the referrals this agency sent under that number and revoke them.

        None when there are none.
        """
        ...

    def lease(self, message: str, until: datetime) -> bool:
        """Move a parcel from queued (or from a lease that ran out) to sending: the point of no return.

        False when it is not there.
        """
        ...

    def stop(self, message: str) -> bool:
        """Stop one parcel that is in flight; False when something else stopped or delivered it before."""
        ...

    def whose(self, message: str) -> Whose | None:
        """Return whom a message is about; None where there is none of that id."""
        ...

    def acknowledge(self, recipient: str, message: str) -> str | None:
        """Move a sending parcel to delivered and wipe its payload.

        The referral's id, or None when there is no such parcel.
        """
        ...

    def referral_state(self, recipient: str, message: str) -> ReferralState | None:
        """Return the state of the referral a message of this recipient's, delivered to it, belongs to."""
        ...

    def answer_referral(
        self, recipient: str, message: str, state: ReferralState, reason: AnswerCode | None = None
    ) -> str | None:
        """Set the state of the referral a delivered parcel belongs to; its id, or None."""
        ...

    def use_once(self, client: str, token_jti: str | None, proofs: Sequence[UsedProof]) -> NotFresh | None:
        """Use up several ids, all or none. None when every one was fresh and neither client nor token is revoked."""
        ...

    def register(self, row: AgencyRow | AgreementRow | ClientRow) -> None:
        """Insert a row of the register, or replace the one of that id."""
        ...

    def disable_client(self, client: str) -> bool:
        """Switch a client off; False when there is none of that id."""
        ...

    def revoke_token(self, jti: str, expires_at: int) -> bool:
        """Refuse that token from now on; False when it was refused already.

        After `expires_at` (seconds since 1970) nobody would accept it any more.
        """
        ...

    def change(self, change: OfficerChange) -> bool:
        """Change what is kept about officers; False, and nothing changed, where it is not as the change asks."""
        ...


class Item(Protocol[Result_co]):
    """A piece of work for the writer: what it needs read, and what it does inside the transaction."""

    @property
    def needs(self) -> Needs:
        """What it will look at."""
        ...

    def apply(self, transaction: Transaction) -> Result_co:
        """Do it. Pure but for the transaction: no adapter, no cryptography, no waiting."""
        ...


class Recorder(Protocol):
    """The writer: confirms what waits together, answers only after the commit."""

    def record(self, item: Item[Result], *, urgent: bool = False) -> Awaitable[Result]:
        """Confirm one item. `urgent` items (withdrawals) go before everything that waits."""
        ...

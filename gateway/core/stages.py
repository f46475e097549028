"""The ladder of types one referral climbs; each rung is made by one function and asked for by the next.

    Authenticated -> ParsedReferral -> ValidDocument -> Permit | Refusal -> MinimalDocument -> Pseudonymous -> Outbound
                  -> Parcel -> Prepared -> Recorded

`ParsedReferral` and `Outbound` belong to adapters.sdk, `ValidDocument` to schemas, the decision and
`MinimalDocument` to consent.
"""

from dataclasses import dataclass
from datetime import datetime

from adapters.sdk.contract import Inbound
from consent.decision import Decision
from gateway.core.callers import Caller
from gateway.core.heads import Head
from gateway.core.records.attachment_rows import AttachmentRow
from gateway.core.records.replacements import Earlier, Newest
from schemas.documents import Document
from schemas.vocabulary import AgeStatus, DataCategory, DeliveryMode, Ground, Purpose, Urgency


@dataclass(frozen=True, slots=True)
class Routing:
    """What the request's headers say; nothing about the person travels there.

    `preview` is the digest of what the sender was shown and read to her: anything else is refused (M-13). `capacity` is
    the question for room that the recipient answered with yes (M-05). `replaces` is the referral that this one corrects
    (A-03); with `replaces_newest` it corrects whatever open one its sender sent under the same number, if there is one.
    """

    recipient: str
    purpose: Purpose
    urgency: Urgency
    ground: Ground
    idempotency_key: str
    preview: str | None = None
    capacity: str | None = None
    replaces: str | None = None
    replaces_newest: bool = False


@dataclass(frozen=True, slots=True)
class Idempotency:
    """How a repeated request is recognised: blind index of its key, keyed digest of its bytes (DESIGN section 6)."""

    key: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Authenticated:
    """A document from a caller whose token and proof were verified.

    The proof itself is consumed when the item is confirmed.
    """

    caller: Caller
    routing: Routing
    inbound: Inbound
    supplement: bytes | None


@dataclass(frozen=True, slots=True)
class Pseudonymous:
    """A minimal document in which only this recipient's pseudonym stands for her, checked by the closed profile."""

    document: Document


@dataclass(frozen=True, slots=True)
class Stated:
    """What the document and its sender said, as far as a decision needs it: codes only.

    It is kept beside a parcel, so that dispatch decides about the same question again and about no other (K-01, E-01).
    """

    carries: frozenset[DataCategory]
    age: AgeStatus
    ground: Ground


@dataclass(frozen=True, slots=True)
class Parcel:
    """One sealed disclosure waiting in the outbox.

    `payload` is under the person's data key, whatever else it is sealed to. `id` is the message id, random and known to
    this recipient only. `rests_on` is that of its permit: the id of a consent, an override or a case event.
    Everything else is what is needed to decide again before it leaves.
    """

    id: str
    referral: str
    sender: str
    recipient: str
    purpose: Purpose
    urgency: Urgency
    mode: DeliveryMode
    media_type: str
    person: bytes
    rests_on: str
    stated: Stated
    sends: frozenset[DataCategory]
    payload: bytes
    due: datetime
    use_until: datetime


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which of a person's parcels in flight are meant: those that fit all that is said here; None says nothing."""

    recipients: frozenset[str] | None = None
    sends: DataCategory | None = None
    rests_on: frozenset[str] | None = None

    def fits(self, recipient: str, sends: frozenset[DataCategory], rests_on: str) -> bool:
        """Say whether a parcel with that recipient, these categories and that ground is meant."""
        return (
            (self.recipients is None or recipient in self.recipients)
            and (self.sends is None or self.sends in sends)
            and (self.rests_on is None or rests_on in self.rests_on)
        )


@dataclass(frozen=True, slots=True)
class SealedLeaf:
    """A ledger leaf as it will be hashed, and its own key under the person's data key (None where nobody is known).

    `referral` is the referral of hers it is about, and `others` are further people it is about; both stand beside the
    log, where they can be deleted, and never in it.
    """

    event: str
    content: bytes
    person: bytes | None = None
    wrapped_key: bytes | None = None
    referral: str | None = None
    others: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Strike:
    """One refusal on record grounds, counted against a (client, person reference) and a (client, record of hers).

    With one too many, `locks` are the counts that are locked from now on, and `alarm` is the leaf that says so.
    """

    counted: tuple[bytes, ...]
    sender: str
    recipient: str
    locks: tuple[bytes, ...] = ()
    alarm: SealedLeaf | None = None


@dataclass(frozen=True, slots=True)
class OwnReference:
    """The sender's own number for a case: sealed for the way back, blind to be found by."""

    sealed: bytes
    blind: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything `confirm` writes, ready; what it rests on are `heads` and the moment `holds_until`.

    `answer` is what the sender will be told, codes and ids only; it is stored, so that a repeated request gets the same
    answer. `parcel` stands with a permit, `strike` with a refusal on record grounds; `reference` is the sender's own
    number, for the way back; `takes` is the question for room whose yes it uses up (M-05). `likenesses` are what she is
    counted by from now on, for notices that name nobody (P-05). `replaces` is what it corrects, and `newest` what the
    gateway found to correct (A-03). `attachments` are the files that the document in the parcel names (M-09).
    """

    asked: Authenticated
    referral: str
    decision: Decision
    heads: tuple[Head, ...]
    leaf: SealedLeaf
    answer: Document
    idempotency: Idempotency
    parcel: Parcel | None = None
    strike: Strike | None = None
    reference: OwnReference | None = None
    likenesses: tuple[bytes, ...] = ()
    replaces: Earlier | None = None
    newest: Newest | None = None
    takes: str | None = None
    attachments: tuple[AttachmentRow, ...] = ()

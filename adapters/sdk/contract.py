"""The contract between the gateway and an adapter: pure functions over these frozen values.

`parse` turns a sender's document into a canonical referral (schema referral/1.0) or an event about an earlier one;
`render` turns what a recipient may have into the recipient's own format. Neither reads a clock, a file, the network or
the environment, and both return a loss report that names every path they dropped, coarsened or guessed.
"""

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, runtime_checkable

from adapters.sdk.manifest import Manifest
from schemas.answer_codes import AnswerCode
from schemas.documents import Document, Loss
from schemas.notice_codes import NoticeAsk, NoticeKind
from schemas.vocabulary import DataCategory, Purpose, ReferralState, Urgency


@dataclass(frozen=True, slots=True)
class Inbound:
    """A document as it arrived.

    `subject` names which person in the document is meant, in the words of the format (an XML id, a case id), or None.
    """

    body: bytes
    media_type: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedReferral:
    """A referral in canonical form, not yet validated; `losses` lists paths of the sender's document."""

    document: Document
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedRevocation:
    """The sender takes back an item it sent earlier, named by its own reference."""

    sender_reference: str
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedStatus:
    """An answer about a referral. `reference` is what the format calls it, or None where the route says it.

    Status text of the format is mapped to a code or dropped (M-06). With `completed`, and only with it, `reason` is a
    ServiceOutcome: `unknown` where the format has no word for what came of it.
    """

    reference: str | None
    state: ReferralState
    reason: AnswerCode | None = None
    losses: tuple[Loss, ...] = ()


Parsed: TypeAlias = ParsedReferral | ParsedRevocation | ParsedStatus


@dataclass(frozen=True, slots=True)
class Envelope:
    """What travels with every disclosure besides the document (M-11).

    `message_id` is known to this recipient only; `sent_on` and `use_until` are dates (YYYY-MM-DD), never exact times;
    `sender` and `recipient` are agency ids. `obligations` are codes such as `no_onward_transfer`.
    """

    message_id: str
    sender: str
    sender_title: str
    recipient: str
    purpose: Purpose
    urgency: Urgency
    sent_on: str
    use_until: str
    obligations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A minimised, pseudonymised document (closed profile schema) and its envelope."""

    envelope: Envelope
    document: Document


@dataclass(frozen=True, slots=True)
class RequestStep:
    """One call the courier makes, in order, against the recipient's system.

    `path` is relative to the recipient's registered endpoint and never begins with a slash.
    """

    method: str
    path: str
    body: Document


@dataclass(frozen=True, slots=True)
class Outbound:
    """A document in the recipient's format; `body` bytes are what is sealed and delivered.

    For systems that are written to by several calls, `body` is the JSON of the steps (media type
    `application/vnd.gateway.steps+json`).
    """

    body: bytes
    media_type: str
    losses: tuple[Loss, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """A status to tell the original sender in its own format; `reference` is the sender's own."""

    reference: str
    state: ReferralState
    reason: AnswerCode | None
    on: str


@dataclass(frozen=True, slots=True)
class OutgoingNotice:
    """What a past recipient is told about a message it holds: what became of it and what is asked; never why.

    `notice` is the id of this notice, `about` that of the message, both known to this recipient only. `replaced_by` is
    the message that brings the corrected version. A narrowing names the `categories` that are to go, and by `use_until`
    the day after which nothing of it may be used. Dates are YYYY-MM-DD.
    """

    notice: str
    about: str
    kind: NoticeKind
    asks: NoticeAsk
    on: str
    answer_by: str
    replaced_by: str | None = None
    categories: tuple[DataCategory, ...] = ()
    use_until: str | None = None


class Adapter(Protocol):
    """One system's translation. Built without arguments; `manifest` is read from the manifest.toml beside it."""

    @property
    def manifest(self) -> Manifest:
        """What this adapter says about itself."""
        ...

    def parse(self, inbound: Inbound) -> Parsed:
        """Read a sender's document. Raises only AdapterError."""
        ...

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write a recipient's document. Raises only AdapterError; equal input gives equal bytes."""
        ...

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Write an answer for the original sender. Raises UnsupportedError where the format has no status."""
        ...

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        """Write what takes an earlier message back, corrects or restricts it, as the recipient's system understands it.

        Raises UnsupportedError where the format has no such thing; the recipient then gets notice/1.0.
        """
        ...


@runtime_checkable
class Splitting(Protocol):
    """What an adapter may offer besides: taking a file of several records apart (uploads of small organisations)."""

    def split(self, inbound: Inbound) -> tuple[Inbound, ...]:
        """Return each record as a document of its own, in the order of the file. Raises only AdapterError.

        Equal records give equal bytes, so that a row is recognised when it comes again.
        """
        ...

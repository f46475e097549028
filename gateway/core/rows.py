"""What confirmed items write, as values: the store turns each into columns.

Ids, codes, times, and sealed bytes; nothing readable about her.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from consent.case import CaseEvent
from consent.records import ConsentEvent
from gateway.core.access.certificates import CertificateName
from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import EVERY_RIGHT, ClientRights
from gateway.core.access.scopes import Scope
from gateway.core.records.anchor_rows import AnchorRow
from gateway.core.records.attachment_rows import AttachmentRow
from gateway.core.records.breach_rows import BreachStepRow
from gateway.core.records.capacity_rows import CapacityInsert
from gateway.core.records.code_rows import CodeInsert
from gateway.core.records.officer_records import OfficerInsert
from gateway.core.records.policy_rows import PolicyStepRow
from gateway.core.records.receipt_rows import SignedReceiptRow
from gateway.core.records.release_rows import ReleaseStepRow
from gateway.core.records.replacements import ReplacementRow
from gateway.core.records.signing_key_rows import SigningKeyRow
from gateway.core.stages import Idempotency, OwnReference, Parcel
from schemas.answer_codes import AnswerCode
from schemas.documents import Document, Json
from schemas.vocabulary import Purpose, ReferralState


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral as the gateway remembers it for its sender.

    Ids, codes and times, and the sender's own number sealed.
    """

    id: str
    client: str
    sender: str
    recipient: str | None
    purpose: Purpose
    outcome: str
    state: ReferralState
    at: datetime
    person: bytes | None
    leaf_index: int
    answer: Document
    reference: OwnReference | None
    reason: AnswerCode | None = None
    answered: datetime | None = None


@dataclass(frozen=True, slots=True)
class IdempotencyRow:
    """One answered request, and the answer it got: that of its referral, or its own."""

    idempotency: Idempotency
    referral: str | None
    answer: Document | None
    expires: datetime


@dataclass(frozen=True, slots=True)
class StrikeRow:
    """One refusal counted against a pair."""

    pair: bytes
    recipient: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LockRow:
    """A pair that tried too many recipients, and whose it is: an officer has to ask somebody."""

    pair: bytes
    agency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person: nothing but a random id."""

    id: bytes


@dataclass(frozen=True, slots=True)
class BindingRow:
    """One agency's reference for a person, blind and sealed."""

    blind: bytes
    person: bytes
    agency: str
    sealed_ref: bytes


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One consent event. `sealed` holds under her data key what is not an id, code or time."""

    consent: str
    person: bytes
    event: ConsentEvent
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class CaseEventRow:
    """One case event. Its terms are what may lie readable; `sealed` holds the rest under her data key."""

    person: bytes
    event: CaseEvent
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class LikenessRow:
    """One person a notice without identity was asked for, by a keyed digest of what it would tell (P-05)."""

    likeness: bytes
    person: bytes


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency's registration (schema agency/1.0)."""

    id: str
    document: Document


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """A signed agreement (schema agreement/1.0), in force from `begins` until before `ends`."""

    id: str
    sender: str
    recipient: str
    purpose: Purpose
    begins: datetime
    ends: datetime
    document: Document


@dataclass(frozen=True, slots=True)
class ClientRow:
    """An OAuth client: agency, public keys (RFC 7517), scopes, how it holds its tokens, its bounds and names."""

    id: str
    agency: str
    jwks: tuple[Mapping[str, Json], ...]
    scopes: frozenset[Scope]
    mode: ClientMode = ClientMode.DPOP
    rights: ClientRights = EVERY_RIGHT
    names: tuple[CertificateName, ...] = ()


Row: TypeAlias = (
    ReferralRow
    | IdempotencyRow
    | AnchorRow
    | StrikeRow
    | LockRow
    | PersonRow
    | BindingRow
    | ConsentRow
    | CaseEventRow
    | LikenessRow
    | Parcel
    | OfficerInsert
    | CodeInsert
    | CapacityInsert
    | ReplacementRow
    | ReleaseStepRow
    | SigningKeyRow
    | SignedReceiptRow
    | PolicyStepRow
    | BreachStepRow
    | AttachmentRow
)

"""Between the line's rows and the tables' columns. Closed lists are stored as their codes, separated by blanks."""

import json
from typing import TypeAlias

from sqlalchemy import Row as SqlRow
from sqlalchemy import Table

from gateway.core.records.anchor_rows import AnchorRow
from gateway.core.records.attachment_rows import AttachmentRow
from gateway.core.records.breach_rows import BreachStepRow
from gateway.core.records.capacity_rows import CapacityInsert, RoomAnswerRow, RoomQuestionRow
from gateway.core.records.code_rows import CodeInsert, CodeRow, CodeUseRow, LinkRow, TryRow
from gateway.core.records.officer_records import OfficerInsert
from gateway.core.records.policy_rows import PolicyStepRow
from gateway.core.records.receipt_rows import SignedReceiptRow
from gateway.core.records.release_rows import ReleaseStepRow
from gateway.core.records.replacements import ReplacementRow
from gateway.core.records.signing_key_rows import SigningKeyRow
from gateway.core.rows import (
    BindingRow,
    CaseEventRow,
    ConsentRow,
    IdempotencyRow,
    LikenessRow,
    LockRow,
    PersonRow,
    ReferralRow,
    Row,
    StrikeRow,
)
from gateway.core.stages import Parcel, Stated
from gateway.store.moments import moment, ticks
from gateway.store.rows.anchors import anchor_insertion
from gateway.store.rows.attachments import attachment_insertion
from gateway.store.rows.breaches import breach_insertion
from gateway.store.rows.capacity import capacity_insertion
from gateway.store.rows.codes import code_insertion
from gateway.store.rows.consent_terms import event_text
from gateway.store.rows.officers import officer_insertion
from gateway.store.rows.policies import policy_insertion
from gateway.store.rows.releases import release_insertion
from gateway.store.rows.states import ParcelState
from gateway.store.tables import cases, courier, erasures, line, notices, replacements
from gateway.store.tables.columns import Values, table_of
from gateway.store.tables.signing_keys import signing_key_insertion
from schemas.canonical import canonical_trusted
from schemas.documents import Document, Json
from schemas.vocabulary import AgeStatus, DataCategory, DeliveryMode, Ground, Purpose, Urgency

HEAD = table_of(line.HeadTable)
AGENCY = table_of(line.AgencyTable)
AGREEMENT = table_of(line.AgreementTable)
CLIENT = table_of(line.ClientTable)
USED_PROOF = table_of(line.UsedProofTable)
REVOKED_TOKEN = table_of(line.RevokedTokenTable)
PERSON = table_of(line.PersonTable)
BINDING = table_of(line.BindingTable)
CONSENT_EVENT = table_of(line.ConsentEventTable)
LIKENESS = table_of(cases.LikenessTable)
CASE_EVENT = table_of(cases.CaseEventTable)
REFERRAL = table_of(line.ReferralTable)
IDEMPOTENCY = table_of(line.IdempotencyTable)
PARCEL = table_of(line.ParcelTable)
STRIKE = table_of(line.StrikeTable)
LOCK = table_of(line.LockTable)
LEDGER_HEAD = table_of(line.LedgerHeadTable)
LEDGER_LEAF = table_of(line.LedgerLeafTable)
LEDGER_NODE = table_of(line.LedgerNodeTable)
PERSON_LEAF = table_of(line.PersonLeafTable)
NOTICE = table_of(notices.NoticeTable)
REPLACEMENT = table_of(replacements.ReplacementTable)
ENDPOINT = table_of(courier.EndpointTable)
LANE = table_of(courier.LaneTable)
DELIVERY = table_of(courier.DeliveryTable)
SIGNED_RECEIPT = table_of(courier.SignedReceiptTable)
ERASURE_PENDING = table_of(erasures.ErasurePendingTable)
ERASURE_ASKED = table_of(erasures.ErasureAskedTable)
ERASURE_KEPT = table_of(erasures.ErasureKeptTable)


def insertion(row: Row) -> tuple[Table, Values]:
    """Return the table a row belongs to and its columns."""
    match row:
        case ReferralRow():
            return REFERRAL, _referral(row)
        case Parcel():
            return PARCEL, _parcel(row)
        case IdempotencyRow():
            return IDEMPOTENCY, {
                "key": row.idempotency.key,
                "digest": row.idempotency.digest,
                "referral": row.referral,
                "answer": None if row.answer is None else json_text(row.answer),
                "expires": ticks(row.expires),
            }
        case StrikeRow():
            return STRIKE, {"pair": row.pair, "recipient": row.recipient, "at": ticks(row.at)}
        case LockRow():
            return LOCK, {"pair": row.pair, "agency": row.agency, "at": ticks(row.at)}
        case PersonRow():
            return PERSON, {"id": row.id}
        case BindingRow():
            return BINDING, {
                "blind": row.blind,
                "person": row.person,
                "agency": row.agency,
                "sealed_ref": row.sealed_ref,
            }
        case ConsentRow():
            return CONSENT_EVENT, _consent_event(row)
        case CaseEventRow() | LikenessRow():
            return _of_case(row)
        case _:
            return _insertion_of_others(row)


_Other: TypeAlias = (
    "OfficerInsert | CodeInsert | CapacityInsert | ReplacementRow | ReleaseStepRow | SigningKeyRow | AnchorRow"
    " | SignedReceiptRow | PolicyStepRow | BreachStepRow | AttachmentRow"
)


def _insertion_of_others(row: _Other) -> tuple[Table, Values]:
    if isinstance(row, SignedReceiptRow):
        return SIGNED_RECEIPT, {
            "message": row.message,
            "person": row.person,
            "event": row.event,
            "sealed": row.sealed,
        }
    if isinstance(row, ReplacementRow):
        return REPLACEMENT, {"referral": row.referral, "replaces": row.replaces, "version": row.version}
    if isinstance(row, AnchorRow):
        return anchor_insertion(row)
    if isinstance(row, ReleaseStepRow):
        return release_insertion(row)
    if isinstance(row, SigningKeyRow):
        return signing_key_insertion(row)
    if isinstance(row, BreachStepRow):
        return breach_insertion(row)
    if isinstance(row, PolicyStepRow):
        return policy_insertion(row)
    if isinstance(row, AttachmentRow):
        return attachment_insertion(row)
    if isinstance(row, RoomQuestionRow | RoomAnswerRow):
        return capacity_insertion(row)
    return code_insertion(row) if isinstance(row, CodeRow | CodeUseRow | TryRow | LinkRow) else officer_insertion(row)


def parcel_of(row: SqlRow[tuple[object, ...]]) -> Parcel:
    """Read a parcel back."""
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return Parcel(
        id=values["id"],
        referral=values["referral"],
        sender=values["sender"],
        recipient=values["recipient"],
        purpose=Purpose(values["purpose"]),
        urgency=Urgency(values["urgency"]),
        mode=DeliveryMode(values["mode"]),
        media_type=values["media_type"],
        person=values["person"],
        rests_on=values["consent"],  # The column is named for what it nearly always holds.
        stated=Stated(
            frozenset(map(DataCategory, values["carries"].split())),
            AgeStatus(values["age"]),
            Ground(values["ground"]),
        ),
        sends=frozenset(map(DataCategory, values["sends"].split())),
        payload=values["payload"],
        due=moment(values["due"]),
        use_until=moment(values["use_until"]),
    )


def json_text(document: Document) -> str:
    """Write codes and ids as canonical JSON."""
    return canonical_trusted(document).decode()


def json_document(text: str) -> dict[str, Json]:
    """Read what `json_text` wrote."""
    document: dict[str, Json] = json.loads(text)
    return document


def _referral(row: ReferralRow) -> Values:
    return {
        "id": row.id,
        "client": row.client,
        "sender": row.sender,
        "recipient": row.recipient,
        "purpose": row.purpose.value,
        "outcome": row.outcome,
        "state": row.state.value,
        "at": ticks(row.at),
        "person": row.person,
        "leaf_index": row.leaf_index,
        "answer": json_text(row.answer),
        "reason": None,
        "answered": None,
        "sealed_reference": row.reference.sealed if row.reference else None,
        "reference_blind": row.reference.blind if row.reference else None,
    }


def _parcel(row: Parcel) -> Values:
    return {
        "id": row.id,
        "referral": row.referral,
        "sender": row.sender,
        "recipient": row.recipient,
        "purpose": row.purpose.value,
        "urgency": row.urgency.value,
        "mode": row.mode.value,
        "media_type": row.media_type,
        "person": row.person,
        "consent": row.rests_on,
        "carries": " ".join(sorted(row.stated.carries)),
        "age": row.stated.age.value,
        "ground": row.stated.ground.value,
        "sends": " ".join(sorted(row.sends)),
        "payload": row.payload,
        "due": ticks(row.due),
        "use_until": ticks(row.use_until),
        "state": ParcelState.QUEUED.value,
        "lease_until": None,
        "handed_out": 0,
    }


def _consent_event(row: ConsentRow) -> Values:
    return {
        "consent": row.consent,
        "person": row.person,
        "type": row.event.type.value,
        "at": ticks(row.event.at),
        "terms": event_text(row.event),
        "sealed": row.sealed,
    }


def _of_case(row: CaseEventRow | LikenessRow) -> tuple[Table, Values]:
    if isinstance(row, LikenessRow):
        return LIKENESS, {"likeness": row.likeness, "person": row.person}
    return CASE_EVENT, _case_event(row)


def _case_event(row: CaseEventRow) -> Values:
    event = row.event
    override = event.terms.get("override")
    return {
        "event": event.id,
        "person": row.person,
        "type": event.type.value,
        "at": ticks(event.at),
        "by": event.by,
        "override": override if isinstance(override, str) else None,
        "terms": json_text(event.terms),
        "sealed": row.sealed,
    }

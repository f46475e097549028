"""The closed code lists and JSON shapes of the canonical referral, for adapters, which import nothing but this SDK."""

from schemas.answer_codes import AnswerCode, ServiceOutcome
from schemas.documents import Document, Json, Loss
from schemas.notice_codes import NoticeAsk, NoticeKind
from schemas.vocabulary import (
    AgeBand,
    AgeStatus,
    DataCategory,
    Exploitation,
    Need,
    Purpose,
    ReferralState,
    RejectionReason,
    Sex,
    Urgency,
)

__all__ = [
    "AgeBand",
    "AgeStatus",
    "AnswerCode",
    "DataCategory",
    "Document",
    "Exploitation",
    "Json",
    "Loss",
    "Need",
    "NoticeAsk",
    "NoticeKind",
    "Purpose",
    "ReferralState",
    "RejectionReason",
    "ServiceOutcome",
    "Sex",
    "Urgency",
]

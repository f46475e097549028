"""Sending referrals, and what becomes of them."""

from collections.abc import Mapping
from typing import Final

from gateway.core.access.scopes import Scope
from gateway.reference.answers import JSON, told
from gateway.reference.model import Answer, Body, Operation
from gateway.reference.shapes import COUNT, many, part, record
from gateway.web.bulk import NDJSON
from gateway.web.multipart import SUPPLEMENT
from gateway.web.problem_types import ProblemType
from schemas.documents import Json

_CANONICAL: Final = "application/vnd.referral-gateway.referral+json"
_DECISION: Final = "01R6KX7VG0A7VV69K3HCXP5RW1"
_REFERRAL: Final[Json] = {
    "schema": "referral/1.0",
    "sender_reference": "VISIT-2031",
    "subject": {
        "person_ref": "C-0311",
        "minor_status": "adult",
        "languages": [{"code": "sq", "preferred": True}],
    },
    "needs": [{"code": "accommodation.emergency"}],
}
_PROOF: Final[Json] = {
    "leaf": '{"event":"044BR4XB8V4A7CXDSSZW9DYTFB","outcome":"permitted"}',
    "index": 17,
    "proof": ["GmJ6Zl4X8lP3r0m9zq0nYtHkqk1B0y2u6m3v7xw5y9A="],
    "checkpoint": "gateway.example/log\n18\nQ2hlY2twb2ludA==\n\n— gateway.example/log c2lnbmF0dXJl\n",
}
_PERMITTED: Final[dict[str, Json]] = {
    "decision_id": _DECISION,
    "outcome": "permitted",
    "recipient": "harbour-shelter",
    "purpose": "assistance.accommodation",
    "sent": ["language", "need"],
    "not_sent": ["age_band", "person_ref", "sender_reference"],
    "obligations": ["purpose_only", "no_onward_transfer", "no_enforcement_use", "delete_after_use"],
    "use_until": "2031-04-13",
}
_SENT: Final[Json] = {**_PERMITTED, "state": "submitted", "proof": _PROOF}
_REVOKED: Final[Json] = {"decision_id": _DECISION, "outcome": "revoked", "stopped": 1, "may_have_left": 0, "notices": 0}
_HOW: Final = (
    *("GX-Recipient", "GX-Purpose", "GX-Urgency", "GX-Ground", "GX-Subject", "GX-Preview-Digest", "GX-Capacity"),
    *("GX-Replaces", "IdempotencyKey"),
)
_OWN_FORMAT: Final = {
    _CANONICAL: Body(part("Referral"), {"usual": _REFERRAL}),
    JSON: Body({"type": "object"}, {"canonical": _REFERRAL}),
    "application/xml": Body({"type": "string"}),
    "multipart/related": Body(
        {"type": "string", "format": "binary", "description": f"Your document, and a second part of type {SUPPLEMENT}."}
    ),
    "*/*": Body(
        {"type": "string", "format": "binary", "description": "Whatever media type your system's adapter reads."}
    ),
}
_DECIDED: Final = {
    403: (ProblemType.REFUSED, ProblemType.BAD_REQUEST),
    404: (ProblemType.NOT_FOUND,),
    413: (ProblemType.DOCUMENT_UNREADABLE,),
    415: (ProblemType.DOCUMENT_UNREADABLE,),
    422: (ProblemType.DOCUMENT_UNREADABLE, ProblemType.DOCUMENT_INVALID),
    503: (ProblemType.DOCUMENT_UNREADABLE,),
}
_ONCE: Final = (ProblemType.IDEMPOTENCY_KEY_REUSED,)
_NONE: Final = {404: (ProblemType.NOT_FOUND,)}

OPERATIONS: Final[Mapping[str, Operation]] = {
    "sendReferral": Operation(
        {
            200: told("It was a taking back, and is done.", "RevokedReferral", _REVOKED),
            201: told("It may go, and is on its way.", "PermittedReferral", _SENT),
        },
        (Scope.SEND_REFERRALS,),
        _HOW,
        _OWN_FORMAT,
        {**_DECIDED, 409: (ProblemType.PREVIEW_DIFFERS,), 422: (*_DECIDED[422], *_ONCE)},
    ),
    "previewReferral": Operation(
        {
            200: told(
                "What would be sent.",
                "Preview",
                {
                    **_PERMITTED,
                    "not_read": [{"path": "/case/officer_badge", "kind": "dropped"}],
                    "digest": "f1cc2885a2f918a5091f946e230b053ed29dbf1cc224fdbd8d0474ec1071759c",
                    "document": {
                        "schema": "profile/shelter/assistance.accommodation/1.0",
                        "subject": {"pseudonym": "‹pseudonym›", "languages": ["sq"]},
                        "needs": [{"code": "accommodation.emergency"}],
                    },
                    "recognised": [],
                    "rendered": {
                        "media_type": _CANONICAL,
                        "losses": [],
                        "encoding": "utf-8",
                        "body": '{"document":{},"envelope":{"message_id":"‹message id›"}}',
                    },
                },
            )
        },
        (Scope.SEND_REFERRALS,),
        _HOW,
        _OWN_FORMAT,
        _DECIDED,
    ),
    "getReferral": Operation(
        {
            200: told(
                "How it stands, with its proof. The ETag moves when it does, and not with the proof.",
                "SentReferral",
                {**_PERMITTED, "state": "accepted", "proof": _PROOF},
                "ETag",
            ),
            304: Answer("You have it already.", headers=("ETag",)),
        },
        (Scope.READ_REFERRALS,),
        ("IfNoneMatch",),
        problems=_NONE,
    ),
    "explainReferral": Operation(
        {
            200: told(
                "The rules that were looked at, in their order.",
                "Explanation",
                {
                    "decision_id": _DECISION,
                    "outcome": "refused",
                    "reasons": [
                        {
                            "code": "not_permitted",
                            "rule": "C-01",
                            "sentence": "The gateway holds no ground on which it may make this disclosure.",
                        }
                    ],
                    "steps": [
                        {
                            "rule": "M-02",
                            "sentence": "An agreement of the two agencies about this purpose is in force.",
                            "held": "yes",
                        }
                    ],
                    "would_need": ["The gateway holds a ground on which it may make this disclosure."],
                },
            )
        },
        (Scope.READ_REFERRALS,),
        problems=_NONE,
    ),
    "getProof": Operation(
        {200: Answer("The proof.", {"text/plain": Body({"type": "string"})})}, (Scope.READ_REFERRALS,), problems=_NONE
    ),
    "getReferralStatus": Operation(
        {
            200: Answer(
                "How it stands, in the format of your system.",
                {
                    "application/vnd.referral-gateway.status+json": Body(
                        part("Answered"),
                        {"usual": {"schema": "status/1.0", "reference": "VISIT-2031", "state": "accepted"}},
                    ),
                    "*/*": Body({"type": "string", "format": "binary"}),
                },
            )
        },
        (Scope.READ_REFERRALS,),
        problems={**_NONE, 406: (ProblemType.NO_SUCH_STATUS,)},
    ),
    "sendReferrals": Operation(
        {
            200: Answer(
                "What is told of each line, in their order: `answer` is what would be told of it alone.",
                {
                    NDJSON: Body(
                        record({"line": COUNT, "status": COUNT, "answer": {"type": "object"}}),
                        {"a line": {"line": 1, "status": 201, "answer": {**_PERMITTED, "state": "submitted"}}},
                    )
                },
            )
        },
        (Scope.SEND_REFERRALS,),
        (),
        {
            NDJSON: Body(
                part("ReferralLine"),
                {
                    "a line": {
                        "headers": {
                            "GX-Recipient": "harbour-shelter",
                            "GX-Purpose": "assistance.accommodation",
                            "Content-Type": _CANONICAL,
                            "Idempotency-Key": "import-2031-03-14-0001",
                        },
                        "document": _REFERRAL,
                    }
                },
            )
        },
        {415: (ProblemType.UNSUPPORTED_MEDIA_TYPE,)},
    ),
    "uploadReferrals": Operation(
        {
            200: told(
                "Each row, in the order of the file.",
                record(
                    {
                        "rows": many(part("Row")),
                        "count": record({"permitted": COUNT, "refused": COUNT, "problem": COUNT}),
                    }
                ),
                {
                    "rows": [
                        {"row": 1, **_PERMITTED, "state": "submitted"},
                        {
                            "row": 2,
                            "outcome": "problem",
                            "code": "document_unreadable",
                            "errors": [{"pointer": "/prs_Gender", "rule": "unknown_code"}],
                        },
                    ],
                    "count": {"permitted": 1, "refused": 0, "problem": 1},
                },
            )
        },
        (Scope.SEND_REFERRALS,),
        tuple(name for name in _HOW if name not in {"GX-Subject", "GX-Preview-Digest"}),
        {
            "text/csv": Body({"type": "string"}),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Body(
                {"type": "string", "format": "binary"}
            ),
            "multipart/form-data": Body(
                {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            ),
        },
        {
            413: (ProblemType.DOCUMENT_UNREADABLE,),
            415: (ProblemType.DOCUMENT_UNREADABLE,),
            422: (ProblemType.DOCUMENT_UNREADABLE, ProblemType.DOCUMENT_INVALID),
            503: (ProblemType.DOCUMENT_UNREADABLE,),
        },
    ),
}

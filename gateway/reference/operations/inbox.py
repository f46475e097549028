"""A recipient's side: fetching, acknowledging, answering; and the notices a sender follows."""

from collections.abc import Mapping
from typing import Final

from gateway.core.access.scopes import Scope
from gateway.reference.answers import JSON, told
from gateway.reference.model import Body, Operation
from gateway.reference.shapes import many, part, record
from gateway.web.problem_types import ProblemType
from schemas.documents import Json

_MESSAGE: Final[Json] = {
    "message": "2X4R91YPWKG7402Z82A4XHSQHZ",
    "media_type": "application/vnd.referral-gateway.referral+json",
    "body": "eyJkb2N1bWVudCI6e319",
    "lease_until": "2031-03-14T12:05:00Z",
}
_SAID: Final = {
    404: (ProblemType.NOT_FOUND,),
    409: (ProblemType.STATE_CONFLICT,),
    422: (ProblemType.IDEMPOTENCY_KEY_REUSED,),
}

OPERATIONS: Final[Mapping[str, Operation]] = {
    "leaseMessages": Operation(
        {
            200: told(
                "What waits, oldest first; nobody else of your agency gets these for five minutes.",
                record({"messages": many(part("Message"))}),
                {"messages": [_MESSAGE]},
            )
        },
        (Scope.READ_INBOX,),
        ("lease_limit",),
    ),
    "acknowledgeMessage": Operation(
        {200: told("Noted. The gateway keeps it no longer.", "Noted", {"outcome": "recorded"})},
        (Scope.ACKNOWLEDGE_INBOX,),
        ("IdempotencyKey", "GX-Receipt"),
        problems={**_SAID, 422: (*_SAID[422], ProblemType.DOCUMENT_UNREADABLE)},
    ),
    "answerReferral": Operation(
        {200: told("Noted. The sender reads it in its own format.", "Noted", {"outcome": "recorded"})},
        (Scope.ACKNOWLEDGE_INBOX,),
        ("IdempotencyKey",),
        {
            "application/vnd.referral-gateway.status+json": Body(
                part("Answered"), {"accepted": {"schema": "status/1.0", "state": "accepted"}}
            ),
            JSON: Body(
                {"type": "object"},
                {"of a referral": {"schema": "status/1.0", "state": "rejected", "reason": "lack_of_capacity"}},
            ),
            "*/*": Body(
                {"type": "string", "format": "binary", "description": "A status in the format of your system."}
            ),
        },
        {
            **_SAID,
            413: (ProblemType.DOCUMENT_UNREADABLE,),
            415: (ProblemType.DOCUMENT_UNREADABLE,),
            422: (*_SAID[422], ProblemType.DOCUMENT_UNREADABLE, ProblemType.DOCUMENT_INVALID),
            503: (ProblemType.DOCUMENT_UNREADABLE,),
        },
    ),
    "listNotices": Operation(
        {
            200: told(
                "A page of notices, by referral.",
                record({"notices": many(part("TrackedNotice"))}, {"next": {"type": "string"}}),
                {
                    "notices": [
                        {
                            "referral": "01R6KX7VG0A7VV69K3HCXP5RW1",
                            "recipient": "harbour-shelter",
                            "kind": "withdrawal",
                            "asks": "erase",
                            "state": "acknowledged",
                            "on": "2031-03-14",
                            "answer_by": "2031-03-28",
                            "late": False,
                        }
                    ]
                },
                "Link",
            )
        },
        (Scope.READ_REFERRALS,),
        ("notice_state", "limit", "after"),
    ),
}

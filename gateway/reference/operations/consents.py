"""What people agreed to, how it stands, and how it is taken back."""

from collections.abc import Mapping
from typing import Final

from adapters.consents import FORMATS
from gateway.core.access.scopes import Scope
from gateway.reference.answers import JSON, taken, told
from gateway.reference.model import Answer, Body, Operation
from gateway.reference.shapes import CODE, MOMENT, REFERENCE, YES_OR_NO, closed, many, part, record
from gateway.web.problem_types import ProblemType
from schemas.documents import Json

_ID: Final = "4VTKHP8NVHTF3XX36ZA77432ZD"
_CONSENT: Final[Json] = {
    "schema": "consent/1.0",
    "person_ref": "C-0311",
    "discloser": "riverside-clinic",
    "recipient": "harbour-shelter",
    "decision": "support",
    "state": "given",
    "purposes": ["assistance.accommodation"],
    "categories": ["pseudonym", "need", "language"],
    "text": {"version": "2031-01", "sha256": "5f" * 32, "language": "sq"},
    "person_languages": ["sq"],
    "interpreter": {"none_needed": True},
    "information_confirmed": True,
    "mechanism": "oral",
    "taken_by": {"agency": "riverside-clinic", "name": "Anca Pop"},
    "given_by": "self",
    "taken_at": "2031-03-14T09:30:00Z",
    "valid_from": "2031-03-14T09:30:00Z",
    "withdrawal_method": "any_agency",
}
_RECORDED: Final[dict[str, Json]] = {
    "consent": _ID,
    "state": "given",
    "active": True,
    "confirmed": True,
    "ends": "2031-06-12",
}
_CAME_OF_IT: Final[dict[str, Json]] = {
    "stopped": 1,
    "may_have_left": 0,
    "notices": 1,
    "may_have_left_to": [],
    "covers": "what is known under this record",
}
_BRIEF: Final[dict[str, Json]] = {
    "consent": _ID,
    "recipient": "harbour-shelter",
    "decision": "support",
    "state": "given",
    "active": True,
    "purposes": ["assistance.accommodation"],
    "categories": ["language", "need"],
    "ends": "2031-06-12T11:00:00Z",
    "history": [{"type": "recorded", "at": "2031-03-14T12:00:00Z"}],
}
_WHOLE: Final[Json] = {
    **_BRIEF,
    "at": "2031-03-14T12:00:00Z",
    "version": 1,
    "begins": "2031-03-14T11:00:00Z",
    "given_by": "self",
    "restrictions": [{"category": "alias", "recipient": "hill-shelter"}],
}
_FOREIGN: Final = {form.media_type: Body({"type": "object"}) for form in FORMATS.values()}
_WORDS: Final = (ProblemType.CONSENT_NOT_RECORDABLE, ProblemType.DOCUMENT_INVALID, ProblemType.IDEMPOTENCY_KEY_REUSED)
_NONE: Final = {404: (ProblemType.NOT_FOUND,)}

OPERATIONS: Final[Mapping[str, Operation]] = {
    "recordConsent": Operation(
        {
            201: told(
                "Recorded. Not `confirmed`: a second person has to. Not `active`: that, a no, or it begins later.",
                "RecordedConsent",
                {**_RECORDED, "withdrawal_code": "DXYA-ABV0-E5TZ-S"},
            )
        },
        (Scope.RECORD_CONSENTS,),
        ("IdempotencyKey",),
        {
            **taken("Consent", {"given": _CONSENT}),
            **_FOREIGN,
            "multipart/related": Body({"type": "string", "format": "binary"}),
        },
        {422: (*_WORDS, ProblemType.DOCUMENT_UNREADABLE), 415: (ProblemType.DOCUMENT_UNREADABLE,)},
    ),
    "searchConsents": Operation(
        {
            200: told(
                "Those you recorded; none for somebody you do not know.",
                record({"consents": many(part("ConsentInBrief"))}),
                {"consents": [_BRIEF]},
            )
        },
        (Scope.READ_CONSENTS,),
        (),
        taken(closed({"person_ref": REFERENCE}, {"at": MOMENT}), {"now": {"person_ref": "C-0311"}}),
        {422: (ProblemType.DOCUMENT_INVALID,)},
    ),
    "readConsent": Operation(
        {
            200: Answer(
                "How it stands.",
                {JSON: Body(part("ConsentInFull"), {"usual": _WHOLE}), **_FOREIGN},
                ("GX-Not-Carried", "ETag"),
            ),
            304: Answer("You have it already.", headers=("ETag",)),
        },
        (Scope.READ_CONSENTS,),
        ("at", "IfNoneMatch"),
        problems={
            **_NONE,
            406: (ProblemType.NOT_ACCEPTABLE, ProblemType.NOT_IN_THIS_FORMAT),
            422: (ProblemType.BAD_REQUEST,),
        },
    ),
    "addConsentEvent": Operation(
        {
            201: told(
                "Recorded.", "RecordedConsent", {**_RECORDED, "state": "withdrawn", "active": False, **_CAME_OF_IT}
            )
        },
        (Scope.RECORD_CONSENTS,),
        ("IdempotencyKey", "IfMatch"),
        taken("ConsentEvent", {"withdrawn": {"schema": "consent_event/1.0", "type": "withdrawn"}}),
        {
            **_NONE,
            409: (ProblemType.CONSENT_EVENT_UNFIT,),
            412: (ProblemType.PRECONDITION_FAILED,),
            422: _WORDS,
            428: (ProblemType.PRECONDITION_REQUIRED,),
        },
    ),
    "makeReceipt": Operation(
        {
            200: Answer(
                "Her receipt, in her language where there is a text in it. It is kept by nobody.",
                {"text/html": Body({"type": "string"}), "text/plain": Body({"type": "string"})},
                ("Content-Language", "Content-Disposition"),
            )
        },
        (Scope.READ_CONSENTS,),
        (),
        taken(closed({"handed_out": YES_OR_NO}), {"on your screen": {"handed_out": False}}),
        {**_NONE, 406: (ProblemType.NOT_ACCEPTABLE,), 409: (ProblemType.NOT_SAFE_TO_GIVE,)},
    ),
    "withdrawConsent": Operation(
        {200: told("It is over.", "Withdrawal", {"withdrawn": 1, **_CAME_OF_IT})},
        (Scope.WITHDRAW_CONSENTS,),
        ("IdempotencyKey",),
        taken(
            {
                "anyOf": [
                    closed({"person_ref": REFERENCE}, {"consent": {"type": "string"}}),
                    closed({"code": CODE}, {"everything": YES_OR_NO}),
                ]
            },
            {
                "all of hers that you know": {"person_ref": "C-0311"},
                "by the code of her receipt": {"code": "DXYA-ABV0-E5TZ-S"},
            },
        ),
        {
            404: (ProblemType.NOT_FOUND, ProblemType.CODE_NOT_ACCEPTED),
            422: (ProblemType.IDEMPOTENCY_KEY_REUSED, ProblemType.DOCUMENT_INVALID),
            429: (ProblemType.TOO_MANY_CODES,),
        },
    ),
}

"""Schemas of what a sender is told about its referrals."""

from collections.abc import Mapping
from typing import Final

from adapters.sdk.codes import RejectionReason, ServiceOutcome
from consent.explain import Held
from consent.reasons import COLLAPSED_CODE, Reason
from gateway.reference.model import Schema
from gateway.reference.shapes import (
    AGENCY,
    BASE64,
    COUNT,
    DAY,
    ID,
    OBJECT,
    TEXT,
    closed,
    const,
    many,
    one_of,
    part,
    record,
    said,
)
from schemas.vocabulary import DataCategory, Purpose, ReferralState

_CATEGORIES: Final = many(one_of(DataCategory))
_WHAT_CAME_OF_IT: Final[Mapping[str, Schema]] = {
    "stopped": said(COUNT, "Messages that were still here, and leave no more."),
    "may_have_left": said(COUNT, "Messages that were already on their way."),
    "notices": said(COUNT, "Notices that go to whoever received something."),
}
_PERMITTED: Final[Mapping[str, Schema]] = {
    "decision_id": ID,
    "outcome": const("permitted"),
    "recipient": AGENCY,
    "purpose": one_of(Purpose),
    "sent": said(_CATEGORIES, "Kinds of data that are sent."),
    "not_sent": said(_CATEGORIES, "Kinds of data that stay; whether by profile or by her wish is not told."),
    "obligations": said(many(TEXT), "What the recipient is bound to."),
    "use_until": said(DAY, "The day until which the recipient may use it."),
}
_STATE: Final = one_of(ReferralState)
_MADE_OF_IT: Final[Mapping[str, Schema]] = {
    "replaces": said(ID, "The referral that this one corrects."),
    "version": said(COUNT, "Which version of the referral this is, where it was corrected."),
    "proof": part("Proof"),
}
_REASONS: Final = many(part("RefusalReason"))


TOLD: Final[Mapping[str, Schema]] = {
    "ReferralLine": {
        **closed(
            {"headers": {"type": "object", "additionalProperties": TEXT}},
            {
                "document": said(OBJECT, "A document in JSON."),
                "body": said(BASE64, "A document in any other format."),
                "supplement": part("Supplement"),
            },
            "One line of a bulk request: the headers of sendReferral, and a document.",
        ),
        "oneOf": [{"required": ["document"]}, {"required": ["body"]}],
    },
    "PermittedReferral": record({**_PERMITTED, "state": _STATE}, _MADE_OF_IT, "It is on its way."),
    "RevokedReferral": record(
        {"decision_id": ID, "outcome": const("revoked"), **_WHAT_CAME_OF_IT}, sentence="It was taken back."
    ),
    "RefusedReferral": record(
        {"decision_id": ID, "outcome": const("refused"), "reasons": _REASONS}, sentence="It may not be disclosed."
    ),
    "SentReferral": record(
        {**_PERMITTED, "state": _STATE, "proof": part("Proof")},
        {
            "reference": said(TEXT, "Your own number for it."),
            "reason": one_of(RejectionReason),
            "service_outcome": one_of(ServiceOutcome),
            **{name: shape for name, shape in _MADE_OF_IT.items() if name != "proof"},
        },
        "A referral you sent, and how it stands.",
    ),
    "Preview": record(
        {
            **_PERMITTED,
            "not_read": said(
                many(record({"path": TEXT, "kind": TEXT})),
                "What of your document the gateway does not take up: its path, and dropped, coarsened or guessed.",
            ),
            "digest": said({"type": "string", "pattern": "^[0-9a-f]{64}$"}, "For GX-Preview-Digest."),
            "document": said(OBJECT, "What the recipient would get, in canonical words."),
            "recognised": said(
                many(record({"pointer": TEXT, "kind": TEXT, "start": COUNT, "end": COUNT})),
                "What in its prose looks like something that stands elsewhere: a category of your document, or email, "
                "web_address, date, telephone, number; characters of the text at the pointer. It helps you read, and "
                "stops nothing.",
            ),
            "rendered": record(
                {
                    "media_type": TEXT,
                    "losses": many(record({"path": TEXT, "kind": TEXT})),
                    "encoding": one_of(("utf-8", "base64")),
                    "body": TEXT,
                },
                sentence="The same in the format of the recipient's system.",
            ),
        },
        sentence="Exactly what would be sent, with places for pseudonym and message id.",
    ),
    "Explanation": record(
        {
            "decision_id": ID,
            "outcome": TEXT,
            "reasons": said(
                many(record({"code": one_of((*Reason, COLLAPSED_CODE)), "rule": TEXT, "sentence": TEXT})),
                "In full where all of them rest on a consent that your agency recorded.",
            ),
            "steps": many(record({"rule": TEXT, "sentence": TEXT, "held": one_of(Held)})),
            "would_need": many(said(TEXT, "What would have to be true for the other answer.")),
        }
    ),
}

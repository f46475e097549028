"""The schemas the description refers to: our own published ones as they are, and those of answers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.sdk.codes import RejectionReason, ServiceOutcome
from consent.reasons import COLLAPSED_CODE, Audience, Reason
from consent.records import ConsentEventType
from gateway.core.consents.desk_items import ALONE, LINKED
from gateway.reference.model import Schema
from gateway.reference.shapes import (
    AGENCY,
    BASE64,
    COUNT,
    DAY,
    ID,
    MOMENT,
    OBJECT,
    TEXT,
    YES_OR_NO,
    closed,
    const,
    many,
    one_of,
    part,
    record,
    said,
)
from gateway.reference.told import TOLD
from gateway.web.problem_types import ProblemType
from schemas.case_codes import CaseEventType
from schemas.catalogue import load
from schemas.notice_codes import NoticeAsk, NoticeKind, NoticeState, ObjectionGround
from schemas.vocabulary import ConsentState, DataCategory, GivenBy, Need, Purpose, ReferralState

PUBLISHED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Referral": "referral/1.0",
        "Supplement": "supplement/1.0",
        "Consent": "consent/1.0",
        "ConsentEvent": "consent_event/1.0",
        "CaseEvent": "case_event/1.0",
        "CapacityQuestion": "capacity_question/1.0",
        "CapacityAnswer": "capacity_answer/1.0",
        "Notice": "notice/1.0",
        "NoticeAnswer": "notice_answer/1.0",
    }
)
"""Components that are published schemas (`schemas/`), by name."""


def heard() -> list[str]:
    """Return every code of a reason that a sender may hear; all that rests on her record is one of them."""
    told = {reason.value for reason in Reason if reason.audience is Audience.SENDER}
    return sorted({*told, Reason.NO_AGREEMENT.value, COLLAPSED_CODE})


def components() -> dict[str, Schema]:
    """Return every schema by its name."""
    return {**{name: _embedded(published) for name, published in PUBLISHED.items()}, **_ANSWERS}


def _embedded(name: str) -> Schema:
    """A published schema inside the description: what makes it a document of its own is left out."""
    return {key: value for key, value in load(name).items() if key not in {"$schema", "$id"}}


_CATEGORIES: Final = many(one_of(DataCategory))
_WHAT_CAME_OF_IT: Final[Mapping[str, Schema]] = {
    "stopped": said(COUNT, "Messages that were still here, and leave no more."),
    "may_have_left": said(COUNT, "Messages that were already on their way."),
    "notices": said(COUNT, "Notices that go to whoever received something."),
}
_COVERS: Final = said(one_of((ALONE, LINKED)), "How far it reaches.")
_LEFT_TO: Final = said(many(AGENCY), "Recipients of what may have left, as far as you sent it.")
_CONSENT: Final[Mapping[str, Schema]] = {
    "consent": ID,
    "recipient": AGENCY,
    "decision": said(TEXT, "Which of the four decisions it is: referral, support, cooperation or reporting."),
    "state": one_of(ConsentState),
    "active": said(YES_OR_NO, "Whether anything may rest on it at that moment."),
    "purposes": many(one_of(Purpose)),
    "categories": _CATEGORIES,
    "ends": MOMENT,
    "history": many(record({"type": one_of(ConsentEventType), "at": MOMENT})),
}
_ROOM: Final[Mapping[str, Schema]] = {
    "answer": said(one_of(("yes", "no", "wait")), "What was answered, if anything was."),
    "from": said(DAY, "The first day on which there is room, where the answer is to wait."),
}
_STATE: Final = one_of(ReferralState)
_REASONS: Final = many(part("RefusalReason"))


_ANSWERS: Final[Mapping[str, Schema]] = {
    "Problem": record(
        {
            "type": said(TEXT, "A name for the kind of problem: `urn:referral-gateway:problem:` and the code."),
            "title": TEXT,
            "status": {"type": "integer"},
            "code": said(one_of(ProblemType), "What to act on. Codes are never renamed."),
        },
        {
            "errors": many(part("Fault")),
            "decision_id": said(ID, "The decision, where there was one."),
            "reasons": _REASONS,
        },
        "What went wrong (RFC 9457): codes, pointers and rules, never a value of the data.",
    ),
    "Fault": record(
        {"pointer": said(TEXT, "A JSON pointer into what you sent, or a header's name."), "rule": TEXT},
        sentence="One place that is wrong.",
    ),
    "RefusalReason": record(
        {"code": one_of(heard()), "rule": said(TEXT, "The id of the rule (docs/rules.md)."), "sentence": TEXT},
        sentence="Why not. Everything that rests on a person's record is told as `not_permitted`.",
    ),
    "OAuthError": record({"error": TEXT}, sentence="What went wrong (RFC 6749 section 5.2): the code and no more."),
    "OperationOutcome": record(
        {"resourceType": const("OperationOutcome"), "issue": many(OBJECT)},
        {"id": TEXT},
        "What went wrong, in FHIR's words; the problem's code is in `issue.details`.",
    ),
    "Proof": record(
        {
            "leaf": said(TEXT, "The entry of the log, byte for byte."),
            "index": COUNT,
            "proof": said(many(BASE64), "The inclusion path (RFC 9162 section 2.1.3)."),
            "checkpoint": said(TEXT, "The signed state of the log (C2SP tlog-checkpoint)."),
        },
        sentence="That it stands in the log. `python -m consent verify-receipt` checks it.",
    ),
    **TOLD,
    "Message": record(
        {"message": ID, "media_type": TEXT, "body": BASE64, "lease_until": MOMENT},
        {"signature": record({"by": TEXT, "signature": BASE64}, sentence="Of a notice to a recipient without a key.")},
        "A message that waited for you, sealed to your key if you registered one.",
    ),
    "Noted": record({"outcome": const("recorded")}),
    "RecordedConsent": record(
        {
            "consent": ID,
            "state": one_of(ConsentState),
            "active": said(YES_OR_NO, "Whether anything may rest on it now."),
            "confirmed": said(YES_OR_NO, "Whether it waits for no second person (C-19)."),
            "ends": DAY,
        },
        {
            "withdrawal_code": said(TEXT, "For her receipt: with it she can take her consent back anywhere."),
            "withdrawn": said(COUNT, "Consents that ended."),
            **_WHAT_CAME_OF_IT,
            "may_have_left_to": _LEFT_TO,
            "covers": _COVERS,
        },
    ),
    "ConsentInBrief": record(_CONSENT),
    "ConsentInFull": record(
        {
            **_CONSENT,
            "at": said(MOMENT, "The moment at which it stands, or stood, so."),
            "version": COUNT,
            "begins": MOMENT,
            "given_by": one_of(GivenBy),
            "restrictions": many(record({"category": one_of(DataCategory)}, {"recipient": AGENCY})),
        },
        sentence="All of it that is codes and times. Names and her own words stay sealed.",
    ),
    "Withdrawal": record(
        {"withdrawn": COUNT, **_WHAT_CAME_OF_IT, "may_have_left_to": _LEFT_TO, "covers": _COVERS},
        sentence="What was stopped, and what could not be any more.",
    ),
    "RecordedFact": record(
        {
            "event": said(ID, "Its number; an override is approved, stopped and reviewed under it."),
            "type": one_of(CaseEventType),
            "withdrawn": COUNT,
            **_WHAT_CAME_OF_IT,
            "may_have_left_to": _LEFT_TO,
            "covers": _COVERS,
        },
        sentence="What came of it, as far as you sent it; what others sent is stopped and told too, and not counted.",
    ),
    "Fact": record({"event": ID, "type": one_of(CaseEventType), "at": MOMENT, "terms": OBJECT}),
    "Erasure": record({"outcome": const("asked"), **_WHAT_CAME_OF_IT, "may_have_left_to": _LEFT_TO, "covers": _COVERS}),
    "Introduction": record({"code": said(TEXT, "Hand it over: it works once."), "expires": MOMENT}),
    "Binding": record({"bound": const(value=True), "covers": _COVERS}),
    "LinkedPeople": record(
        {
            "linked": said(YES_OR_NO, "Whether both agencies have confirmed it by now."),
            "covers": _COVERS,
        }
    ),
    "UntoldChild": record(
        {
            "person_ref": {"type": ["string", "null"], "description": "Your own reference for the child."},
            "agency": AGENCY,
            "since": DAY,
            "due": MOMENT,
            "overdue": YES_OR_NO,
        }
    ),
    "ComingOfAge": record(
        {"person_ref": {"type": ["string", "null"], "description": "Your own reference for the child."}},
        {"within_days": said({"type": "integer", "minimum": 1}, "Told to who recorded the day, and to nobody else.")},
    ),
    "AskedQuestions": record(
        {
            "questions": many(record({"question": ID, "recipient": AGENCY})),
            "answer_by": MOMENT,
            "coarsened": said(many(TEXT), "What of the question was told more coarsely than it was asked."),
        },
        sentence="One question for each recipient that was asked.",
    ),
    "AskedForRoom": record(
        {"question": ID, "recipient": AGENCY, "purpose": one_of(Purpose), "need": one_of(Need), "answer_by": MOMENT},
        _ROOM,
    ),
    "QuestionForRoom": record(
        {
            "question": ID,
            "purpose": one_of(Purpose),
            "need": one_of(Need),
            "age": TEXT,
            "asked_on": DAY,
            "answer_by": MOMENT,
        },
        {"language": TEXT, "region": TEXT, **_ROOM},
    ),
    "AnsweredForRoom": record({"question": ID, "answer": TEXT}),
    "TrackedNotice": record(
        {
            "referral": ID,
            "recipient": AGENCY,
            "kind": one_of(NoticeKind),
            "asks": one_of(NoticeAsk),
            "state": one_of(NoticeState),
            "on": DAY,
            "answer_by": DAY,
            "late": YES_OR_NO,
        },
        {"ground": one_of(ObjectionGround)},
    ),
    "Release": record({"release": ID, "quarter": {"type": "string", "pattern": "^[0-9]{4}-Q[1-4]$"}}),
    "ApprovedRelease": record({"release": ID, "approved": const(value=True)}),
    "Row": record(
        {"outcome": one_of(("permitted", "refused", "revoked", "problem", "unknown_reference"))},
        sentence="What became of one: as much as is told of a referral that is sent alone.",
    ),
    "Checkpoint": record(
        {
            "checkpoint": said(TEXT, "A signed note (C2SP tlog-checkpoint)."),
            "cosigned": {
                "type": ["string", "null"],
                "description": "The newest one that witnesses signed too, if any did.",
            },
        }
    ),
    "Token": record(
        {
            "access_token": TEXT,
            "token_type": one_of(("DPoP", "Bearer")),
            "expires_in": {"type": "integer", "minimum": 1, "maximum": 300},
        },
        {"scope": TEXT, "authorization_details": many(OBJECT)},
    ),
    "Health": record(
        {"status": one_of(("live", "ready"))},
        {"disclosures": const("stopped"), "code": const("log_not_anchored")},
    ),
    "Task": record(
        {"resourceType": const("Task"), "id": TEXT, "status": TEXT, "meta": OBJECT},
        sentence="A referral as its two parties see it, without anything about the person (FHIR R4 4.0.1).",
    ),
    "Bundle": record({"resourceType": const("Bundle"), "type": TEXT}, sentence="FHIR R4 4.0.1."),
    "FhirConsent": record({"resourceType": const("Consent"), "id": TEXT, "status": TEXT}, sentence="FHIR R4 4.0.1."),
    "FhirSent": {
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": {"type": "string"}},
        "description": "A resource of FHIR R4 4.0.1 (docs/fhir-endpoint.md).",
    },
    "CapabilityStatement": record({"resourceType": const("CapabilityStatement"), "fhirVersion": const("4.0.1")}),
    "Answered": closed(
        {"schema": const("status/1.0"), "state": _STATE},
        {
            "reference": TEXT,
            "reason": one_of(RejectionReason),
            "service_outcome": one_of(ServiceOutcome),
            "on": DAY,
        },
        "What became of a referral, in canonical words.",
    ),
}

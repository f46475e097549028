"""What a worker is asked: one call of the contract, as canonical JSON. Never pickled: a pickle runs what it likes."""

from base64 import b64decode, b64encode
from typing import cast

from adapters.sdk.contract import Adapter, Envelope, Inbound, Outbound, Outgoing, OutgoingNotice, Parsed, StatusUpdate
from adapters.sdk.manifest import Direction
from schemas.answer_codes import answer_code
from schemas.canonical import canonical
from schemas.decoding import decode_json
from schemas.documents import Document, Json
from schemas.notice_codes import NoticeAsk, NoticeKind
from schemas.vocabulary import DataCategory, Purpose, ReferralState, Urgency


def to_parse(inbound: Inbound) -> bytes:
    """Ask to read a sender's document."""
    body = b64encode(inbound.body).decode()
    return _question(Direction.PARSE, {"body": body, "media_type": inbound.media_type, "subject": inbound.subject})


def to_render(outgoing: Outgoing) -> bytes:
    """Ask to write a recipient's document."""
    envelope = outgoing.envelope
    told: Document = {
        "message_id": envelope.message_id,
        "sender": envelope.sender,
        "sender_title": envelope.sender_title,
        "recipient": envelope.recipient,
        "purpose": envelope.purpose.value,
        "urgency": envelope.urgency.value,
        "sent_on": envelope.sent_on,
        "use_until": envelope.use_until,
        "obligations": list(envelope.obligations),
    }
    return _question(Direction.RENDER, {"envelope": told, "document": outgoing.document})


def to_tell_status(update: StatusUpdate) -> bytes:
    """Ask to write an answer for the original sender."""
    reason = None if update.reason is None else update.reason.value
    return _question(
        Direction.STATUS,
        {"reference": update.reference, "state": update.state.value, "reason": reason, "on": update.on},
    )


def to_tell_notice(notice: OutgoingNotice) -> bytes:
    """Ask to write what is told to a past recipient."""
    return _question(
        Direction.NOTICE,
        {
            "notice": notice.notice,
            "about": notice.about,
            "kind": notice.kind.value,
            "asks": notice.asks.value,
            "on": notice.on,
            "answer_by": notice.answer_by,
            "replaced_by": notice.replaced_by,
            "categories": [category.value for category in notice.categories],
            "use_until": notice.use_until,
        },
    )


def asked(adapter: Adapter, question: bytes) -> Parsed | Outbound:
    """Put a question to an adapter, in the worker. Raises whatever the adapter raises."""
    told = decode_json(question)
    match Direction(_text(told, "do")):
        case Direction.PARSE:
            body, subject = b64decode(_text(told, "body")), _maybe(told, "subject")
            return adapter.parse(Inbound(body, _text(told, "media_type"), subject))
        case Direction.RENDER:
            return adapter.render(Outgoing(_envelope(_object(told, "envelope")), _object(told, "document")))
        case Direction.STATUS:
            return adapter.render_status(_update(told))
        case Direction.NOTICE:
            return adapter.render_notice(_notice(told))


def _question(direction: Direction, told: Document) -> bytes:
    return canonical({"do": direction.value, **told})


def _envelope(told: Document) -> Envelope:
    return Envelope(
        message_id=_text(told, "message_id"),
        sender=_text(told, "sender"),
        sender_title=_text(told, "sender_title"),
        recipient=_text(told, "recipient"),
        purpose=Purpose(_text(told, "purpose")),
        urgency=Urgency(_text(told, "urgency")),
        sent_on=_text(told, "sent_on"),
        use_until=_text(told, "use_until"),
        obligations=tuple(map(str, cast("list[Json]", told["obligations"]))),
    )


def _update(told: Document) -> StatusUpdate:
    reason = _maybe(told, "reason")
    return StatusUpdate(
        reference=_text(told, "reference"),
        state=ReferralState(_text(told, "state")),
        reason=None if reason is None else answer_code(reason),
        on=_text(told, "on"),
    )


def _notice(told: Document) -> OutgoingNotice:
    return OutgoingNotice(
        notice=_text(told, "notice"),
        about=_text(told, "about"),
        kind=NoticeKind(_text(told, "kind")),
        asks=NoticeAsk(_text(told, "asks")),
        on=_text(told, "on"),
        answer_by=_text(told, "answer_by"),
        replaced_by=_maybe(told, "replaced_by"),
        categories=tuple(map(DataCategory, cast("list[str]", told["categories"]))),
        use_until=_maybe(told, "use_until"),
    )


def _text(told: Document, name: str) -> str:
    return cast("str", told[name])


def _maybe(told: Document, name: str) -> str | None:
    return cast("str | None", told[name])


def _object(told: Document, name: str) -> Document:
    return cast("Document", told[name])

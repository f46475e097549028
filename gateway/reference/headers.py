"""Request headers, parameters and answer headers, each described once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.reference.model import Schema
from gateway.reference.shapes import one_of
from schemas.documents import Json
from schemas.vocabulary import Ground, Purpose, Urgency

_ID: Final = "^[0-9A-HJKMNP-TV-Z]{26}$"
_TAG: Final = r'(\*|(W/)?"[!#-+\x2d-~]{1,100}")'
_TAGS: Final = f"^ *{_TAG}( *, *{_TAG})* *$"
"""One or several entity tags (RFC 9110 section 8.8.3), ours or anybody's: whose it is not simply does not match."""

_CURSOR: Final = "^[A-Za-z0-9_-]{22,400}$"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A header, query or path parameter of a request."""

    name: str
    where: str
    sentence: str
    schema: Schema
    example: Json
    required: bool = False


def _text(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


def _header(name: str, sentence: str, schema: Schema, example: Json, *, required: bool = False) -> Parameter:
    return Parameter(name, "header", sentence, schema, example, required)


def _query(name: str, sentence: str, schema: Schema, example: Json) -> Parameter:
    return Parameter(name, "query", sentence, schema, example)


PARAMETERS: Final[Mapping[str, Parameter]] = {
    "TokenDPoP": Parameter(
        "DPoP",
        "header",
        "A proof of possession of the key that the token will be bound to (RFC 9449 section 5).",
        _text(r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"),
        "eyJ0eXAiOiJkcG9wK2p3dCJ9.eyJqdGkiOiIuLi4ifQ.c2lnbmF0dXJl",
    ),
    "IdempotencyKey": _header(
        "Idempotency-Key",
        "Yours to choose, new for each request. The same key with the same bytes gives the same answer and does nothing"
        " twice; kept for 24 hours.",
        _text(r"^[A-Za-z0-9._:-]{8,100}$"),
        "0f8a4c5e-6a1b-4f0e-9a53-1c2d3e4f5a6b",
        required=True,
    ),
    "IfMatch": _header(
        "If-Match",
        "The ETag of what you read. Needed for a change that would otherwise undo one you have not seen; never needed"
        " to take something back.",
        _text(_TAGS),
        '"7f1c2b9a0d3e4f5a6b7c8d9e0f1a2b3c"',
    ),
    "IfNoneMatch": _header(
        "If-None-Match",
        "The ETag of what you have: 304 without a body while it is still so.",
        _text(_TAGS),
        '"7f1c2b9a0d3e4f5a6b7c8d9e0f1a2b3c"',
    ),
    "GX-Recipient": _header(
        "GX-Recipient",
        "The agency that is to have it, by its id.",
        _text(r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$"),
        "harbour-shelter",
        required=True,
    ),
    "GX-Purpose": _header("GX-Purpose", "What it is for.", one_of(Purpose), "assistance.accommodation", required=True),
    "GX-Urgency": _header("GX-Urgency", "How soon it is needed; `routine` if absent.", one_of(Urgency), "urgent"),
    "GX-Ground": _header(
        "GX-Ground", "On what ground it is to be disclosed; `consent` if absent.", one_of(Ground), "consent"
    ),
    "GX-Subject": _header(
        "GX-Subject",
        "Which person of the document is meant, by that person's id inside it, where there are several. Letters, digits"
        " and `._~:-` stand as they are; whatever else is in it is percent-encoded in UTF-8 (RFC 3986). At most 200"
        " letters.",
        _text(r"^(?:[A-Za-z0-9._~:-]|%[0-9A-Fa-f]{2}){1,2400}$"),
        "Patient%2F77",
    ),
    "GX-Preview-Digest": _header(
        "GX-Preview-Digest",
        "The `digest` of a preview: sent only if it is still exactly that.",
        _text("^[0-9a-f]{64}$"),
        "f1cc2885a2f918a5091f946e230b053ed29dbf1cc224fdbd8d0474ec1071759c",
    ),
    "GX-Capacity": _header(
        "GX-Capacity",
        "The question for room that the recipient answered with yes, where the agreement asks for it.",
        _text(_ID),
        "4VTKHP8NVHTF3XX36ZA77432ZD",
    ),
    "GX-Replaces": _header(
        "GX-Replaces",
        "The referral of yours that this one corrects. It ends when the new one is recorded.",
        _text(_ID),
        "01R6KX7VG0A7VV69K3HCXP5RW1",
    ),
    "GX-Receipt": _header(
        "GX-Receipt",
        'Your own signature under "I have it" (RFC 7515, compact), with a signing key you registered, over the'
        " message's id and your agency's. At most 2048 characters.",
        _text(r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"),
        "eyJhbGciOiJFZERTQSIsImtpZCI6InMxIiwidHlwIjoiZ3gtcmVjZWlwdCtqd3MifQ.eyJtZXNzYWdlIjoiLi4uIn0.c2lnbmF0dXJl",
    ),
    "limit": _query(
        "limit", "How many at most.", {"type": "integer", "minimum": 1, "maximum": 200, "default": 100}, 50
    ),
    "lease_limit": Parameter(
        "limit",
        "query",
        "How many messages at most.",
        {"type": "integer", "minimum": 1, "maximum": 20, "default": 10},
        10,
    ),
    "after": _query(
        "after",
        "The `next` of the page before. It is sealed, for your client and this list only; do not keep it for long.",
        _text(_CURSOR),
        "Zm9yIHlvdXIgY2xpZW50IGFuZCB0aGlzIGxpc3Qgb25seQ",
    ),
    "notice_state": Parameter(
        "state", "query", "Those that still wait for an answer, or all.", one_of(("open", "all")), "open"
    ),
    "at": _query(
        "at",
        "How it stood at that moment (RFC 3339, UTC, to the second).",
        _text(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"),
        "2031-03-14T12:00:00Z",
    ),
    "Range": _header(
        "Range",
        "One range of bytes (RFC 9110 section 14), to go on where a transfer broke off. Several are not obeyed.",
        _text(r"^bytes=([0-9]{1,15}-[0-9]{0,15}|-[0-9]{1,15})$"),
        "bytes=262144-",
    ),
    "fhir_format": _query(
        "_format",
        "Goes before Accept; parameters of the media type may follow.",
        _text(r"^(json|application/json|application/fhir[+ ]json)( *;.{0,100})?$"),
        "json",
    ),
    "fhir_id": _query("_id", "The id of a Task.", _text(r"^[A-Za-z0-9.-]{1,64}$"), "01R6KX7VG0A7VV69K3HCXP5RW1"),
    "fhir_status": Parameter(
        "status",
        "query",
        "One or several statuses, with commas between.",
        _text(r"^[a-z-]{1,20}(,[a-z-]{1,20}){0,11}$"),
        "accepted,in-progress",
    ),
    "fhir_requester": _query(
        "requester:identifier", "Who sent it.", _text(r"^[a-z:|-]{0,40}[a-z][a-z0-9-]{0,38}[a-z0-9]$"), "harbour-police"
    ),
    "fhir_owner": _query(
        "owner:identifier",
        "Who received it.",
        _text(r"^[a-z:|-]{0,40}[a-z][a-z0-9-]{0,38}[a-z0-9]$"),
        "harbour-shelter",
    ),
    "fhir_count": _query(
        "_count", "How many at most; never more than 50.", {"type": "integer", "minimum": 1, "maximum": 999999}, 20
    ),
    "fhir_cursor": _query(
        "_cursor", "From the `next` link of the page before.", _text(_CURSOR), "Zm9yIHlvdXIgY2xpZW50IGFuZCB0aGlzIGxpc3Q"
    ),
}
"""By the name operations use."""

PATHS: Final[Mapping[str, tuple[str, Schema, Json]]] = {
    "referral": ("The `decision_id` you got.", _text(_ID), "01R6KX7VG0A7VV69K3HCXP5RW1"),
    "message": ("The id under which you received it.", _text(_ID), "2X4R91YPWKG7402Z82A4XHSQHZ"),
    "consent": ("The consent's id.", _text(_ID), "4VTKHP8NVHTF3XX36ZA77432ZD"),
    "question": ("The question's id.", _text(_ID), "4VTKHP8NVHTF3XX36ZA77432ZD"),
    "release": ("The release's id.", _text(_ID), "3GZ3H0KTFA5WJEENHNCPC3QRAJ"),
    "task": ("The Task's id.", _text(_ID), "01R6KX7VG0A7VV69K3HCXP5RW1"),
    "path": ("Level and place of a tile (C2SP tlog-tiles).", _text(r"^[0-9a-z/.]{1,100}$"), "0/x001/234"),
    "number": ("The file's number in the document that names it.", _text("^[1-9]$"), "1"),
    "code": ("The problem's code.", _text("^[a-z_]{1,40}$"), "refused"),
}
"""Parameters in paths, by name."""

ANSWER_HEADERS: Final[Mapping[str, tuple[str, Schema]]] = {
    "Request-Id": (
        "Names this answer in the operator's log. It is drawn at random and says nothing.",
        _text("^[0-9a-f]{32}$"),
    ),
    "DPoP-Nonce": ("The nonce for your next proof (RFC 9449 section 8.2).", _text("^[A-Za-z0-9_.-]{1,200}$")),
    "ETag": (
        "Names what you got, for your client only: two clients cannot compare theirs. For If-Match and If-None-Match.",
        _text(r'^(W/)?"[0-9a-f]{8,64}"$'),
    ),
    "Location": ("Where what was made is found.", {"type": "string"}),
    "Link": ('The next page (`rel="next"`), where there is one (RFC 8288).', {"type": "string"}),
    "Retry-After": ("Seconds to wait before trying again.", {"type": "integer", "minimum": 1}),
    "WWW-Authenticate": ("What to show instead (RFC 9110 section 11.6.1).", {"type": "string"}),
    "Allow": ("The methods there are.", {"type": "string"}),
    "GX-Not-Carried": ("What the format has no place for, as JSON pointers.", {"type": "string"}),
    "Content-Language": ("The language it is written in (BCP 47).", {"type": "string"}),
    "Content-Disposition": ("A name that says nothing.", {"type": "string"}),
    "Content-Range": ("Which bytes of how many these are (RFC 9110 section 14.4).", {"type": "string"}),
    "Accept-Ranges": ("Ranges of bytes can be asked for.", {"type": "string"}),
    "Deprecation": ("Since when this operation is deprecated (RFC 9745).", _text(r"^@[0-9]{1,12}$")),
    "Sunset": ("When it will answer no more (RFC 8594).", {"type": "string"}),
}
"""Headers of answers."""

"""Every kind of problem this door answers with (RFC 9457): what it means, and what whoever gets it should do.

The codes are part of the API and are never renamed. docs/problems.md and the pages under /reference are made of this
list; tests hold it against the code that answers.
"""

from enum import StrEnum
from typing import Self


class ProblemType(StrEnum):
    """The closed list. `statuses` are the HTTP statuses it comes with; `advice` says what to do about it."""

    statuses: tuple[int, ...]
    sentence: str
    advice: str

    def __new__(cls, code: str, statuses: tuple[int, ...], sentence: str, advice: str) -> Self:
        """Make a member that is its code and remembers what is said of it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.statuses, member.sentence, member.advice = statuses, sentence, advice
        return member

    BAD_REQUEST = (
        "bad_request",
        (400, 403, 422),
        "A header, parameter or member is missing, repeated or not of its form.",
        "Look at `errors`: each names a header or a JSON pointer, and the rule that was broken.",
    )
    TOO_LARGE = (
        "too_large",
        (413,),
        "The body is larger than this gateway takes.",
        "Send less at once. Several referrals go as NDJSON or as a spreadsheet.",
    )
    UNSUPPORTED_MEDIA_TYPE = (
        "unsupported_media_type",
        (415,),
        "The body is of a media type that this operation does not read, or is compressed.",
        "Send one of the media types listed with the operation, without Content-Encoding.",
    )
    NOT_ACCEPTABLE = (
        "not_acceptable",
        (406,),
        "No media type in your Accept header is one that this operation writes.",
        "Accept one of the media types listed with the operation.",
    )
    PRECONDITION_FAILED = (
        "precondition_failed",
        (412,),
        "What you want to change is no longer what you read.",
        "Read it again, look at what changed, and send your change with the new ETag.",
    )
    PRECONDITION_REQUIRED = (
        "precondition_required",
        (428,),
        "This change must say which version it was made on.",
        "Read the resource and send its ETag as If-Match.",
    )
    METHOD_NOT_ALLOWED = (
        "method_not_allowed",
        (405,),
        "There is such an address, and it does not know this method.",
        "The Allow header names those it knows.",
    )
    NOT_FOUND = (
        "not_found",
        (404,),
        "There is no such thing for you: what others may see and what never was are answered alike.",
        "Check the id. Whether it exists for somebody else is told to nobody.",
    )
    DOCUMENT_UNREADABLE = (
        "document_unreadable",
        (400, 413, 415, 422, 503),
        "Your system's document could not be read by your adapter.",
        "`errors` points into the document you sent. With status 503 send the same again later.",
    )
    DOCUMENT_INVALID = (
        "document_invalid",
        (400, 422),
        "A document breaks its schema, or is no JSON.",
        "`errors` holds up to 20 places with the rule of the schema. No value of yours is repeated.",
    )
    REFUSED = (
        "refused",
        (403,),
        "There is no ground on which this may be disclosed.",
        "Read `reasons`. Do not try other recipients: after a few refusals about one person your system is locked.",
    )
    PREVIEW_DIFFERS = (
        "preview_differs",
        (409,),
        "What would be sent now is not what you were shown.",
        "Preview it again and show her what changed.",
    )
    NOT_IN_THIS_FORMAT = (
        "not_in_this_format",
        (406,),
        "The format you accept has no way to say this without leaving out something that must be said.",
        "Accept application/json.",
    )
    NO_SUCH_STATUS = (
        "no_such_status",
        (406,),
        "The format of your system has no word for how this referral stands.",
        "Read it with GET /v1/referrals/{referral}.",
    )
    CONSENT_NOT_RECORDABLE = (
        "consent_not_recordable",
        (422,),
        "The consent is well formed, and may not be recorded as it is.",
        "`errors` points to the member and names the rule.",
    )
    CONSENT_EVENT_UNFIT = (
        "consent_event_unfit",
        (409,),
        "This cannot happen to the consent as it stands.",
        "Read the consent. What is over is not renewed: record a new one.",
    )
    CASE_EVENT_NOT_RECORDABLE = (
        "case_event_not_recordable",
        (422,),
        "The fact is well formed, and you may not record it, or not now.",
        "`errors` points to the member and names the rule.",
    )
    QUESTION_NOT_ASKABLE = (
        "question_not_askable",
        (422,),
        "The question is well formed, and cannot be asked.",
        "`errors` points to the member and names the rule.",
    )
    BOUND_OTHERWISE = (
        "bound_otherwise",
        (409,),
        "Your reference stands for a record already.",
        "It is said whoever that is about. To say that two records are one person, use POST /v1/links.",
    )
    NOT_SAFE_TO_GIVE = (
        "not_safe_to_give",
        (409,),
        "She said that carrying a paper would not be safe.",
        "Show it to her on your screen: ask again with `handed_out` false.",
    )
    STATE_CONFLICT = (
        "state_conflict",
        (409,),
        "This answer does not follow from how it stands now.",
        "Read how it stands, and answer that.",
    )
    OTHER_FILE = (
        "other_file",
        (413, 422),
        "What you brought is not the file that your referral names, or cannot be taken.",
        "Bring the sealed file whose length and SHA-256 the referral names. Nothing was kept of this one.",
    )
    OVERTAKEN = (
        "overtaken",
        (409,),
        "Another request began to bring the same file after this one: that one counts.",
        "Let it end. If nobody knows how it ended, bring the file again: again is no harm.",
    )
    NOT_THERE_YET = (
        "not_there_yet",
        (409,),
        "The sender has yet to bring this file.",
        "Ask again after Retry-After. What is not brought within a day is forgotten.",
    )
    RANGE_NOT_SATISFIABLE = (
        "range_not_satisfiable",
        (416,),
        "The file ends before the range you ask for.",
        "Content-Range says how long it is.",
    )
    CODE_NOT_ACCEPTED = (
        "code_not_accepted",
        (404,),
        "The code is wrong, was used, or its time is over: which, is told to nobody.",
        "Check for a typing error, and ask whoever handed it over for a new one.",
    )
    TOO_MANY_REQUESTS = (
        "too_many_requests",
        (429,),
        "Your client, or your address, asks more often than it may.",
        "Wait as long as Retry-After says, then ask again with the same Idempotency-Key.",
    )
    TOO_MANY_CODES = (
        "too_many_codes",
        (429,),
        "Your system showed too many wrong codes.",
        "Wait as long as Retry-After says. A data-protection officer has been told.",
    )
    TOO_MANY_HINTS = (
        "too_many_hints",
        (429,),
        "A webhook calls more often than it may.",
        "Wait as long as Retry-After says.",
    )
    IDEMPOTENCY_KEY_REUSED = (
        "idempotency_key_reused",
        (422,),
        "This Idempotency-Key came before with another body.",
        "Use a new key for a new request. To repeat one, send the very same bytes.",
    )
    INSUFFICIENT_SCOPE = (
        "insufficient_scope",
        (403,),
        "Your access token lacks the scope of this operation.",
        "WWW-Authenticate names the scope. Ask for it at the token endpoint, if it was registered for you.",
    )
    OUTSIDE_AUTHORIZATION_DETAILS = (
        "outside_authorization_details",
        (403,),
        "Your access token was limited to other recipients, purposes or acts (RFC 9396).",
        "Ask for a token whose authorization_details cover this, if your registration does.",
    )
    INVALID_TOKEN = (
        "invalid_token",
        (401,),
        "The access token is missing, wrong, expired or revoked.",
        "Get a new one (they live for five minutes). Send it as DPoP, with a proof by the key it was asked for with.",
    )
    INVALID_DPOP_PROOF = (
        "invalid_dpop_proof",
        (401,),
        "The DPoP proof is missing, wrong or was used before (RFC 9449).",
        "Make a new proof for every request, also for a repeated one; docs/oauth.md says what is nearly always wrong.",
    )
    USE_DPOP_NONCE = (
        "use_dpop_nonce",
        (401,),
        "The proof needs the nonce that comes with this answer (RFC 9449 section 9).",
        "Make the proof again with the value of DPoP-Nonce, and send the request once more.",
    )
    INVALID_CREDENTIALS = (
        "invalid_credentials",
        (401,),
        "The secret of the webhook is wrong, or there is no such webhook.",
        "Check the secret that the operator gave you.",
    )
    UNAVAILABLE = (
        "unavailable",
        (503,),
        "The gateway or a recipient's registration is not in order.",
        "Try again after Retry-After, with the same Idempotency-Key and the same bytes.",
    )
    LOG_NOT_ANCHORED = (
        "log_not_anchored",
        (503,),
        "Nobody outside has confirmed the state of the log for too long, so ordinary disclosures stand still.",
        "Try again after Retry-After. Withdrawals, restrictions and rejections work, and so does breaking the glass.",
    )
    NOT_READY = (
        "not_ready",
        (503,),
        "The gateway is starting, or something it needs is missing.",
        "Try again after Retry-After.",
    )
    DEFECT = (
        "defect",
        (500,),
        "Something went wrong that is the gateway's fault.",
        "Try again with the same Idempotency-Key; tell the operator the Request-Id.",
    )

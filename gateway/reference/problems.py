"""The answers of an operation: those that are no error, and a response for each status with the problems it may be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final

from gateway.reference.answers import FHIR_WRITTEN, JSON
from gateway.reference.model import Answer, Operation, Schema, Speaks
from gateway.reference.shapes import one_of, part
from gateway.status_words import title
from gateway.web.problem_types import ProblemType
from gateway.web.problems import MEDIA_TYPE
from schemas.documents import Json

_EVERYWHERE: Final = {500: (ProblemType.DEFECT,)}
_WHERE_LIMITED: Final = {429: (ProblemType.TOO_MANY_REQUESTS,)}
_WITH_TOKEN: Final = {
    400: (ProblemType.BAD_REQUEST,),
    401: (ProblemType.INVALID_TOKEN, ProblemType.INVALID_DPOP_PROOF, ProblemType.USE_DPOP_NONCE),
    403: (ProblemType.INSUFFICIENT_SCOPE, ProblemType.OUTSIDE_AUTHORIZATION_DETAILS),
    503: (ProblemType.UNAVAILABLE, ProblemType.LOG_NOT_ANCHORED),
}
_WITH_BODY: Final = {
    400: (ProblemType.DOCUMENT_INVALID, ProblemType.DOCUMENT_UNREADABLE),
    413: (ProblemType.TOO_LARGE,),
    415: (ProblemType.UNSUPPORTED_MEDIA_TYPE,),
    422: (ProblemType.BAD_REQUEST, ProblemType.DOCUMENT_INVALID),
}
_OWN_HEADERS: Final[Mapping[int, tuple[str, ...]]] = {
    401: ("WWW-Authenticate",),
    403: ("WWW-Authenticate",),
    416: ("Content-Range",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
_LATER: Final = frozenset({ProblemType.NOT_THERE_YET, ProblemType.OVERTAKEN})
"""Conflicts that pass by themselves: their answers say when to ask again."""
_OAUTH: Final[Mapping[int, tuple[str, ...]]] = {
    400: (
        *("invalid_request", "invalid_scope", "invalid_target", "unsupported_grant_type"),
        "invalid_authorization_details",
        *("invalid_dpop_proof", "use_dpop_nonce"),
    ),
    401: ("invalid_client",),
    413: ("invalid_request",),
    415: ("invalid_request",),
}


def problems_of(operation: Operation) -> dict[int, tuple[ProblemType, ...]]:
    """Return every problem the operation may answer with, by status."""
    found: dict[int, dict[ProblemType, None]] = defaultdict(dict)
    sources: list[Mapping[int, tuple[ProblemType, ...]]] = [_EVERYWHERE, operation.problems]
    if operation.limited:
        sources.append(_WHERE_LIMITED)
    if operation.scopes:
        sources.append(_WITH_TOKEN)
    if operation.takes:
        sources.append(_WITH_BODY)
    for source in sources:
        for status, kinds in source.items():
            found[status] |= dict.fromkeys(kinds)
    return {status: tuple(sorted(found[status])) for status in sorted(found)}


def answers_of(operation: Operation) -> tuple[dict[str, Json], dict[str, Schema]]:
    """Return the responses of an operation, and the shared ones that they refer to."""
    own: dict[str, Json] = {str(status): _answer(answer, operation) for status, answer in operation.answers.items()}
    shared = _errors(operation)
    refused: dict[str, Json] = {
        status: {"$ref": f"#/components/responses/{name}"} for status, (name, _) in shared.items()
    }
    return {**own, **refused}, dict(shared.values())


def going_to_go(told: Mapping[str, Json]) -> dict[str, Json]:
    """Return the responses of an operation that is deprecated: each that is no error says so in its headers."""
    said = _said(("Deprecation", "Sunset", "Link"))
    return {
        status: {**one, "headers": {**headers, **said}}
        if isinstance(one, dict) and isinstance(headers := one.get("headers"), dict)
        else one
        for status, one in told.items()
    }


def _errors(operation: Operation) -> dict[str, tuple[str, Schema]]:
    match operation.speaks:
        case Speaks.PROBLEMS:
            return {
                str(status): (
                    _name(status, kinds) + _open(operation),
                    _problem(status, kinds, _headers(operation, status)),
                )
                for status, kinds in problems_of(operation).items()
            }
        case Speaks.FHIR:
            return {
                str(status): (f"Fhir{_phrase(status)}{_open(operation)}", _outcome(_headers(operation, status)))
                for status in problems_of(operation)
            }
        case Speaks.OAUTH:
            asked = _OAUTH if operation.takes else {}
            told = {str(status): (f"OAuth{_phrase(status)}", _oauth(status, codes)) for status, codes in asked.items()}
            for status, kinds in (_WHERE_LIMITED | _EVERYWHERE).items():
                told[str(status)] = _name(status, kinds), _problem(status, kinds, _OWN_HEADERS.get(status, ()))
            return told


def _headers(operation: Operation, status: int) -> tuple[str, ...]:
    nonce = ("DPoP-Nonce",) if operation.scopes and status not in {500, 503} else ()
    waits = ("Retry-After",) if _LATER.intersection(operation.problems.get(status, ())) else ()
    return (*nonce, *waits, *_OWN_HEADERS.get(status, ()))


def _open(operation: Operation) -> str:
    """Return what tells the answers of an operation that asks for no token, and has no nonce to give, from others."""
    return "" if operation.scopes else ".open"


def _name(status: int, kinds: Iterable[ProblemType]) -> str:
    return ".".join((_phrase(status), *kinds))


def _phrase(status: int) -> str:
    return title(status).title().replace(" ", "")


def _answer(answer: Answer, operation: Operation) -> Json:
    nonce = ("DPoP-Nonce",) if operation.scopes or (operation.speaks is Speaks.OAUTH and operation.takes) else ()
    contents: dict[str, Json] = {}
    for media_type, body in answer.bodies.items():
        examples: dict[str, Json] = {name: {"value": value} for name, value in body.examples.items()}
        contents[media_type] = {"schema": {**body.schema}, **({"examples": examples} if examples else {})}
    return {
        "description": answer.sentence,
        "headers": _said((*nonce, *answer.headers)),
        **({"content": contents} if contents else {}),
    }


def _problem(status: int, kinds: tuple[ProblemType, ...], headers: tuple[str, ...]) -> Schema:
    schema: Json = {"allOf": [part("Problem"), {"properties": {"status": {"const": status}, "code": one_of(kinds)}}]}
    examples: dict[str, Json] = {kind.value: {"value": example(kind, status)} for kind in kinds}
    return {
        "description": " ".join(f"`{kind.value}`: {kind.sentence}" for kind in kinds),
        "headers": _said(headers),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


def example(kind: ProblemType, status: int) -> dict[str, Json]:
    """Return a problem of that kind as it may look."""
    more: dict[str, Json] = {}
    if kind in _WITH_FAULTS:
        pointer, rule = _WITH_FAULTS[kind]
        more = {"errors": [{"pointer": pointer, "rule": rule}]}
    if kind is ProblemType.REFUSED:
        more = {
            "decision_id": "01R6KX7VG0A7VV69K3HCXP5RW1",
            "reasons": [
                {
                    "code": "not_permitted",
                    "rule": "C-01",
                    "sentence": "The gateway holds no ground on which it may make this disclosure.",
                }
            ],
        }
    return {
        "type": f"urn:referral-gateway:problem:{kind.value}",
        "title": title(status),
        "status": status,
        "code": kind.value,
        **more,
    }


_WITH_FAULTS: Final[Mapping[ProblemType, tuple[str, str]]] = {
    ProblemType.BAD_REQUEST: ("GX-Purpose", "unknown_code"),
    ProblemType.TOO_LARGE: ("body", "too_large"),
    ProblemType.UNSUPPORTED_MEDIA_TYPE: ("Content-Type", "media_type"),
    ProblemType.NOT_ACCEPTABLE: ("Accept", "media_type"),
    ProblemType.PRECONDITION_FAILED: ("If-Match", "version"),
    ProblemType.PRECONDITION_REQUIRED: ("If-Match", "required"),
    ProblemType.DOCUMENT_UNREADABLE: ("/prs_Gender", "unknown_code"),
    ProblemType.DOCUMENT_INVALID: ("/needs/0/code", "enum"),
    ProblemType.CONSENT_NOT_RECORDABLE: ("/valid_until", "C-08"),
    ProblemType.CONSENT_EVENT_UNFIT: ("/type", "C-16"),
    ProblemType.CASE_EVENT_NOT_RECORDABLE: ("/event", "K-01"),
    ProblemType.QUESTION_NOT_ASKABLE: ("/need", "M-05"),
    ProblemType.NOT_SAFE_TO_GIVE: ("/handed_out", "C-18"),
    ProblemType.OTHER_FILE: ("body", "digest"),
    ProblemType.IDEMPOTENCY_KEY_REUSED: ("Idempotency-Key", "other_body"),
}


def _outcome(headers: tuple[str, ...]) -> Schema:
    told: Json = {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": "processing",
                "details": {"coding": [{"system": "urn:referral-gateway:problem", "code": "bad_request"}]},
            }
        ],
    }
    return {
        "description": "The same problem as everywhere, in FHIR's words.",
        "headers": _said(headers),
        "content": {FHIR_WRITTEN: {"schema": part("OperationOutcome"), "examples": {"usual": {"value": told}}}},
    }


def _oauth(status: int, codes: tuple[str, ...]) -> Schema:
    schema: Json = {"allOf": [part("OAuthError"), {"properties": {"error": one_of(codes)}}]}
    return {
        "description": "Refused (RFC 6749 section 5.2). With `use_dpop_nonce` make the proof again with DPoP-Nonce.",
        "headers": _said(("DPoP-Nonce", *(("WWW-Authenticate",) if status == HTTPStatus.UNAUTHORIZED else ()))),
        "content": {JSON: {"schema": schema, "examples": {code: {"value": {"error": code}} for code in codes}}},
    }


def _said(headers: Iterable[str]) -> dict[str, Json]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}

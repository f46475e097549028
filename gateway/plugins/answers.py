"""What a worker answers, as canonical JSON; read in the gateway as what it is, the word of a stranger.

Here only the form is read: that each member is there, of its kind, and nothing beside. What the members say is held
against contract and manifest by the guard (`adapters.sdk.guard`), as for every adapter.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from adapters.sdk.contract import Outbound, Parsed, ParsedReferral, ParsedRevocation, ParsedStatus
from adapters.sdk.errors import (
    AdapterDefectError,
    AdapterError,
    CannotRenderError,
    MalformedError,
    SubjectUnclearError,
    UnsupportedError,
)
from schemas.answer_codes import answer_code
from schemas.canonical import canonical
from schemas.decoding import decode_json
from schemas.documents import Document, Json, Loss
from schemas.errors import SchemaViolationError
from schemas.vocabulary import ReferralState

RULE: Final = "worker_answer"
"""What is wrong with an answer that has not the form of one."""

_REFUSALS: Final[dict[str, type[AdapterError]]] = {
    "malformed": MalformedError,
    "unsupported": UnsupportedError,
    "subject_unclear": SubjectUnclearError,
    "cannot_render": CannotRenderError,
    "defect": AdapterDefectError,
}

_Read = TypeVar("_Read")


def of_result(result: Parsed | Outbound) -> bytes:
    """Write what an adapter returned. Raises whatever writing what is no result raises."""
    losses: list[Json] = [[loss.path, loss.kind] for loss in result.losses]
    return canonical({**_told(result), "losses": losses})


def _told(result: Parsed | Outbound) -> Document:
    match result:
        case ParsedReferral():
            return {"is": "referral", "document": result.document}
        case ParsedRevocation():
            return {"is": "revocation", "reference": result.sender_reference}
        case ParsedStatus():
            reason = None if result.reason is None else result.reason.value
            return {"is": "status", "reference": result.reference, "state": result.state.value, "reason": reason}
        case Outbound():
            return {"is": "outbound", "body": b64encode(result.body).decode(), "media_type": result.media_type}


def of_failure(error: BaseException) -> bytes:
    """Write a refusal, or that the adapter raised what it may not; never what the error says."""
    for name, kind in _REFUSALS.items():
        if type(error) is kind and isinstance(error, AdapterError):
            return canonical({"is": name, "pointer": str(error.pointer), "rule": str(error.rule), "losses": []})
    return canonical({"is": "defect", "pointer": "", "rule": "raised", "losses": []})


def parsed_in(answer: bytes) -> Parsed:
    """Read an answer to `parse`. Raises AdapterError: the adapter's own refusal, or AdapterDefectError."""
    return _read(answer, _parsed)


def outbound_in(answer: bytes) -> Outbound:
    """Read an answer to one of the others. Raises like `parsed_in`."""
    return _read(answer, _outbound)


def _read(answer: bytes, result: Callable[[str, Document, tuple[Loss, ...]], _Read]) -> _Read:
    """Raise outside the handlers: the errors inside carry what they could not read."""
    try:
        told = dict(decode_json(answer))
        kind, losses = _text(told.pop("is", None)), _losses(told.pop("losses", None))
        refusal = _refusal(kind, told)
        if refusal is None:
            return result(kind, told, losses)
    except (SchemaViolationError, ValueError, KeyError, TypeError):
        refusal = AdapterDefectError("", RULE)
    raise refusal


def _refusal(kind: str, told: Document) -> AdapterError | None:
    refusal = _REFUSALS.get(kind)
    if refusal is None:
        return None
    _require_members(told, "pointer", "rule")
    return refusal(_text(told["pointer"]), _text(told["rule"]))


def _parsed(kind: str, told: Document, losses: tuple[Loss, ...]) -> Parsed:
    match kind:
        case "referral":
            _require_members(told, "document")
            return ParsedReferral(_object(told["document"]), losses)
        case "revocation":
            _require_members(told, "reference")
            return ParsedRevocation(_text(told["reference"]), losses)
        case "status":
            _require_members(told, "reference", "state", "reason")
            reference, reason = told["reference"], told["reason"]
            return ParsedStatus(
                None if reference is None else _text(reference),
                ReferralState(_text(told["state"])),
                None if reason is None else answer_code(_text(reason)),
                losses,
            )
        case _:
            raise ValueError("no result of that kind")


def _outbound(kind: str, told: Document, losses: tuple[Loss, ...]) -> Outbound:
    if kind != "outbound":
        raise ValueError("no result of that kind")
    _require_members(told, "body", "media_type")
    try:
        body = b64decode(_text(told["body"]), validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    return Outbound(body, _text(told["media_type"]), losses)


def _losses(told: Json) -> tuple[Loss, ...]:
    return tuple(Loss(*_pair(entry)) for entry in _list(told))


def _pair(told: Json) -> tuple[str, str]:
    path, kind = _list(told)
    return _text(path), _text(kind)


def _require_members(told: Document, *names: str) -> None:
    if set(told) != set(names):
        raise KeyError("not the members of this kind")


def _text(told: Json) -> str:
    if type(told) is not str:
        raise TypeError("not text")
    return told


def _list(told: Json) -> Sequence[Json]:
    if type(told) is not list:
        raise TypeError("not a list")
    return told


def _object(told: Json) -> Document:
    if type(told) is not dict:
        raise TypeError("not an object")
    return told

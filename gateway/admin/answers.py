"""What the operator's door answers: JSON, and for every error a code, pointers and rules, never a value of the data."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway import status_words
from gateway.core.cases.rights import CaseRefusedError
from gateway.core.consents.documents import ConsentRefusedError
from gateway.core.errors import GatewayError, OperatorError, RecipientError, RegistrationRefusedError
from gateway.core.officers import OfficerRefusedError
from gateway.core.room.capacity import CapacityRefusedError
from gateway.core.rotation.key_keeping import KeysRefusedError
from schemas.decoding import decode_json
from schemas.documents import Document, Json
from schemas.errors import SchemaViolationError


class BadRequestError(GatewayError):
    """A request that is wrong before any document is read; `where` is a parameter's name or a pointer."""

    def __init__(self, where: str, rule: str) -> None:
        """Keep where and which rule."""
        super().__init__(rule)
        self.where = where
        self.rule = rule


def problem(status: int, code: str, faults: Sequence[tuple[str, str]] = (), **more: Json) -> JSONResponse:
    """Answer with a problem; `faults` are (pointer, rule)."""
    errors: list[Json] = [{"pointer": pointer, "rule": rule} for pointer, rule in faults]
    return JSONResponse({"code": code, **({"errors": errors} if errors else {}), **more}, status)


def answer(body: Document) -> JSONResponse:
    """Answer with JSON."""
    return JSONResponse(body)


async def body(request: Request, largest: int) -> bytes:
    """Read the body, and never more of it than allowed. Raises BadRequestError."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > largest:
            raise BadRequestError("body", "too_large")
    return bytes(read)


async def members(request: Request, largest: int, *allowed: str) -> Document:
    """Read a JSON object that has no other members than these. Raises BadRequestError or SchemaViolationError."""
    document = decode_json(await body(request, largest))
    if not document.keys() <= set(allowed):
        raise BadRequestError("/*", "additionalProperties")
    return document


def text(document: Document, member: str) -> str:
    """Return a member that must be a text. Raises BadRequestError."""
    value = document.get(member)
    if not isinstance(value, str) or not value:
        raise BadRequestError(f"/{member}", "required")
    return value


async def on_gateway_error(_request: Request, error: Exception) -> JSONResponse:
    """Every error raised on purpose, in one table. The door's own status codes, which the command line reads."""
    match error:
        case BadRequestError():
            return problem(HTTPStatus.BAD_REQUEST, "bad_request", [(error.where, error.rule)])
        case SchemaViolationError():
            faults = [(fault.pointer, fault.rule) for fault in error.faults]
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "document_invalid", faults)
        case ConsentRefusedError():
            return problem(HTTPStatus.FORBIDDEN, "consent_not_recordable", [(error.pointer, error.rule)])
        case CaseRefusedError():
            return problem(HTTPStatus.FORBIDDEN, "case_event_not_recordable", [(error.pointer, error.rule)])
        case CapacityRefusedError():
            return problem(HTTPStatus.FORBIDDEN, "question_not_askable", [(error.pointer, error.rule)])
        case RegistrationRefusedError() | OfficerRefusedError() | KeysRefusedError():
            where = error.faults if isinstance(error, RegistrationRefusedError) else ()
            return problem(HTTPStatus.FORBIDDEN, error.code, where)
        case RecipientError():
            return problem(HTTPStatus.FORBIDDEN, "recipient_key_unusable")
        case OperatorError():  # Its sentence is a constant of ours, meant for exactly this reader.
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "installation", says=str(error))
        case HTTPException():
            return problem(error.status_code, status_words.code(error.status_code))
        case _:
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "defect")

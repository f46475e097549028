"""Strict JSON for adapters: the gateway's own decoder, refusing as adapters refuse."""

from adapters.sdk.errors import MalformedError
from schemas import decoding
from schemas.documents import Document
from schemas.errors import SchemaViolationError


def decode_json(body: bytes) -> Document:
    """Return the JSON object in `body`. Raises MalformedError with the decoder's rule, such as `duplicate-key`."""
    try:
        return decoding.decode_json(body)
    except SchemaViolationError as violation:
        fault = violation.faults[0]
    raise MalformedError(fault.pointer, fault.rule)

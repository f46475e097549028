"""Strict JSON for adapters: the gateway's own decoder, refusing as adapters refuse."""

from adapters.sdk.errors import MalformedError
from schemas import decoding
from schemas.documents import Document
from schemas.errors import SchemaViolationError


def decode_json(body: bytes, *, fractions: bool = False) -> Document:
    """Return the JSON object in `body`. Raises MalformedError with the decoder's rule, such as `duplicate-key`.

    `fractions` are for a format that has them, in places that are lost or looked at: a number such as 1.5 is then
    neither text nor number to whoever reads it, and the canonical referral has no place for one.
    """
    try:
        return decoding.decode_json(body, fractions=fractions)
    except SchemaViolationError as violation:
        fault = violation.faults[0]  # Raised below: raised here, it would carry the violation along.
    raise MalformedError(fault.pointer, fault.rule)

"""From the sender's bytes to a valid canonical referral about one named person.

A document that is wrong is the sender's to mend.
"""

from dataclasses import dataclass

from adapters.sdk.contract import ParsedReferral, ParsedRevocation, ParsedStatus
from adapters.sdk.errors import UnsupportedError
from gateway.core.adapter_ports import SystemAdapter
from gateway.core.named_files import require_told_apart
from gateway.core.stages import Authenticated
from schemas.decoding import decode_json
from schemas.documents import Document, Loss, ValidDocument
from schemas.errors import Fault, SchemaViolationError
from schemas.supplement import merged
from schemas.validation import validate, validate_plain

REFERRAL = "referral/1.0"
SUPPLEMENT = "supplement/1.0"


@dataclass(frozen=True, slots=True)
class Read:
    """A valid referral about one person (M-12), and the two names in it that never leave.

    The agency's for her, and its own number for the case. `losses` are what of the sender's document it does not hold.
    """

    valid: ValidDocument
    person_ref: str
    sender_reference: str | None
    losses: tuple[Loss, ...] = ()


def read(asked: Authenticated, adapter: SystemAdapter) -> Read | ParsedRevocation:
    """Parse, merge the supplement and validate.

    Raises AdapterError or SchemaViolationError, which carry a pointer and a rule and no value. A revocation is given
    back as it is.
    """
    parsed = adapter.parse(asked.inbound)
    match parsed:
        case ParsedRevocation():
            return parsed
        case ParsedStatus():
            raise UnsupportedError("", "not_a_referral")
        case ParsedReferral(document=document, losses=losses):
            valid = validate_plain(_supplemented(document, asked.supplement), REFERRAL)
            require_told_apart(valid.document, REFERRAL)
            return Read(valid, _person_ref(valid), _sender_reference(valid), losses)


def _supplemented(document: Document, supplement: bytes | None) -> Document:
    if supplement is None:
        return document
    return merged(document, validate(decode_json(supplement), SUPPLEMENT))


def _person_ref(valid: ValidDocument) -> str:
    """Return the agency's reference for her; without one the gateway cannot know whom a consent is about."""
    subject = valid.document["subject"]
    reference = subject.get("person_ref") if isinstance(subject, dict) else None
    if not isinstance(reference, str):
        raise SchemaViolationError(REFERRAL, (Fault("/subject/person_ref", "required"),))
    return reference


def _sender_reference(valid: ValidDocument) -> str | None:
    reference = valid.document.get("sender_reference")
    return reference if isinstance(reference, str) else None
